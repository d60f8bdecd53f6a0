import { deployment } from '../../commands/deployments/deployment.ts';
import type { Deployment } from '../../commands/deployments/deployment.ts';
import { eventsAsOf } from '../../projections/deployments/as-of.ts';
import type { AsOf } from '../../projections/deployments/as-of.ts';
import type { WantedSpec } from '../events/catalog.ts';
import type { Recorded, RecordedEvent } from '../events/define.ts';
import { deploymentEvents } from '../events/deployments.ts';
import type { DeploymentEvent } from '../events/deployments.ts';
import { upcast } from '../events/index.ts';
import type { RecordedLedgerEvent } from '../events/index.ts';

/** A deployment as it was, and the events that made it so. */
export interface PastDeployment {
  state: Deployment;
  /** ISO instants: when it was created, and when its own fields last changed. */
  created_at: string;
  updated_at: string;
  /** The resources that its template wants; none without a template. */
  wanted: readonly WantedSpec[];
  events: Recorded<DeploymentEvent>[];
}

/** A deployment from its stream's events, as it was by `as_of` and `known_at`; null when it did not exist. */
export function deploymentAsOf(recorded: readonly RecordedEvent[], when: AsOf): PastDeployment | null {
  const all = recorded.map((event) => upcast(event)).filter(isDeploymentEvent);
  const events = eventsAsOf(all, when);
  const created = events.find((event) => event.type === 'DeploymentCreated');
  if (created === undefined) return null;
  const changes = events.filter(
    ({ type }) =>
      type === 'DeploymentCreated' || type === 'DeploymentUpdated' || type === 'DeploymentTransitioned',
  );
  return {
    state: events.reduce((folded, event) => deployment.evolve(folded, event), deployment.initialState),
    created_at: created.metadata.recorded_at,
    updated_at: changes.reduce(
      (latest, { metadata: { recorded_at } }) => (recorded_at > latest ? recorded_at : latest),
      '',
    ),
    wanted: created.data.wanted ?? [],
    events,
  };
}

function isDeploymentEvent(event: RecordedLedgerEvent): event is Recorded<DeploymentEvent> {
  return Object.hasOwn(deploymentEvents, event.type);
}

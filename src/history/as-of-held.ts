import { resourceStream } from '../../commands/inventory/resource.ts';
import type { KnownResource } from '../../commands/inventory/resource.ts';
import { isBesideTemplate } from '../../commands/inventory/template-wish.ts';
import { eventsAsOf } from '../../projections/deployments/as-of.ts';
import type { AsOf } from '../../projections/deployments/as-of.ts';
import type { HeldResource } from '../../projections/deployments/deployment-queries.ts';
import { resourceTies } from '../../projections/inventory/tables.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { readStreams } from '../journal/read-journal.ts';
import { pastOf, stateOf, wasShown } from './past.ts';
import type { Past, Viewer } from './past.ts';
import { tieOn } from './ownership.ts';

/**
 * The resources that a deployment held at a past moment, as they were then. Where a tie was entered later,
 * for days at which the resource was another tenant's, a tenant sees the first state of its own time.
 */
export async function heldAsOf(
  ledger: Ledger,
  deploymentId: string,
  when: AsOf,
  viewer: Viewer,
): Promise<HeldResource[]> {
  const ids = await ledger.query(
    (db) =>
      db<
        { resource_id: string }[]
      >`select distinct resource_id from ${db(resourceTies.ref)} where deployment_id = ${deploymentId}`,
  );
  const streams = await ledger.query((db) =>
    readStreams(
      db,
      ids.map(({ resource_id }) => resourceStream(resource_id)),
    ),
  );
  return [...streams.values()]
    .flatMap((events): HeldResource[] => {
      const past = pastOf(events, when, viewer.now);
      const tie = past === null ? undefined : tieOn(past.ties, past.day);
      if (past === null || tie?.deployment_id !== deploymentId) return [];
      const state = shownState(past, when, viewer);
      if (state === null) return [];
      const {
        resource_id,
        kind,
        provider_id,
        observed: { name, region, size_slug, status },
      } = state;
      return [
        {
          id: resource_id,
          kind,
          provider_id,
          name,
          region,
          size_slug,
          status,
          effective_from: tie.effective_from,
          effective_to: tie.effective_to,
          is_compared: !state.stale && !isBesideTemplate(state.spec),
          own_fields: Object.keys(state.spec),
        },
      ];
    })
    .sort(byKindAndName);
}

/** The state then, or for a tenant the next one that it could have seen; null without one. */
function shownState(
  { stream, stateEvents, state }: Past,
  when: AsOf,
  { tenantId, now }: Viewer,
): KnownResource | null {
  if (tenantId === null) return state;
  const known = eventsAsOf(stream, { known_at: when.known_at }).filter(
    ({ type }) => type !== 'ResourceTied' && type !== 'ResourceUntied',
  );
  for (let count = stateEvents.length; count <= known.length; count++) {
    const until = count === stateEvents.length ? stateEvents : known.slice(0, count);
    if (wasShown(stream, until, { tenantId, now })) return stateOf(until);
  }
  return null;
}

function byKindAndName(a: HeldResource, b: HeldResource): number {
  const [left, right] = [a, b].map(({ kind, name, id }) => [kind, name, id].join('\u0000')) as [
    string,
    string,
  ];
  return left < right ? -1 : left > right ? 1 : 0;
}

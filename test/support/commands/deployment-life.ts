/** Random lives of a deployment: commands of several actors, many of them dated back. */
import fc from 'fast-check';
import { attachAddon } from '../../../commands/deployments/attach-addon.ts';
import { changePlanVersion } from '../../../commands/deployments/change-plan-version.ts';
import { createDeployment } from '../../../commands/deployments/create-deployment.ts';
import { deployment, type Deployment } from '../../../commands/deployments/deployment.ts';
import { detachAddon } from '../../../commands/deployments/detach-addon.ts';
import { startSubscription } from '../../../commands/deployments/start-subscription.ts';
import { transitionDeployment } from '../../../commands/deployments/transition-deployment.ts';
import { updateDeployment } from '../../../commands/deployments/update-deployment.ts';
import type { Execution } from '../../../src/ledger/command.ts';
import { isRefusal, type Refusal } from '../../../src/ledger/refusal.ts';
import { deploymentStates, type DeploymentEvent } from '../../../src/events/deployments.ts';
import { addDays } from '../../../src/pricing/calendar.ts';
import { admin, execution, tenantUser } from './command-spec.ts';
import { automatic, deployment_id, onOffer, storage, studio } from './deployment-events.ts';

export type Decide = (state: Deployment, at: Execution) => DeploymentEvent[] | Refusal;

const create: fc.Arbitrary<Decide> = fc.constantFrom('trial' as const, 'active' as const).map(
  (state) => (known, at) =>
    createDeployment.decide(
      known,
      {
        ...{ tenant_id: 'acme', slug: 'site', display_name: 'Site', region: null, state },
        ...{ llm_mode: 'none', template_code: null, template_version: null, trial_ends_at: null },
      },
      undefined,
      at,
    ),
);
/** The bounds of a day: the tenant has another deployment, of some time before. */
const bounds = { invoices: [], first_day: '2026-04-20' };
/** How many days a command is dated back; undefined: it names no day. */
const back = fc.option(fc.integer({ min: -1, max: 12 }), { nil: undefined });
/** A decision on the day that a command is dated to. */
const dated = (
  decide: (known: Deployment, at: Execution, effective_on: string | undefined) => ReturnType<Decide>,
) =>
  back.map(
    (days): Decide =>
      (known, at) =>
        decide(known, at, days === undefined ? undefined : addDays(at.today, -days)),
  );
const update: fc.Arbitrary<Decide> = fc
  .record({
    display_name: fc.option(fc.constantFrom('A', 'B'), { nil: undefined }),
    billing_action_suspended: fc.option(fc.boolean(), { nil: undefined }),
    llm_mode: fc.option(fc.constantFrom('none', 'charges', 'allowance'), { nil: undefined }),
  })
  .chain((changes) =>
    dated((known, at, effective_on) =>
      updateDeployment.decide(known, { deployment_id, ...changes, effective_on }, bounds, at),
    ),
  );
/** Seldom an end, so that lives are long. */
const transition: fc.Arbitrary<Decide> = fc
  .oneof(
    { weight: 9, arbitrary: fc.constantFrom('active', 'active', 'past_due', 'paused', 'suspended') },
    { weight: 1, arbitrary: fc.constantFrom(...deploymentStates) },
  )
  .chain((to) =>
    dated((known, at, effective_on) =>
      transitionDeployment.decide(known, { deployment_id, to, reason: null, effective_on }, bounds, at),
    ),
  );
const subscribe: fc.Arbitrary<Decide> = fc
  .record({
    version: fc.constantFrom(undefined, 1, 2, 3),
    addons: fc.array(fc.constant('storage_50gb'), { maxLength: 2 }),
    shift: fc.integer({ min: -40, max: 10 }),
  })
  .map(
    ({ version, addons, shift }): Decide =>
      (known, at) =>
        startSubscription.decide(
          known,
          { deployment_id, plan_code: 'studio', version, addons, starts_on: addDays(at.today, shift) },
          onOffer,
          at,
        ),
  );
const attach: fc.Arbitrary<Decide> = fc
  .integer({ min: 1, max: 3 })
  .chain((packs) =>
    dated((known, at, effective_on) =>
      attachAddon.decide(
        known,
        { deployment_id, code: 'storage_50gb', packs, effective_on },
        { addon: storage, bounds },
        at,
      ),
    ),
  );
const detach: fc.Arbitrary<Decide> = dated((known, at, effective_on) =>
  detachAddon.decide(known, { deployment_id, code: 'storage_50gb', effective_on }, bounds, at),
);
const changePlan: fc.Arbitrary<Decide> = fc
  .constantFrom(undefined, 1, 2, 3)
  .chain((version) =>
    dated((known, at, effective_on) =>
      changePlanVersion.decide(
        known,
        { deployment_id, plan_code: 'studio', version, effective_on },
        { plan: studio, bounds },
        at,
      ),
    ),
  );

const step = fc.record({
  decide: fc.oneof(
    create,
    update,
    { weight: 3, arbitrary: transition },
    subscribe,
    { weight: 2, arbitrary: attach },
    detach,
    { weight: 2, arbitrary: changePlan },
  ),
  actor: fc.constantFrom(admin, admin, tenantUser('acme'), tenantUser('other'), automatic),
  daysLater: fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 0, max: 3 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 20 }) },
  ),
});

/** The state after events. */
export const fold = (events: readonly DeploymentEvent[], from = deployment.initialState): Deployment =>
  events.reduce((state, event) => deployment.evolve(state, event), from);

/** A deployment is created, mostly subscribed, and receives random commands from random actors. */
export const life = fc
  .tuple(create, subscribe, fc.array(step, { maxLength: 40, size: 'max' }))
  .map(([created, subscribed, steps]) => [
    ...[created, subscribed].map((decide) => ({ decide, actor: admin, daysLater: 0 })),
    ...steps,
  ]);
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

export interface Lived {
  state: Deployment;
  /** Everything that happened, with the noon that it was recorded at. */
  log: { event: DeploymentEvent; at: string }[];
}

/** Plays a life through, showing each decision that was carried out to `onDecision`. */
export function live(
  steps: readonly Step[],
  onDecision: (before: Deployment, events: DeploymentEvent[], at: Execution, decide: Decide) => void = () =>
    undefined,
): Lived {
  const log: Lived['log'] = [];
  let state = deployment.initialState;
  let today = '2026-05-01';
  for (const [index, { decide, actor, daysLater }] of steps.entries()) {
    today = addDays(today, daysLater);
    const at = execution({ now: `${today}T12:00:00.000Z`, actor, commandId: `command-${index}` });
    const decision = decide(state, at);
    if (isRefusal(decision)) continue;
    onDecision(state, decision, at, decide);
    state = fold(decision, state);
    log.push(...decision.map((event) => ({ event, at: at.now })));
  }
  return { state, log };
}

import { expect } from 'chai';
import fc from 'fast-check';
import { attachAddon } from '../../../commands/deployments/attach-addon.ts';
import { changePlanVersion } from '../../../commands/deployments/change-plan-version.ts';
import { createDeployment } from '../../../commands/deployments/create-deployment.ts';
import { deployment } from '../../../commands/deployments/deployment.ts';
import type { Deployment } from '../../../commands/deployments/deployment.ts';
import { detachAddon } from '../../../commands/deployments/detach-addon.ts';
import { startSubscription } from '../../../commands/deployments/start-subscription.ts';
import { transitionDeployment, transitions } from '../../../commands/deployments/transition-deployment.ts';
import { updateDeployment } from '../../../commands/deployments/update-deployment.ts';
import type { Execution } from '../../../src/ledger/command.ts';
import { isRefusal } from '../../../src/ledger/refusal.ts';
import type { Refusal } from '../../../src/ledger/refusal.ts';
import { deploymentEvents, deploymentStates } from '../../../src/events/deployments.ts';
import type { DeploymentEvent } from '../../../src/events/deployments.ts';
import { deploymentsProjection } from '../../../projections/deployments/deployments.ts';
import { eventsAsOf } from '../../../projections/deployments/as-of.ts';
import { deployments, subscriptionFacts, subscriptions } from '../../../projections/deployments/tables.ts';
import { addDays } from '../../../src/pricing/calendar.ts';
import { admin, execution, tenantUser } from '../../support/commands/command-spec.ts';
import { projectTwice, recorded } from '../../support/projections/projection-spec.ts';
import {
  automatic,
  deployment_id,
  onOffer,
  storage,
  studio,
} from '../../support/commands/deployment-events.ts';

type Decide = (state: Deployment, at: Execution) => DeploymentEvent[] | Refusal;

const create: fc.Arbitrary<Decide> = fc.constantFrom('trial' as const, 'active' as const).map(
  (state) => (known, at) =>
    createDeployment.decide(
      known,
      {
        tenant_id: 'acme',
        slug: 'site',
        display_name: 'Site',
        region: null,
        state,
        llm_mode: 'none',
        template_code: null,
        template_version: null,
        trial_ends_at: null,
      },
      undefined,
      at,
    ),
);
const update: fc.Arbitrary<Decide> = fc
  .record({
    display_name: fc.option(fc.constantFrom('A', 'B'), { nil: undefined }),
    billing_action_suspended: fc.option(fc.boolean(), { nil: undefined }),
  })
  .map(
    (changes) => (known, at) => updateDeployment.decide(known, { deployment_id, ...changes }, undefined, at),
  );
const transition: fc.Arbitrary<Decide> = fc
  .constantFrom(...deploymentStates)
  .map(
    (to) => (known, at) =>
      transitionDeployment.decide(known, { deployment_id, to, reason: null }, undefined, at),
  );
const subscribe: fc.Arbitrary<Decide> = fc
  .record({
    version: fc.constantFrom(undefined, 1, 2, 3),
    addons: fc.array(fc.constant('storage_50gb'), { maxLength: 2 }),
    shift: fc.integer({ min: -40, max: 40 }),
  })
  .map(
    ({ version, addons, shift }) =>
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
  .map(
    (packs) => (known, at) =>
      attachAddon.decide(known, { deployment_id, code: 'storage_50gb', packs }, { addon: storage }, at),
  );
const detach: fc.Arbitrary<Decide> = fc.constant((known, at) =>
  detachAddon.decide(known, { deployment_id, code: 'storage_50gb' }, undefined, at),
);
const changePlan: fc.Arbitrary<Decide> = fc
  .constantFrom(undefined, 1, 2, 3)
  .map(
    (version) => (known, at) =>
      changePlanVersion.decide(known, { deployment_id, plan_code: 'studio', version }, { plan: studio }, at),
  );

const step = fc.record({
  decide: fc.oneof(
    create,
    update,
    { weight: 3, arbitrary: transition },
    { weight: 2, arbitrary: subscribe },
    attach,
    detach,
    changePlan,
  ),
  actor: fc.constantFrom(admin, admin, tenantUser('acme'), tenantUser('other'), automatic),
  daysLater: fc.integer({ min: 0, max: 20 }),
});

const fold = (events: readonly DeploymentEvent[], from = deployment.initialState) =>
  events.reduce((state, event) => deployment.evolve(state, event), from);

/** What must hold of every deployment at every moment. */
function expectSound({ deployment: known, subscription, subscriptions }: Deployment): void {
  expect(subscriptions, 'one subscription a deployment').to.be.at.most(1);
  const expected = {
    trial: 'active',
    active: 'active',
    past_due: 'active',
    suspended: 'active',
    paused: 'paused',
    cancelled: 'cancelled',
    archived: 'cancelled',
  } as const;
  if (known === null || subscription === null) {
    expect(subscription, 'no subscription without a deployment').to.equal(null);
  } else {
    expect(subscription.status, `subscription of a deployment that is ${known.state}`).to.equal(
      expected[known.state],
    );
    for (const addon of subscription.addons)
      expect(addon.attached_on >= subscription.starts_on, 'no addon before the first day').to.equal(true);
  }
}

/** What must hold of every decision. */
function expectLegal(before: Deployment, events: readonly DeploymentEvent[], at: Execution): void {
  for (const event of events) {
    deploymentEvents[event.type].parse(event.data);
    if (event.type === 'DeploymentTransitioned') {
      expect(event.data.from).to.equal(before.deployment?.state);
      expect(transitions[event.data.from]).to.include(event.data.to);
    }
    if (event.type !== 'DeploymentCreated') {
      expect(event.data.tenant_id).to.equal('acme');
      if (at.actor.tenant_id === 'other') expect.fail('another tenant changed it');
    }
    const on =
      'starts_on' in event.data
        ? event.data.starts_on
        : 'effective_on' in event.data
          ? event.data.effective_on
          : at.today;
    expect(event.effective_at ?? at.today, 'effective_at says when it counts').to.equal(on);
  }
}

/** A deployment is created, then receives random commands from random actors. */
const life = fc
  .tuple(create, fc.array(step, { maxLength: 40 }))
  .map(([decide, steps]) => [{ decide, actor: admin, daysLater: 0 }, ...steps]);
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

interface Lived {
  state: Deployment;
  /** Everything that happened, with the noon that it was recorded at. */
  log: { event: DeploymentEvent; at: string }[];
}

/** Plays a life through, showing each decision that was carried out to `onDecision`. */
function live(
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

/** The attachments that the dated facts leave in force. */
function attachmentsIn(facts: readonly Readonly<Record<string, unknown>>[]): string[] {
  const idsOf = (type: string): string[] =>
    facts
      .filter(({ fact }) => fact === type)
      .flatMap(({ data }) => {
        const { attachment_id, attachment_ids } = data as {
          attachment_id: string;
          attachment_ids?: string[];
        };
        return attachment_ids ?? [attachment_id];
      });
  const detached = new Set(idsOf('AddonDetached'));
  return idsOf('AddonAttached').filter((id) => !detached.has(id));
}

describe('a deployment, whatever is asked of it', () => {
  it('stays sound: legal edges, a subscription in step, and no command that counts twice', () => {
    fc.assert(
      fc.property(life, (steps) => {
        const { state, log } = live(steps, (before, events, at, decide) => {
          expectLegal(before, events, at);
          const frozen = JSON.stringify(before);
          const next = fold(events, before);
          expect(JSON.stringify(before), 'evolve leaves its input alone').to.equal(frozen);
          const again = decide(next, at);
          if (!isRefusal(again)) expect(again, 'the same command again').to.deep.equal([]);
          expectSound(next);
        });
        const events = log.map(({ event }) => event);
        expect(fold(events), 'folding all events').to.deep.equal(state);
        expect(fold(events), 'folding them once more').to.deep.equal(fold(events));
      }),
      { numRuns: 500 },
    );
  });

  it('is shown by the read model, and by its events as of a far day, as it is', () => {
    fc.assert(
      fc.property(life, (steps) => {
        const { state, log } = live(steps);
        const events = log.map(({ event, at }, index) =>
          recorded(event, { position: index + 1, recorded_at: at }),
        );
        const rows = projectTwice(deploymentsProjection, events);
        const { standing, ...fields } = state.deployment as NonNullable<Deployment['deployment']>;
        expect(rows(deployments)[0]).to.deep.include({
          ...fields,
          ...{ state_since: standing.since, state_rule: standing.rule, transitions: standing.transitions },
        });
        const subscription = rows(subscriptions)[0];
        if (state.subscription === null) expect(subscription).to.equal(undefined);
        else {
          const { addons, ...held } = state.subscription;
          expect(subscription).to.include(held);
          expect(attachmentsIn(rows(subscriptionFacts))).to.have.members(
            addons.map((addon) => addon.attachment_id),
          );
        }
        const far = eventsAsOf(events, { as_of: '2100-01-01' }).map(
          ({ position }) => (log[position - 1] as Lived['log'][number]).event,
        );
        expect(fold(far), 'by effective time').to.deep.equal(state);
      }),
      { numRuns: 200 },
    );
  });
});

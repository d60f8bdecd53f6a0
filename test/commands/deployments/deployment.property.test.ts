import { expect } from 'chai';
import fc from 'fast-check';
import type { Deployment } from '../../../commands/deployments/deployment.ts';
import { transitions } from '../../../commands/deployments/transition-deployment.ts';
import type { Execution } from '../../../src/ledger/command.ts';
import { isRefusal } from '../../../src/ledger/refusal.ts';
import { deploymentEvents, type DeploymentEvent } from '../../../src/events/deployments.ts';
import { deploymentsProjection } from '../../../projections/deployments/deployments.ts';
import { eventsAsOf } from '../../../projections/deployments/as-of.ts';
import {
  deployments,
  llmModes,
  subscriptionFacts,
  subscriptions,
} from '../../../projections/deployments/tables.ts';
import { addDays, daysFrom } from '../../../src/pricing/calendar.ts';
import { fold, life, live, type Lived } from '../../support/commands/deployment-life.ts';
import { factsOf } from '../../support/pricing/facts-of-events.ts';
import { termsOnDay } from '../../support/pricing/terms-on-day.ts';
import { projectTwice, recorded } from '../../support/projections/projection-spec.ts';

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

const recordedOf = (log: Lived['log']) =>
  log.map(({ event, at }, index) => recorded(event, { position: index + 1, recorded_at: at }));

/** The state of a day, as reads with `as_of` have it. */
function stateAsOf(log: Lived['log'], as_of: string): Deployment {
  const events = eventsAsOf(recordedOf(log), { as_of });
  return fold(events.map(({ position }) => (log[position - 1] as Lived['log'][number]).event));
}

const idsOf = (addons: readonly { attachment_id: string }[]) =>
  addons.map(({ attachment_id }) => attachment_id).sort();

/** The same state with attachments in one order: that of the days differs from that of the stream. */
const inOrder = ({ subscription, attachment_ids, ...state }: Deployment) => ({
  ...state,
  attachment_ids: [...attachment_ids].sort(),
  subscription: subscription && {
    ...subscription,
    addons: [...subscription.addons].sort((a, b) => (a.attachment_id < b.attachment_id ? -1 : 1)),
  },
});

/** What a state puts in force: as a reader of the API would say. */
function inForce({ deployment: known, subscription }: Deployment) {
  const hindered = ['trial', 'paused', 'cancelled', 'archived'];
  if (known === null || subscription === null || hindered.includes(known.state)) return null;
  const { status, plan_version, addons } = subscription;
  return status === 'active' ? { plan_version, addons: idsOf(addons) } : null;
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
      { numRuns: 300 },
    );
  });

  it('is shown by the read model, and by its events as of a far day, as it is', () => {
    fc.assert(
      fc.property(life, (steps) => {
        const { state, log } = live(steps);
        const events = recordedOf(log);
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
        const far = stateAsOf(log, '2100-01-01');
        expect(inOrder(far), 'by effective time').to.deep.equal(inOrder(state));
      }),
      { numRuns: 200 },
    );
  });

  it('has on each day, by its events as of it, the terms and the mode that are billed', () => {
    fc.assert(
      fc.property(life, (steps) => {
        const { log } = live(steps);
        const facts = factsOf(log.map(({ event }) => event));
        const modes = [...projectTwice(deploymentsProjection, recordedOf(log))(llmModes)].sort(
          (a, b) =>
            String(a['effective_on']).localeCompare(String(b['effective_on'])) ||
            Number(a['position']) - Number(b['position']),
        );
        const last = (log.at(-1) as Lived['log'][number]).at.slice(0, 10);
        for (const day of daysFrom(addDays(last, -35), addDays(last, 45))) {
          const state = stateAsOf(log, day);
          const terms = termsOnDay(facts, day);
          expect(inForce(state), `in force on ${day}`).to.deep.equal(
            terms && { plan_version: terms.plan.plan_version, addons: idsOf(terms.addons) },
          );
          if (state.deployment === null) continue;
          const mode = modes.findLast(({ effective_on }) => String(effective_on) <= day);
          expect(state.deployment.llm_mode, `mode on ${day}`).to.equal(mode?.['llm_mode']);
        }
      }),
      { numRuns: 80 },
    );
  });
});

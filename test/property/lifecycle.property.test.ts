import { expect } from 'chai';
import fc from 'fast-check';
import type { DeploymentFact } from '../../projections/deployments/lifecycle-facts.ts';
import type { DeploymentState } from '../../src/events/deployments.ts';
import { addDays, daysFrom } from '../../src/pricing/calendar.ts';
import { overdueParts, type OverdueInvoice } from '../../src/pricing/overdue-parts.ts';
import { decideLifecycle, type LifecycleStep } from '../../src/processes/lifecycle/decide-lifecycle.ts';
import type { TenantFacts } from '../../src/processes/lifecycle/load-facts.ts';
import {
  afterSteps,
  deploymentFact,
  overdueInvoice,
  owedPart,
  settings,
  tenantFact,
} from '../support/processes/lifecycle-facts.ts';

/** Ends in February of a leap year, over a turn of the year. */
const days = daysFrom('2027-12-15', '2028-03-10');
const firstDay = '2027-12-15';

type Act =
  | { do: 'pay'; invoice: number }
  | { do: 'reverse'; invoice: number }
  | { do: 'move'; deployment: number; to: DeploymentState; byAdmin: boolean }
  | { do: 'set-apart'; deployment: number };

/** What happens on a day after its morning, by its place in the days. */
const acts = fc.array(
  fc.tuple(
    fc.nat(days.length - 1),
    fc.oneof(
      fc.record({ do: fc.constant('pay' as const), invoice: fc.nat(2) }),
      fc.record({ do: fc.constant('reverse' as const), invoice: fc.nat(2) }),
      fc.record({
        do: fc.constant('move' as const),
        deployment: fc.nat(2),
        to: fc.constantFrom<DeploymentState>('active', 'paused', 'suspended', 'past_due'),
        byAdmin: fc.boolean(),
      }),
      fc.record({ do: fc.constant('set-apart' as const), deployment: fc.nat(2) }),
    ),
  ),
  { maxLength: 25 },
);

const histories = fc.record({
  /** The last days to pay of three invoices. */
  due: fc.array(fc.nat(50), { minLength: 3, maxLength: 3 }),
  /** When the trial ends, in quarters of an hour from the first day on. */
  trial: fc.nat(96 * 30),
  acts,
  /** Turns of being there and being away, in days. */
  turns: fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 9 })), {
    minLength: 12,
    maxLength: 12,
  }),
});

/** Days on which a service that comes and goes is there. */
function daysThere(turns: readonly (readonly [number, number])[]): Set<string> {
  const there = new Set<string>([firstDay]);
  let day = firstDay;
  for (const [on, off] of turns) {
    for (const one of daysFrom(day, addDays(day, on - 1))) there.add(one);
    day = addDays(day, on + off);
  }
  return there;
}

class World {
  readonly steps: LifecycleStep[] = [];
  #tenant: TenantFacts;
  #invoices: OverdueInvoice[];

  constructor(due: readonly number[], trial: number) {
    const trial_ends_at = new Date(Date.parse(`${firstDay}T00:00:00Z`) + trial * 900_000).toISOString();
    const began = { state_since: firstDay, moved_at: `${firstDay}T00:00:00.000Z` };
    this.#tenant = tenantFact([
      deploymentFact({ deployment_id: '0', ...began }),
      deploymentFact({ deployment_id: '1', ...began }),
      deploymentFact({ deployment_id: '2', ...began, state: 'trial', trial_ends_at }),
    ]);
    this.#invoices = due.map((offset, index) =>
      overdueInvoice([owedPart({ due_on: addDays(firstDay, offset) })], [], `i${index}`),
    );
  }

  /** Takes a day, and checks that a second run has nothing to do. */
  take(day: string, now: string): void {
    const due = this.#decide(day, now);
    for (const { rule, deployment_id } of due) {
      const before = this.#tenant.deployments.find((one) => one.deployment_id === deployment_id);
      if (rule === 'recovery') expect(before?.state_rule).to.equal('dunning');
      expect(before?.billing_action_suspended).to.equal(false);
    }
    this.#tenant = afterSteps(this.#tenant, due);
    this.steps.push(...due);
    expect(this.#decide(day, now)).to.deep.equal([]);
  }

  act(act: Act, day: string): void {
    switch (act.do) {
      case 'pay':
      case 'reverse':
        return this.#pay(act.invoice, day, act.do === 'pay');
      case 'move':
        return this.#move(act, day);
      case 'set-apart':
        return this.#change(act.deployment, ({ billing_action_suspended, freed_at }) => ({
          billing_action_suspended: !billing_action_suspended,
          freed_at: billing_action_suspended ? `${day}T09:00:00.000Z` : freed_at,
        }));
    }
  }

  shown(): unknown[] {
    return this.#tenant.deployments.map(({ state, state_since, state_rule, transitions }) => [
      ...[state, state_since, state_rule, transitions],
    ]);
  }

  #decide(day: string, now: string): LifecycleStep[] {
    const overdue = this.#invoices.filter((one) => overdueParts([one], now.slice(0, 10)).length > 0);
    return decideLifecycle({ ...this.#tenant, overdue }, { day, now }, settings);
  }

  /** Pays an invoice that is open, or takes the payment back. */
  #pay(index: number, on: string, isPayment: boolean): void {
    this.#invoices = this.#invoices.map((invoice, at) => {
      const isPaid = invoice.taken_cents > 0;
      if (at !== index || isPaid === isPayment) return invoice;
      const cents = isPayment ? 10_000 : -10_000;
      return overdueInvoice(invoice.parts, [...invoice.taken, { on, cents }], invoice.invoice_id);
    });
  }

  #move({ deployment, to, byAdmin }: Extract<Act, { do: 'move' }>, day: string): void {
    this.#change(deployment, ({ state, transitions, decided_on }) => {
      const own = ['active', 'paused'];
      if (state === to || state === 'trial' || (!byAdmin && !(own.includes(state) && own.includes(to))))
        return {};
      return {
        ...{ state: to, state_since: day, state_rule: null, moved_at: `${day}T09:00:00.000Z` },
        ...{ transitions: transitions + 1, decided_on: byAdmin ? day : decided_on },
      };
    });
  }

  #change(index: number, change: (one: DeploymentFact) => Partial<DeploymentFact>): void {
    const { deployments } = this.#tenant;
    this.#tenant = {
      ...this.#tenant,
      deployments: deployments.map((one, at) => (at === index ? { ...one, ...change(one) } : one)),
    };
  }
}

describe('the lifecycle of random tenants', () => {
  it('comes to the same steps on the same days, whether each day is taken or made up for', () => {
    fc.assert(
      fc.property(histories, ({ due, trial, acts: all, turns }) => {
        const [daily, away] = [new World(due, trial), new World(due, trial)];
        const there = daysThere(turns);
        let taken = addDays(firstDay, -1);
        for (const [index, day] of days.entries()) {
          const now = `${day}T04:10:00.000Z`;
          daily.take(day, now);
          if (!there.has(day)) continue;
          for (const missed of daysFrom(addDays(taken, 1), day)) away.take(missed, now);
          taken = day;
          expect(away.shown()).to.deep.equal(daily.shown());
          // What happens while it is away may come to something else: a debt that is paid moves nothing then.
          if (!there.has(addDays(day, 1))) continue;
          for (const [, act] of all.filter(([at]) => at === index)) {
            daily.act(act, day);
            away.act(act, day);
          }
        }
        const inOrder = (steps: readonly LifecycleStep[]) => steps.map((step) => JSON.stringify(step)).sort();
        const last = (steps: readonly LifecycleStep[]) =>
          inOrder(steps.filter(({ effective_on }) => effective_on <= taken));
        expect(last(away.steps)).to.deep.equal(last(daily.steps));
      }),
      { numRuns: 30 },
    );
  });
});

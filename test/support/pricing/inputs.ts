/** Builders and generators of what a deployment's month is billed from. */
import fc from 'fast-check';
import type { DeploymentInvoicingInputs } from '../../../src/pricing/invoice.ts';
import { daysInMonth, nthDay } from '../../../src/pricing/calendar.ts';
import { runsOfPeriod, statusRunsOf } from '../../../src/pricing/segments.ts';
import type { OneOffCharge } from '../../../src/pricing/one-off-charge.ts';
import type { SubscriptionFact } from '../../../src/pricing/subscription-terms.ts';
import type { Usage } from '../../../src/pricing/types.ts';
import type { LlmRun, UsageRun } from '../../../src/pricing/usage-runs.ts';
import { kind, quantity } from './arbitraries.ts';
import { history } from './history.ts';

interface GivenDeployment extends Omit<Partial<DeploymentInvoicingInputs>, 'usage' | 'facts'> {
  facts?: readonly SubscriptionFact[];
  /** On days in force; in a month without any, on its first days. */
  usage?: Usage;
  /** First day of the month; April 2026 by default. */
  period?: string;
}

/** A deployment's inputs, without what is not given. */
export function deploymentInputs({
  facts = [],
  usage = {},
  period = '2026-04-01',
  ...rest
}: GivenDeployment): DeploymentInvoicingInputs {
  const statusRuns = statusRunsOf(runsOfPeriod(facts, period));
  const used = statusRuns.find(({ reason }) => reason === null) ?? statusRuns[0];
  return {
    deployment_id: 'd1',
    facts,
    llm_charges: [],
    llm_allowance: [],
    charges: [],
    unmetered: [],
    ...rest,
    usage: Object.entries(usage).map(([resource_kind, qty]) => ({
      resource_kind,
      qty,
      from: used?.from ?? period,
      to: used?.to ?? period,
    })),
  };
}

/** Usage of a kind on one day, given by its number in the month. */
export function usedOn(day: string, resource_kind: string, qty: string): UsageRun {
  return { resource_kind, qty, from: day, to: day };
}

/** A day of a month from any number, which wraps around. */
const dayOf = (period: string, n: number): string => nthDay(period, (n % daysInMonth(period)) + 1);

const reported = fc.record({
  n: fc.nat({ max: 30 }),
  tokens: fc.nat({ max: 5_000_000 }),
  charge_cents: quantity,
});

/**
 * Any deployment of a month: any history, usage of single days, charges of the gateway, reports in mode
 * `allowance` and one-off charges.
 */
export const deploymentOf = (
  period: string,
): fc.Arbitrary<Omit<DeploymentInvoicingInputs, 'deployment_id'>> =>
  fc.record({
    facts: history,
    usage: fc
      .array(fc.record({ n: fc.nat({ max: 30 }), resource_kind: kind, qty: quantity }), { maxLength: 8 })
      .map((all) => all.map(({ n, resource_kind, qty }) => usedOn(dayOf(period, n), resource_kind, qty))),
    llm_charges: fc.array(quantity, { maxLength: 4 }),
    llm_allowance: fc
      .uniqueArray(reported, { selector: ({ n }) => n % daysInMonth(period), maxLength: 3 })
      .map((all) =>
        all.map(({ n, tokens, charge_cents }): LlmRun => ({
          from: dayOf(period, n),
          to: dayOf(period, n),
          tokens: String(tokens),
          charge_cents,
        })),
      ),
    charges: fc
      .array(
        fc.record({
          n: fc.nat({ max: 30 }),
          amount_cents: fc.integer({ min: -5000, max: 50_000 }).filter((cents) => cents !== 0),
        }),
        { maxLength: 3 },
      )
      .map((all) => all.map(({ n, amount_cents }, index) => oneOff(index, dayOf(period, n), amount_cents))),
    unmetered: fc.constant([]),
  });

/** A one-off charge, known by a number. */
export function oneOff(n: number, day: string, amount_cents: number): OneOffCharge {
  return {
    charge_id: `c${n}`,
    description: `Charge ${n}`,
    amount_cents,
    day,
    event_id: `event-${n}`,
  };
}

/** What one deployment is charged for one month, before tax. */
import { daysInMonth } from './calendar.ts';
import { chargeLines } from './charge-lines.ts';
import type { DeploymentInvoicingInputs } from './invoice.ts';
import type { LineWithInputs } from './line-inputs.ts';
import { roundToCents, sumDecimals } from './money.ts';
import { monthRecurringLines } from './month-recurring-lines.ts';
import { overageLines, type UnpricedQty } from './overage-lines.ts';
import type { PricesInForce } from './resource-prices.ts';
import { otherDays, runsOfPeriod, segmentsOf, statusRunsOf, type Gap, type Segment } from './segments.ts';
import type { TermsInForce } from './subscription-terms.ts';
import type { Line } from './types.ts';
import { splitUsage, tokensKind, type SplitUsage } from './usage-runs.ts';

export interface DeploymentLines {
  deployment_id: string;
  recurring: LineWithInputs[];
  overage: LineWithInputs[];
  llm: LineWithInputs[];
  charges: LineWithInputs[];
  unpriced: UnpricedQty[];
  /** All days of the month. */
  runs: readonly (Segment | Gap)[];
  used: SplitUsage;
  /** The terms at the end of the last in-force day of the month; null: no day was in force. */
  terms: TermsInForce | null;
}

/** The inputs that all deployments of a tenant's month share. */
export interface BilledMonth {
  /** First day of the month. */
  readonly period: string;
  readonly currency: string;
  /** The resource prices in force on its last day. */
  readonly prices: () => PricesInForce;
}

/**
 * The one place where a deployment's month is priced (spec 11). In order: a base line per run of days under
 * one plan version, a line per run of days of an addon attachment; overage once, for the usage of the days in
 * force, above what they allow, at the prices of the last of them; the LLM charges and the one-off charges,
 * with or without a subscription.
 * @throws RangeError when a plan is in another currency than the ledger's or not in the catalog, for usage
 * over days of different status, and for malformed or too large amounts.
 */
export function deploymentLines(inputs: DeploymentInvoicingInputs, month: BilledMonth): DeploymentLines {
  const { period, currency } = month;
  const runs = runsOfPeriod(inputs.facts, period);
  const segments = segmentsOf(runs);
  requireSoundPlans(segments, currency);
  const used = splitUsage(inputs, statusRunsOf(runs));
  return {
    deployment_id: inputs.deployment_id,
    recurring: monthRecurringLines(segments, inputs.facts, period),
    charges: chargeLines(inputs.charges),
    runs,
    used,
    terms: segments.at(-1)?.terms ?? null,
    ...usageLines(segments, used, month),
  };
}

/**
 * The part of a deployment's lines that its usage decides.
 * @param segments the month's days in force
 * @throws RangeError for malformed and too large amounts
 */
export function usageLines(
  segments: readonly Segment[],
  used: Omit<SplitUsage, 'unbilled'>,
  month: BilledMonth,
): Pick<DeploymentLines, 'overage' | 'llm' | 'unpriced'> {
  const { lines, unpriced } = overageOf(segments, used, month);
  return { overage: lines, llm: llmLines(used, month.period), unpriced };
}

/** @throws RangeError when a plan is in another currency than the ledger's, or not in the catalog */
function requireSoundPlans(segments: readonly Segment[], currency: string): void {
  for (const { plan } of segments.map(({ terms }) => terms)) {
    if (plan.missing === true) {
      throw new RangeError(`version ${plan.plan_version} of plan ${plan.plan_code} is not in the catalog`);
    }
    if (plan.currency !== currency)
      throw new RangeError(`plan ${plan.plan_code} is in ${plan.currency}, the ledger in ${currency}`);
  }
}

/** The usage above what the segments allow, at the prices of the last of them. */
function overageOf(
  segments: readonly Segment[],
  { billed, gateway }: Pick<SplitUsage, 'billed' | 'gateway'>,
  { period, prices }: BilledMonth,
): { lines: LineWithInputs[]; unpriced: UnpricedQty[] } {
  const last = segments.at(-1);
  if (last === undefined) return { lines: [], unpriced: [] };
  const { plan, plan_event_id, addons } = last.terms;
  const days_in_month = daysInMonth(period);
  const portions = last.days === days_in_month ? null : { segments, days_in_month };
  const { lines, unpriced } = overageLines(
    { plan, addons: addons.map(({ addon }) => addon), portions },
    billed,
    prices,
  );
  const ofMonth = { kind: 'overage', plan, event_id: plan_event_id, segments, days_in_month } as const;
  return {
    unpriced,
    lines: lines.map(({ line, ...pricing }): LineWithInputs => {
      const gateway_days = pricing.resource_kind === tokensKind ? gateway.days : [];
      // The gateway's charge is kept as information; it is not billed.
      if (gateway_days.length > 0) line.meta['gateway_charge_cents'] = gateway.charge_cents;
      return { line, inputs: { ...ofMonth, ...pricing, gateway_days } };
    }),
  };
}

/** The gateway has priced its requests: its exact charges are added up and rounded once (spec 10). */
function llmLines(
  { llm_charges, gateway }: Pick<SplitUsage, 'llm_charges' | 'gateway'>,
  period: string,
): LineWithInputs[] {
  const exact = sumDecimals(llm_charges);
  if (exact === '0') return [];
  const line: Line = {
    kind: 'llm_usage',
    resource_kind: null,
    description: 'LLM usage',
    qty: exact,
    unit: 'cent',
    unit_price_cents: 1,
    amount_cents: roundToCents(exact),
    meta: { exact_charge_cents: exact },
  };
  return [
    { line, inputs: { kind: 'llm_usage', days: otherDays(gateway.days, period), charge_cents: exact } },
  ];
}

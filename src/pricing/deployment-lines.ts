/** What one deployment is charged for one month, before tax. */
import { addDays, daysInMonth, lastDay } from './calendar.ts';
import type { DeploymentInvoicingInputs } from './invoice.ts';
import type { ChangeInMonth, DaysInForce, TracedLine } from './line-inputs.ts';
import { roundToCents, sumDecimals } from './money.ts';
import { overageLines } from './overage-lines.ts';
import type { UnpricedQty } from './overage-lines.ts';
import { addonLine, planBaseLine, recurringPart, settleRecurring } from './recurring-lines.ts';
import type { PricesInForce } from './resource-prices.ts';
import { otherDays, runsOfPeriod, segmentsOf, standstillsOf } from './segments.ts';
import type { Segment } from './segments.ts';
import type { AddonInForce, SubscriptionFact, TermsInForce } from './subscription-terms.ts';
import type { Json, Line } from './types.ts';
import { splitUsage, tokensKind } from './usage-runs.ts';
import type { SplitUsage, UnbilledQty } from './usage-runs.ts';

export interface DeploymentLines {
  deployment_id: string;
  recurring: TracedLine[];
  overage: TracedLine[];
  llm: TracedLine[];
  unpriced: UnpricedQty[];
  unbilled: UnbilledQty[];
  /** The terms at the end of the last in-force day of the month; null: no day was in force. */
  terms: TermsInForce | null;
}

/** What all deployments of a tenant's month share. */
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
 * force, above what they allow, at the prices of the last of them; the LLM charges, with or without a
 * subscription.
 * @throws RangeError when a plan is in another currency than the ledger's or not in the catalog, for usage
 * over days that stand differently, and for malformed or too large amounts.
 */
export function deploymentLines(inputs: DeploymentInvoicingInputs, month: BilledMonth): DeploymentLines {
  const { period, currency } = month;
  const runs = runsOfPeriod(inputs.facts, period);
  const segments = segmentsOf(runs);
  requireSoundPlans(segments, currency);
  const used = splitUsage(inputs, standstillsOf(runs));
  const overage = overageOf(segments, used, month);
  return {
    deployment_id: inputs.deployment_id,
    recurring: recurringLines(segments, inputs.facts, period),
    overage: overage.lines,
    llm: llmLines(used, period),
    unpriced: overage.unpriced,
    unbilled: used.unbilled,
    terms: segments.at(-1)?.terms ?? null,
  };
}

/** @throws RangeError when a plan is in another currency than the ledger's, or not in the catalog */
function requireSoundPlans(segments: readonly Segment[], currency: string): void {
  for (const {
    terms: { plan },
  } of segments) {
    if (plan.missing === true) {
      throw new RangeError(`version ${plan.plan_version} of plan ${plan.plan_code} is not in the catalog`);
    }
    if (plan.currency !== currency)
      throw new RangeError(`plan ${plan.plan_code} is in ${plan.currency}, the ledger in ${currency}`);
  }
}

/** What a usage comes to above what the segments allow, at the prices of the last of them. */
function overageOf(
  segments: readonly Segment[],
  { billed, gateway }: SplitUsage,
  { period, prices }: BilledMonth,
): { lines: TracedLine[]; unpriced: UnpricedQty[] } {
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
  return {
    unpriced,
    lines: lines.map(({ line, item, price }): TracedLine => {
      const resource_kind = line.resource_kind ?? '';
      const gateway_days = resource_kind === tokensKind ? gateway.days : [];
      // What the gateway charged is kept as information: it is not what is billed.
      if (gateway_days.length > 0) line.meta['gateway_charge_cents'] = gateway.charge_cents;
      return {
        line,
        inputs: {
          kind: 'overage',
          resource_kind,
          plan,
          event_id: plan_event_id,
          item,
          price,
          segments,
          days_in_month,
          gateway_days,
        },
      };
    }),
  };
}

/**
 * Neighbouring days that are charged on one recurring line: its terms as they were first in force, and the
 * days.
 */
interface RecurringRun<T> {
  readonly subject: T;
  readonly segments: Segment[];
}

function recurringLines(
  segments: readonly Segment[],
  facts: readonly SubscriptionFact[],
  period: string,
): TracedLine[] {
  const days_in_month = daysInMonth(period);
  const changes = segments.length === 0 ? [] : changesWithin(facts, period);
  const bases = baseRuns(segments).map((run) => ({
    run,
    part: recurringPart(
      planBaseLine(run.subject.plan),
      shareOf(run, days_in_month),
      origin(run.subject.plan_event_id, {}),
    ),
  }));
  const addons = addonRuns(segments).map((run) => ({
    run,
    part: recurringPart(
      addonLine(run.subject.addon),
      shareOf(run, days_in_month),
      origin(run.subject.event_id, { attachment_id: run.subject.attachment_id }),
    ),
  }));
  const settled = settleRecurring(
    bases.map(({ part }) => part),
    addons.map(({ part }) => part),
  );
  return [
    ...bases.map(({ run, part }): TracedLine => {
      const { plan, plan_event_id } = run.subject;
      const in_force = daysIn(run.segments, ({ terms }) => terms.plan_event_id);
      return {
        line: part.line,
        inputs: {
          kind: 'plan_base',
          plan,
          event_id: plan_event_id,
          in_force,
          changes,
          others: settled.get(part) ?? null,
        },
      };
    }),
    ...addons.map(({ run, part }): TracedLine => {
      const addon = run.subject;
      return {
        line: part.line,
        inputs: {
          kind: 'addon',
          addon,
          in_force: daysIn(run.segments, () => addon.event_id),
          changes,
          others: settled.get(part) ?? null,
        },
      };
    }),
  ];
}

/**
 * The days of a month by plan version: neighbouring days of one version are one run, whichever subscription
 * they are of.
 */
function baseRuns(segments: readonly Segment[]): RecurringRun<TermsInForce>[] {
  return runsBy(segments, ({ terms }) => [
    [JSON.stringify([terms.plan.plan_code, terms.plan.plan_version, terms.plan.base_price_cents]), terms],
  ]);
}

/** The days of a month by addon attachment, in the order in which they begin. */
function addonRuns(segments: readonly Segment[]): RecurringRun<AddonInForce>[] {
  return runsBy(segments, ({ terms }) =>
    terms.addons.map((attached) => [JSON.stringify([terms.subscription, attached.attachment_id]), attached]),
  );
}

function runsBy<T>(
  segments: readonly Segment[],
  subjectsOf: (segment: Segment) => [key: string, subject: T][],
): RecurringRun<T>[] {
  const runs: RecurringRun<T>[] = [];
  const open = new Map<string, RecurringRun<T>>();
  for (const segment of segments) {
    for (const [key, subject] of subjectsOf(segment)) {
      const known = open.get(key);
      const last = known?.segments.at(-1);
      if (known !== undefined && last !== undefined && addDays(last.to, 1) === segment.from)
        known.segments.push(segment);
      else {
        const run = { subject, segments: [segment] };
        open.set(key, run);
        runs.push(run);
      }
    }
  }
  return runs;
}

function shareOf({ segments }: RecurringRun<unknown>, days_in_month: number) {
  const days = segments.reduce((sum, segment) => sum + segment.days, 0);
  return { days, days_in_month, from: segments[0]?.from ?? '', to: segments.at(-1)?.to ?? '' };
}

/** Runs of days, those that follow each other under one event made into one. */
function daysIn(segments: readonly Segment[], setBy: (segment: Segment) => string | null): DaysInForce[] {
  const runs: { from: string; to: string; days: number; event_id: string | null }[] = [];
  for (const segment of segments) {
    const { from, to, days } = segment;
    const event_id = setBy(segment);
    const last = runs.at(-1);
    if (last !== undefined && last.event_id === event_id && addDays(last.to, 1) === from) {
      last.to = to;
      last.days += days;
    } else runs.push({ from, to, days, event_id });
  }
  return runs;
}

/** What changed within a month, in the order in which it holds. */
function changesWithin(facts: readonly SubscriptionFact[], period: string): ChangeInMonth[] {
  const end = lastDay(period);
  const within = facts.filter(({ day }) => day >= period && day <= end);
  return within
    .sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : a.position - b.position))
    .map(({ day, type, event_id }) => ({ day, type, event_id: event_id ?? null }));
}

/** Further facts for a line's `meta`: the event that set its terms beside others. */
function origin(eventId: string | null, meta: Record<string, Json>): Record<string, Json> {
  return eventId === null ? meta : { ...meta, event_id: eventId };
}

/** The gateway has priced already: its exact charges are added up and rounded once (spec 10). */
function llmLines({ llm_charges, gateway }: SplitUsage, period: string): TracedLine[] {
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
  return [{ line, inputs: { kind: 'llm_usage', days: otherDays(gateway.days, period) } }];
}

/** What one deployment is charged for one month, before tax. */
import { daysInMonth } from './calendar.ts';
import type { DeploymentBillingInputs } from './billing.ts';
import { roundToCents, sumDecimals } from './money.ts';
import { overageLines } from './overage-lines.ts';
import type { Share } from './proration.ts';
import { addonLine, planBaseLine } from './recurring-lines.ts';
import type { PricesInForce } from './resource-prices.ts';
import { segmentsInPeriod } from './segments.ts';
import type { Segment } from './segments.ts';
import type { AddonInForce, TermsInForce } from './subscription-terms.ts';
import type { Json, Line } from './types.ts';

export interface DeploymentLines {
  deployment_id: string;
  recurring: Line[];
  overage: Line[];
  llm: Line[];
  unpriced: string[];
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
 * The one place where a deployment's month is priced (spec 11). In order: a base line per subscription and plan
 * version, a line per addon attachment, each for its own days in force; overage once, for the month's whole usage, at
 * the allowances and prices of the last in-force day; the LLM charges, with or without a subscription.
 * @throws RangeError when a plan is in another currency than the ledger's, and for malformed or too large amounts.
 */
export function deploymentLines(
  inputs: DeploymentBillingInputs, { period, currency, prices }: BilledMonth,
): DeploymentLines {
  const segments = segmentsInPeriod(inputs.facts, period);
  for (const { terms: { plan } } of segments) {
    if (plan.currency !== currency) throw new RangeError(`plan ${plan.plan_code} is in ${plan.currency}, the ledger in ${currency}`);
  }
  const terms = segments.at(-1)?.terms ?? null;
  const overage = terms === null
    ? { lines: [], unpriced: [] }
    : overageLines(terms.plan, terms.addons.map(({ addon }) => addon), inputs.usage, prices);
  return {
    deployment_id: inputs.deployment_id,
    recurring: recurringLines(segments, daysInMonth(period)),
    overage: overage.lines,
    llm: llmLines(inputs.llm_charges),
    unpriced: overage.unpriced,
    terms,
  };
}

/** What is charged on one recurring line: its terms as they were first in force, and the runs of days that make its days. */
export interface RecurringCharge<T> {
  readonly subject: T;
  days: number;
  readonly segments: Segment[];
}

/** The recurring charges of a month, in the order of their lines: one a subscription and plan version, one an addon attachment. */
export interface RecurringCharges {
  bases: RecurringCharge<TermsInForce>[];
  addons: RecurringCharge<AddonInForce>[];
}

/** Sorts the runs of days of a month out into recurring charges. */
export function recurringCharges(segments: readonly Segment[]): RecurringCharges {
  const bases = new Map<string, RecurringCharge<TermsInForce>>();
  const addons = new Map<string, RecurringCharge<AddonInForce>>();
  for (const segment of segments) {
    const { terms } = segment;
    count(bases, JSON.stringify([terms.subscription, terms.plan.plan_code, terms.plan.plan_version]), terms, segment);
    for (const attachment of terms.addons) {
      count(addons, JSON.stringify([terms.subscription, attachment.attachment_id]), attachment, segment);
    }
  }
  return { bases: [...bases.values()], addons: [...addons.values()] };
}

function recurringLines(segments: readonly Segment[], daysInPeriod: number): Line[] {
  const { bases, addons } = recurringCharges(segments);
  const share = (days: number): Share => ({ days, days_in_month: daysInPeriod });
  return [
    ...bases.map(({ subject, days }) => planBaseLine(subject.plan, share(days), origin(subject.plan_event_id, {}))),
    ...addons.map(({ subject, days }) =>
      addonLine(subject.addon, share(days), origin(subject.event_id, { attachment_id: subject.attachment_id }))),
  ];
}

function count<T>(charges: Map<string, RecurringCharge<T>>, key: string, subject: T, segment: Segment): void {
  const known = charges.get(key);
  if (known === undefined) {
    charges.set(key, { subject, days: segment.days, segments: [segment] });
    return;
  }
  known.days += segment.days;
  known.segments.push(segment);
}

function origin(eventId: string | null, meta: Record<string, Json>): Record<string, Json> {
  return eventId === null ? meta : { ...meta, event_id: eventId };
}

/** The gateway has priced already: its exact charges are added up and rounded once (spec 10). */
function llmLines(charges: readonly string[]): Line[] {
  const exact = sumDecimals(charges);
  if (exact === '0') return [];
  return [{
    kind: 'llm_usage',
    resource_kind: null,
    description: 'LLM usage',
    qty: exact,
    unit: 'cent',
    unit_price_cents: 1,
    amount_cents: roundToCents(exact),
    meta: { exact_charge_cents: exact },
  }];
}

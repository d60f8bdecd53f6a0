/** What lines are computed from. Each line is created together with its inputs and carries them. */
import type { OneOffCharge } from './one-off-charge.ts';
import type { BilledLine, Line, PlanTerms } from './types.ts';
import type { Tax } from './tax.ts';
import type { OveragePricing } from './overage-lines.ts';
import type { RecurringPart } from './recurring-lines.ts';
import type { DayRange, Segment } from './segments.ts';
import type { AddonInForce, SubscriptionFact } from './subscription-terms.ts';

/** A line and what it was computed from. */
export interface LineWithInputs<L extends Line = Line> {
  readonly line: L;
  readonly inputs: LineInputs;
}

/** What a line was computed from, by the line's kind. */
export type LineInputs =
  | PlanBaseInputs
  | AddonInputs
  | OverageInputs
  | LlmUsageInputs
  | ChargeInputs
  | TaxInputs;

/** A run of days in force and the event that set what holds on them. */
export interface DaysInForce extends DayRange {
  readonly days: number;
  readonly event_id: string | null;
}

/** A change to the deployment or its subscription that holds from a day of the month on. */
export interface ChangeInMonth {
  readonly day: string;
  readonly type: SubscriptionFact['type'];
  readonly event_id: string | null;
}

/** What a recurring line has beside its terms. */
interface RecurringInputs {
  /** The days that are charged. */
  readonly in_force: readonly DaysInForce[];
  /** All changes of the deployment's month. */
  readonly changes: readonly ChangeInMonth[];
  readonly part: RecurringPart;
}

export interface PlanBaseInputs extends RecurringInputs {
  readonly kind: 'plan_base';
  readonly plan: PlanTerms;
  readonly event_id: string | null;
}

export interface AddonInputs extends RecurringInputs {
  readonly kind: 'addon';
  readonly attachment: AddonInForce;
}

export interface OverageInputs extends OveragePricing {
  readonly kind: 'overage';
  /** The plan of the last day in force: its item of the kind says price and unit. */
  readonly plan: PlanTerms;
  readonly event_id: string | null;
  /** The month's days in force: usage of these days counts, against what each of them allows. */
  readonly segments: readonly Segment[];
  readonly days_in_month: number;
  /** The days on which the tokens of the gateway's reports count too. */
  readonly gateway_days: readonly DayRange[];
}

interface LlmUsageInputs {
  readonly kind: 'llm_usage';
  /** The days whose reports are billed by their charges. */
  readonly days: readonly DayRange[];
  /** The exact sum of the charges. */
  readonly charge_cents: string;
}

export interface ChargeInputs {
  readonly kind: 'charge';
  readonly charge: OneOffCharge;
}

export interface TaxInputs {
  readonly kind: 'tax';
  readonly tax: Tax;
  /** The lines that are taxed, and their sum. */
  readonly taxed: readonly BilledLine[];
  readonly subtotal_cents: number;
}

/**
 * What lines are computed from: each line carries it, so that an explanation has nothing to look up or to
 * pair.
 */
import type { Tax } from './invoice.ts';
import type { RecurringPart } from './recurring-lines.ts';
import type { DayRange, Segment } from './segments.ts';
import type { AddonInForce, SubscriptionFact } from './subscription-terms.ts';
import type { Line, PlanItemTerms, PlanTerms, ResourcePrice } from './types.ts';

/** A run of days in force and the event that set what holds on them. */
export interface DaysInForce extends DayRange {
  days: number;
  event_id: string | null;
}

/** A change to the deployment or its subscription that holds from a day of the month on. */
export interface ChangeInMonth {
  day: string;
  type: SubscriptionFact['type'];
  event_id: string | null;
}

/** What a recurring line was made from, beside its terms. */
export interface RecurringInputs {
  in_force: DaysInForce[];
  changes: ChangeInMonth[];
  /**
   * The lines that the line shares a month with, where it is the one that takes their difference; null: it is
   * not.
   */
  others: readonly RecurringPart[] | null;
}

/** What a line was made from, by the line's kind. */
export type LineInputs =
  | ({ kind: 'plan_base'; plan: PlanTerms; event_id: string | null } & RecurringInputs)
  | ({ kind: 'addon'; addon: AddonInForce } & RecurringInputs)
  | {
      kind: 'overage';
      resource_kind: string;
      /** The plan of the last day in force: its item of the kind says price and unit. */
      plan: PlanTerms;
      event_id: string | null;
      /** Null: a resource price covers the kind. */
      item: PlanItemTerms | null;
      price: ResourcePrice | null;
      /** The month's days in force: usage of these days counts, against what each of them allows. */
      segments: readonly Segment[];
      days_in_month: number;
      /** The days on which what the gateway reported counts too, by its tokens. */
      gateway_days: readonly DayRange[];
    }
  | {
      kind: 'llm_usage';
      /** The days whose reports are billed by their charges. */
      days: readonly DayRange[];
    }
  | { kind: 'tax'; tax: Tax };

/** A line and what it was made from. */
export interface TracedLine<L extends Line = Line> {
  readonly line: L;
  readonly inputs: LineInputs;
}

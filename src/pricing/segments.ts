/** A period cut into runs of days under the same terms, without walking its days. */
import { dayOfMonth, daysInMonth, lastDay, nthDay } from './calendar.ts';
import { applyChange, historyOf, initialStanding, isBillable } from './subscription-terms.ts';
import type { DeploymentStateFact, SubscriptionFact, SubscriptionLife, TermsInForce } from './subscription-terms.ts';

/** Days of a period, all in force under the same terms. */
export interface Segment {
  /** First day. */
  readonly from: string;
  /** Last day, included. */
  readonly to: string;
  readonly days: number;
  readonly terms: TermsInForce;
}

/**
 * The in-force days of a period in order, agreeing with `termsOnDay` on every day; days not in force are in no segment.
 * @param period first day of the month.
 */
export function segmentsInPeriod(facts: readonly SubscriptionFact[], period: string): Segment[] {
  const { lives, states } = historyOf(facts);
  return lives.flatMap((life) => segmentsOf(life, states, period)).sort((a, b) => (a.from < b.from ? -1 : 1));
}

function segmentsOf(life: SubscriptionLife, states: readonly DeploymentStateFact[], period: string): Segment[] {
  const length = daysInMonth(period);
  const end = lastDay(period);
  // Day numbers within the period; what came earlier counts as the first day, what comes later as the day after the last.
  const numberOf = (day: string): number => (day < period ? 1 : day > end ? length + 1 : dayOfMonth(day));
  const first = numberOf(life.started.day);
  const stop = life.ends_before === null ? length + 1 : numberOf(life.ends_before);
  const cuts = cutsBetween(first, stop, [...life.changes, ...states].map((fact) => numberOf(fact.day)));
  const segments: Segment[] = [];
  let standing = initialStanding(life);
  let state: DeploymentStateFact | null = null;
  let nextChange = 0;
  let nextState = 0;
  cuts.forEach((cut, index) => {
    for (let change = life.changes[nextChange]; change !== undefined && numberOf(change.day) <= cut; change = life.changes[nextChange]) {
      standing = applyChange(standing, change);
      nextChange += 1;
    }
    for (let fact = states[nextState]; fact !== undefined && numberOf(fact.day) <= cut; fact = states[nextState]) {
      state = fact;
      nextState += 1;
    }
    if (standing.status !== 'active' || !isBillable(state, life)) return;
    const after = cuts[index + 1] ?? stop;
    segments.push({ from: nthDay(period, cut), to: nthDay(period, after - 1), days: after - cut, terms: standing.terms });
  });
  return segments;
}

/** The days on which a run may begin: the first, and every change after it and before the stop; none of an empty range. */
function cutsBetween(first: number, stop: number, changes: readonly number[]): number[] {
  if (first >= stop) return [];
  const inside = changes.filter((day) => day > first && day < stop);
  return [...new Set([first, ...inside])].sort((a, b) => a - b);
}

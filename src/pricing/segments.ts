/**
 * A period cut into runs of days of one status: in force under the same terms, or not in force for one
 * reason. The cuts come from the facts, not from the single days.
 */
import { addDays, dayOfMonth, daysInMonth, lastDay, nthDay } from './calendar.ts';
import {
  applyChange,
  timelineOf,
  initialStanding,
  reasonAgainst,
  type DeploymentTimeline,
  type DeploymentStateFact,
  type NotInForce,
  type SubscriptionFact,
  type SubscriptionLife,
  type TermsInForce,
} from './subscription-terms.ts';

/** Days of a period that follow each other. */
export interface DayRange {
  /** First day. */
  readonly from: string;
  /** Last day, included. */
  readonly to: string;
}

interface Run extends DayRange {
  readonly days: number;
}

/** Days of a period, all in force under the same terms. */
export interface Segment extends Run {
  readonly terms: TermsInForce;
}

/** Days of a period that are not in force, for one reason. */
export interface Gap extends Run {
  readonly terms: null;
  readonly reason: NotInForce;
}

/** Days of a period of one billing status: all in force, or all not in force for one reason. */
export interface StatusRun extends DayRange {
  /** Null: in force. */
  readonly reason: NotInForce | null;
}

/**
 * All days of a period in order.
 * @param period first day of the month.
 */
export function runsOfPeriod(facts: readonly SubscriptionFact[], period: string): (Segment | Gap)[] {
  const timeline = timelineOf(facts);
  const runs = timeline.lives
    .flatMap((life) => runsOf(life, timeline, period))
    .sort((a, b) => (a.from < b.from ? -1 : 1));
  return [...daysBefore(runs[0], period), ...runs];
}

/** The days of a period in force, in order. */
export function segmentsInPeriod(facts: readonly SubscriptionFact[], period: string): Segment[] {
  return segmentsOf(runsOfPeriod(facts, period));
}

/** The runs that are in force. */
export function segmentsOf(runs: readonly (Segment | Gap)[]): Segment[] {
  return runs.filter((run): run is Segment => run.terms !== null);
}

/**
 * Which days of a period are billed, and why the others are not. Runs cover every day; neighbours of one
 * status are merged.
 */
export function statusRunsOf(runs: readonly (Segment | Gap)[]): StatusRun[] {
  const statusRuns: { from: string; to: string; reason: NotInForce | null }[] = [];
  for (const run of runs) {
    const reason = run.terms === null ? run.reason : null;
    const last = statusRuns.at(-1);
    if (last?.reason === reason) last.to = run.to;
    else statusRuns.push({ from: run.from, to: run.to, reason });
  }
  return statusRuns;
}

/**
 * The days of a period that are in none of the ranges.
 * @param ranges in any order, apart from each other
 */
export function otherDays(ranges: readonly DayRange[], period: string): DayRange[] {
  const others: DayRange[] = [];
  let from = period;
  for (const range of [...ranges].sort((a, b) => (a.from < b.from ? -1 : 1))) {
    if (from < range.from) others.push({ from, to: addDays(range.from, -1) });
    from = addDays(range.to, 1);
  }
  if (from <= lastDay(period)) others.push({ from, to: lastDay(period) });
  return others;
}

/** The days before any subscription began. After that every day belongs to one, even to a cancelled one. */
function daysBefore(first: Run | undefined, period: string): Gap[] {
  const before = first === undefined ? daysInMonth(period) : dayOfMonth(first.from) - 1;
  if (before === 0) return [];
  return [
    {
      from: period,
      to: nthDay(period, before),
      days: before,
      terms: null,
      reason: first === undefined ? 'no-subscription' : 'before-start',
    },
  ];
}

function runsOf(life: SubscriptionLife, { states }: DeploymentTimeline, period: string): (Segment | Gap)[] {
  const length = daysInMonth(period);
  const end = lastDay(period);
  // The day's number within the period: 1 for an earlier day, one more than the last for a later day.
  const numberOf = (day: string): number => (day < period ? 1 : day > end ? length + 1 : dayOfMonth(day));
  const first = numberOf(life.started.day);
  const stop = life.ends_before === null ? length + 1 : numberOf(life.ends_before);
  const cuts = cutsBetween(
    first,
    stop,
    [...life.changes, ...states].map((fact) => numberOf(fact.day)),
  );
  let standing = initialStanding(life);
  let state: DeploymentStateFact | null = null;
  let nextChange = 0;
  let nextState = 0;
  return cuts.map((cut, index): Segment | Gap => {
    for (
      let change = life.changes[nextChange];
      change !== undefined && numberOf(change.day) <= cut;
      change = life.changes[nextChange]
    ) {
      standing = applyChange(standing, change);
      nextChange += 1;
    }
    for (
      let fact = states[nextState];
      fact !== undefined && numberOf(fact.day) <= cut;
      fact = states[nextState]
    ) {
      state = fact;
      nextState += 1;
    }
    const after = cuts[index + 1] ?? stop;
    const run = { from: nthDay(period, cut), to: nthDay(period, after - 1), days: after - cut };
    const reason = reasonAgainst(standing, state, life);
    return reason === null ? { ...run, terms: standing.terms } : { ...run, terms: null, reason };
  });
}

/**
 * The days on which a run may begin: the first, and every change after it and before the stop. An empty range
 * has none.
 */
function cutsBetween(first: number, stop: number, changes: readonly number[]): number[] {
  if (first >= stop) return [];
  const inside = changes.filter((day) => day > first && day < stop);
  return [...new Set([first, ...inside])].sort((a, b) => a - b);
}

/** Which days of a month a deployment's pace is taken from, and to which days it applies. */
import { addDays, addMonths, daysFrom, lastDay, monthOf } from './calendar.ts';
import {
  runsOfPeriod,
  statusRunsOf,
  type DayRange,
  type Gap,
  type Segment,
  type StatusRun,
} from './segments.ts';
import type { NotInForce, SubscriptionFact } from './subscription-terms.ts';

/** The pace of the last days is taken from so many days that have ended. */
const recentLength = 7;

/** The days around today that a forecast looks at. */
export interface ForecastCalendar {
  /** First day of the running month. */
  readonly period: string;
  readonly today: string;
  /** The first of the last seven days, which end yesterday. */
  readonly recent_from: string;
  /** Every day from the first of the month or of the last seven days, to the month's end. */
  readonly days: readonly string[];
}

/** The days around a day that a forecast of its month looks at. */
export function forecastCalendar(today: string): ForecastCalendar {
  const period = monthOf(today);
  const recent_from = addDays(today, -recentLength);
  return {
    period,
    today,
    recent_from,
    days: daysFrom(recent_from < period ? recent_from : period, lastDay(period)),
  };
}

/**
 * The status of every day that a forecast looks at, in runs that end with each month.
 * @param running the days of the running month
 */
export function statusAround(
  facts: readonly SubscriptionFact[],
  { period, recent_from }: ForecastCalendar,
  running: readonly (Segment | Gap)[] = runsOfPeriod(facts, period),
): StatusRun[] {
  const before = recent_from < period ? statusRunsOf(runsOfPeriod(facts, addMonths(period, -1))) : [];
  return [...before, ...statusRunsOf(running)];
}

/**
 * Cuts the days of a calendar: each range begins with one of the given days, or where the days of a pace do.
 */
export function rangesFrom(starts: readonly string[], { days, ...calendar }: ForecastCalendar): DayRange[] {
  const [first, last] = [days[0] ?? calendar.period, lastDay(calendar.period)];
  const cuts = [first, calendar.recent_from, calendar.period, calendar.today, ...starts];
  const sorted = [...new Set(cuts)].filter((day) => day >= first && day <= last).sort();
  return sorted.map((from, index) => {
    const next = sorted[index + 1];
    return { from, to: next === undefined ? last : addDays(next, -1) };
  });
}

/** How many days a pace is taken from, and to how many it applies. */
export interface PaceDays {
  /** Days of the month that have ended. */
  so_far: number;
  /** Those of the last seven days, also of the month before. */
  last_7_days: number;
  /** Days whose usage is still to come. */
  to_come: number;
}

/** A deployment's days, by what is counted of them. */
export interface DeploymentDays {
  /** Days in force, for reported usage. */
  reported: PaceDays;
  /** Days in force, for metered usage: one that is not metered yet has not shown its usage. */
  metered: PaceDays;
  /** Days on which the LLM gateway is used. */
  gateway: PaceDays;
  /** The days to come whose gateway tokens count against the allowance; on the others charges are billed. */
  tokens_to_come: number;
}

/** What is known of a deployment's days. */
export interface KnownDays {
  readonly status: readonly StatusRun[];
  /** Days of the month in LLM mode `allowance`. */
  readonly allowance_days: readonly DayRange[];
  readonly isMetered: (day: string) => boolean;
  /** Whether a day in the past that is not metered will be. */
  readonly awaitsMetering: (day: string) => boolean;
  /** Whether the deployment exists on a day that is not in force, and runs. */
  readonly runs: (day: string, reason: NotInForce) => boolean;
}

/** Whether a day is in one of the ranges. */
export function isWithin(day: string, ranges: readonly DayRange[]): boolean {
  return ranges.some(({ from, to }) => from <= day && day <= to);
}

function reasonOn(day: string, { status }: KnownDays): NotInForce | null {
  const run = status.find(({ from, to }) => from <= day && day <= to);
  return run === undefined ? 'no-subscription' : run.reason;
}

/** Whether the gateway is used on a day: its charges are billed without a subscription too. */
export function isGatewayDay(day: string, known: KnownDays): boolean {
  const reason = reasonOn(day, known);
  return reason === null || known.runs(day, reason);
}

/** Counts a deployment's days. */
export function countDays(calendar: ForecastCalendar, known: KnownDays): DeploymentDays {
  const none = (): PaceDays => ({ so_far: 0, last_7_days: 0, to_come: 0 });
  const counted = { reported: none(), metered: none(), gateway: none(), tokens_to_come: 0 };
  const count = (into: PaceDays, day: string): void => {
    if (day >= calendar.today) into.to_come += 1;
    else {
      if (day >= calendar.period) into.so_far += 1;
      if (day >= calendar.recent_from) into.last_7_days += 1;
    }
  };
  for (const day of calendar.days) {
    if (reasonOn(day, known) === null) {
      count(counted.reported, day);
      if (day >= calendar.today || known.isMetered(day)) count(counted.metered, day);
      else if (day >= calendar.period && known.awaitsMetering(day)) counted.metered.to_come += 1;
      if (day >= calendar.today && isWithin(day, known.allowance_days)) counted.tokens_to_come += 1;
    }
    if (isGatewayDay(day, known)) count(counted.gateway, day);
  }
  return counted;
}

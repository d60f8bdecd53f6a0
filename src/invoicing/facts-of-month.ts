/** Which deployments were in force on the days of a month, from their facts. */
import {
  subscriptionHistories,
  type SubscriptionHistory,
} from '../../projections/deployments/invoicing-queries.ts';
import { steadyDeployments } from '../../projections/deployments/steady-queries.ts';
import type { Db } from '../database/db.ts';
import { lastDay } from '../pricing/calendar.ts';
import { segmentsInPeriod, type DayRange } from '../pricing/segments.ts';

/** Every deployment with a subscription that began by the end of a month is in one of the two. */
export interface FactsOfMonth {
  /**
   * Deployments that are known to be in force on every day of the month, each with the day on which its
   * subscription started. Where they are thousands, their facts need not be read.
   */
  steady: ReadonlyMap<string, string>;
  /** The facts of the others. */
  histories: readonly SubscriptionHistory[];
}

/**
 * @param db one snapshot
 * @param period first day of the month
 */
export async function factsOfMonth(db: Db, period: string): Promise<FactsOfMonth> {
  const [steady, histories] = await Promise.all([
    steadyDeployments(db, period),
    subscriptionHistories(db, { period, unlessSteady: true }),
  ]);
  return { steady, histories };
}

/** The days of a month on which each of some deployments was in force, in order. */
export function daysInForce(
  period: string,
  { steady, histories }: FactsOfMonth,
  deploymentIds: ReadonlySet<string | null>,
): Map<string, readonly DayRange[]> {
  const days = new Map<string, readonly DayRange[]>();
  for (const id of deploymentIds)
    if (id !== null && steady.has(id)) days.set(id, [{ from: period, to: lastDay(period) }]);
  for (const { deployment_id: id, facts } of histories)
    if (deploymentIds.has(id)) days.set(id, segmentsInPeriod(facts, period));
  return days;
}

/** The first day on which any subscription started; null: there is none. */
export function firstStart({ steady, histories }: FactsOfMonth): string | null {
  const started = histories.flatMap(({ facts }) => facts.filter(({ type }) => type === 'started'));
  return [...steady.values(), ...started.map(({ day }) => day)].reduce<string | null>(
    (first, day) => (first === null || day < first ? day : first),
    null,
  );
}

/**
 * The first day of a month on which a deployment was in force; null: there is none.
 * @param month first day of the month of the facts, or of one before it
 */
export function firstDayInForce(month: string, { steady, histories }: FactsOfMonth): string | null {
  let first: string | null = null;
  for (const started of steady.values()) {
    if (started > lastDay(month)) continue;
    const from = started < month ? month : started;
    if (first === null || from < first) first = from;
    if (first === month) return first;
  }
  for (const { facts } of histories) {
    const from = segmentsInPeriod(facts, month)[0]?.from;
    if (from !== undefined && (first === null || from < first)) first = from;
    if (first === month) return first;
  }
  return first;
}

/** Why the scheduled close of a month waits. */
import { lastLifecycleDay } from '../../projections/deployments/lifecycle-queries.ts';
import { completedDays } from '../../projections/usage/metering-queries.ts';
import type { Db } from '../database/db.ts';
import { closeList } from '../invoicing/close-list.ts';
import type { CloseItem } from '../invoicing/close/close-item.ts';
import { blockingOf, monthProgress } from '../invoicing/month-close.ts';
import { addDays, lastDay } from '../pricing/calendar.ts';
import { closeScope, type CloseDeps } from './close-month.ts';
import { daysSince, watermarkBegins } from './watermark.ts';

/** A close that has to wait. */
export interface HeldClose {
  /** One sentence that names what it waits for. */
  waiting_for: string;
  /** The items of the close list that block or warn. */
  held_by: CloseItem[];
}

/**
 * What holds the scheduled close of a month back; null: nothing does. A month that is decided is gated no
 * more. One that was rolled up has stragglers only, which need no list; they wait, as all do, for each of its
 * days to be metered, since later usage would come too late.
 */
export async function holdBackClose(deps: CloseDeps, period: string): Promise<HeldClose | null> {
  return deps.ledger.readLatest(async (db) => {
    const { isRolledUp, decision } = await monthProgress(db, period);
    if (decision !== null) return null;
    const unmetered = await firstUnmeteredDay(db, period);
    const unmoved = isRolledUp ? undefined : await nextLifecycleDay(db, period);
    const items = isRolledUp ? [] : await closeList(db, await closeScope(deps, db, period));
    // The day that is named already says more than the item.
    const blocking = blockingOf(items)
      .map(({ item }) => item)
      .filter((item) => unmetered === undefined || item !== 'metering');
    const reasons = [
      ...(unmetered === undefined ? [] : [`${unmetered} is not metered yet`]),
      ...(unmoved === undefined ? [] : [`job lifecycle.day has not done ${unmoved} yet`]),
      ...(blocking.length === 0 ? [] : [`${period.slice(0, 7)} is blocked by ${blocking.join(', ')}`]),
    ];
    if (reasons.length === 0) return null;
    return { waiting_for: reasons.join('; '), held_by: items.filter(({ status }) => status !== 'ok') };
  });
}

/**
 * The next day of the month that the automatic lifecycle, once it has begun, has to do: what it moves on that
 * day changes what is billed. It takes days in order, so that the last one that is done says it.
 */
async function nextLifecycleDay(db: Db, period: string): Promise<string | undefined> {
  const last = await lastLifecycleDay(db);
  if (last === null || last >= lastDay(period)) return undefined;
  const next = addDays(last, 1);
  return next > period ? next : period;
}

/** The first day of the month since the ledger began that is not metered. */
async function firstUnmeteredDay(db: Db, period: string): Promise<string | undefined> {
  const first = await watermarkBegins(db);
  const days = first === null ? [] : daysSince(first, period);
  const metered = new Set(await completedDays(db, days));
  return days.find((day) => !metered.has(day));
}

import { daysMeteredFor } from '../../../projections/usage/metering-queries.ts';
import type { CommandMeta, Ledger } from '../../ledger/ledger.ts';
import { dayOf } from '../../pricing/calendar.ts';
import { meterDays } from './meter-days.ts';

/**
 * Meters the metered days of deployments anew after a tie to a past day; the schedule meters the others.
 * @param fromDay first day, inclusive
 * @param toDay last day, exclusive; null: until today
 * @param run where the commands' metadata comes from, a fresh command id each
 * @returns how many days were metered anew
 */
export async function remeterDays(
  { ledger }: { ledger: Ledger },
  deploymentIds: readonly string[],
  fromDay: string,
  toDay: string | null,
  run: { meta(): CommandMeta },
): Promise<number> {
  const today = dayOf(ledger.now());
  const to = toDay === null || toDay > today ? today : toDay;
  const days = await ledger.readLatest((db) => daysMeteredFor(db, deploymentIds, fromDay, to));
  if (days.length > 0)
    await meterDays(ledger, { days, deploymentIds, complete: false, meta: () => run.meta() });
  return days.length;
}

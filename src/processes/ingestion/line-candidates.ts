import type { LinePeriod, MatchCandidate } from '../../../commands/costs/match-lines.ts';
import { matchCandidates } from '../../../projections/inventory/match-queries.ts';
import type { Db } from '../../database/db.ts';
import type { InvoiceSummary } from '../../digitalocean/billing-api.ts';
import type { CostLine } from '../../events/costs.ts';
import { addMonths } from '../../pricing/calendar.ts';

/** The month that is billed, as instants. */
export function periodOf({ billing_period }: Pick<InvoiceSummary, 'billing_period'>): LinePeriod {
  return { from: `${billing_period}T00:00:00.000Z`, to: `${addMonths(billing_period, 1)}T00:00:00.000Z` };
}

/**
 * The resources that existed at a time that the lines cover, and those that the lines name by id: an id holds
 * also where the sweeps saw the resource at no such time. A line without times covers the month.
 */
export async function candidatesFor(
  db: Db,
  lines: readonly CostLine[],
  period: LinePeriod,
): Promise<MatchCandidate[]> {
  const [first, end] = [Date.parse(period.from), Date.parse(period.to)];
  let [from, to] = [Infinity, -Infinity];
  const ids = new Set<string>();
  for (const { started_at, ended_at, provider_resource_id } of lines) {
    if (provider_resource_id !== null) ids.add(provider_resource_id);
    from = Math.min(from, started_at === null ? first : Date.parse(started_at));
    to = Math.max(to, ended_at === null ? end : Date.parse(ended_at));
  }
  if (from === Infinity) return [];
  // A line whose start is its end covers one instant.
  const until = new Date(Math.max(to, from) + 1).toISOString();
  return matchCandidates(db, new Date(from).toISOString(), until, [...ids]);
}

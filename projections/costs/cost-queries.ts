import type { Db, Fragment } from '../../src/database/db.ts';
import { lastDayOfLine, matchOfLine } from './match-of-line.ts';
import { costLines, providerInvoices } from './tables.ts';

/** The cost of one line of a provider's invoice, and the resource that caused it. */
export interface PeriodCostLine {
  invoice_uuid: string;
  line_no: number;
  /** In cents of `currency`, as the provider gives it. */
  amount_cents: number;
  currency: string;
  /** Resource kind; null if the line has none. */
  kind: string | null;
  is_tax: boolean;
  /** The matched resource; null for none. */
  resource_id: string | null;
  /** Why it has none; null for a matched line, and before any matching. */
  unmatched_reason: string | null;
  description: string;
  /** The first UTC day that the line covers; the month's without a start. */
  first_day: string;
  /** The last UTC day that the line covers. */
  last_day: string;
}

/** The line and match sets of an invoice that counted for a period. */
export interface CountingSets {
  uuid: string;
  period: string;
  currency: string;
  lines_hash: string;
  matches_hash: string | null;
}

/**
 * Every line of the ingested invoices of a period, in order of invoice and line number. Only the line and
 * match sets that the invoices name now count.
 *
 * A line covers `[started_at, ended_at)`: an end at midnight, such as `2026-05-01 00:00:00` for all of April,
 * belongs to the day before. A line of no length covers the day on which it starts, a line without an end
 * covers the month.
 * @param period first day of a month
 * @param sets those that counted at a past moment; default: those that count now
 */
export async function costLinesForPeriod(
  db: Db,
  period: string,
  sets?: readonly CountingSets[],
): Promise<PeriodCostLine[]> {
  const invoices = sets === undefined ? db`${db(providerInvoices.ref)}` : setsAsRows(db, sets);
  return db<PeriodCostLine[]>`
    select l.invoice_uuid, l.line_no, l.amount_cents, p.currency, l.kind, l.is_tax, m.resource_id,
      m.unmatched_reason, l.description,
      coalesce((l.started_at at time zone 'UTC')::date, p.period) as first_day,
      ${lastDayOfLine(db)} as last_day
    from ${invoices} p
    join ${db(costLines.ref)} l on l.invoice_uuid = p.uuid and l.lines_hash = p.lines_hash
    left join lateral ${matchOfLine(db)} m on true
    where p.period = ${period}::date
    order by l.invoice_uuid, l.line_no`;
}

/** How many lines of the ingested invoices of a month are no tax and have no resource, and what they cost. */
export async function unmatchedOfPeriod(
  db: Db,
  period: string,
): Promise<{ lines: number; total_cents: number }> {
  const [row] = await db<{ lines: number; total_cents: number }[]>`
    select count(*) as lines, coalesce(sum(l.amount_cents), 0)::bigint as total_cents
    from ${db(providerInvoices.ref)} p
    join ${db(costLines.ref)} l on l.invoice_uuid = p.uuid and l.lines_hash = p.lines_hash
    left join lateral ${matchOfLine(db)} m on true
    where p.period = ${period}::date and not l.is_tax and m.resource_id is null`;
  return row ?? { lines: 0, total_cents: 0 };
}

function setsAsRows(db: Db, sets: readonly CountingSets[]): Fragment {
  const texts = (value: (set: CountingSets) => string | null) => db`${sets.map(value)}::text[]`;
  return db`(
    select s.uuid, s.period::date, s.currency, s.lines_hash, s.matches_hash
    from unnest(${texts((set) => set.uuid)}, ${texts((set) => set.period)}, ${texts((set) => set.currency)},
      ${texts((set) => set.lines_hash)}, ${texts((set) => set.matches_hash)})
      as s(uuid, period, currency, lines_hash, matches_hash))`;
}

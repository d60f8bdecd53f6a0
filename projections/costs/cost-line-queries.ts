import type { Db } from '../../src/database/db.ts';
import type { CostLineMatch } from '../../src/events/costs.ts';
import { canonicalDecimal } from '../../src/pricing/money.ts';
import { matchOfLine } from './match-of-line.ts';
import { costLines, providerInvoices } from './tables.ts';

/** The filter of cost lines. An undefined field does not filter. */
export interface CostLineFilter {
  /** First day of a month. */
  period?: string | undefined;
  kind?: string | undefined;
  matched?: boolean | undefined;
}

/** A cost line as the API shows it (spec 16). */
interface CostLineRow {
  id: string;
  invoice_uuid: string;
  line_no: number;
  product: string;
  group_description: string | null;
  description: string;
  kind: string | null;
  name: string | null;
  /** Exact decimal. */
  hours: string | null;
  started_at: string | null;
  ended_at: string | null;
  amount_cents: number;
  currency: string;
  project_name: string | null;
  resource_id: string | null;
  matched: boolean;
  unmatched_reason: CostLineMatch['unmatched_reason'];
  /**
   * The resource of that kind and time with the nearest name, for a line without a match; null where none is
   * near.
   */
  nearest: { resource_id: string; name: string } | null;
}

/** Sums over all lines of a filter. */
export interface CostLineSummary {
  lines: number;
  matched: number;
  total_cents: number;
  tax_cents: number;
}

/** A line with the first part of its sort key. */
export type ListedCostLine = CostLineRow & { period: string };

/** The current lines: of ingested invoices, from the line and match sets that these name. */
function countingLines(db: Db, { period, kind, matched }: CostLineFilter) {
  return db`
    ${db(providerInvoices.ref)} p
    join ${db(costLines.ref)} l on l.invoice_uuid = p.uuid and l.lines_hash = p.lines_hash
    left join lateral ${matchOfLine(db)} m on true
    where true
    ${period === undefined ? db`` : db`and p.period = ${period}::date`}
    ${kind === undefined ? db`` : db`and l.kind = ${kind}`}
    ${matched === undefined ? db`` : db`and (m.resource_id is not null) = ${matched}`}`;
}

/**
 * Cost lines, newest period first, in an invoice by line number. `after`: the (period, uuid, line_no) before
 * the page.
 */
export async function listCostLines(
  db: Db,
  filter: CostLineFilter,
  { limit, after }: { limit: number; after: readonly [period: string, uuid: string, lineNo: number] | null },
): Promise<ListedCostLine[]> {
  const rows = await db<
    (Omit<ListedCostLine, 'nearest'> & { nearest_id: string | null; nearest_name: string | null })[]
  >`
    select l.invoice_uuid || ':' || l.line_no as id, l.invoice_uuid, l.line_no, l.product,
      l.group_description, l.description, l.kind, l.name, l.hours, l.started_at, l.ended_at, l.amount_cents,
      p.currency, l.project_name, m.resource_id, m.resource_id is not null as matched, m.unmatched_reason,
      m.nearest_id, m.nearest_name, p.period
    from ${countingLines(db, filter)}
    ${
      after === null
        ? db``
        : db`
      and (p.period, p.uuid) <= (${after[0]}::date, ${after[1]}::text)
      and ((p.period, p.uuid) < (${after[0]}::date, ${after[1]}::text) or l.line_no > ${after[2]})`
    }
    order by p.period desc, p.uuid desc, l.line_no limit ${limit}`;
  return rows.map(({ nearest_id, nearest_name, ...row }) => ({
    ...row,
    hours: row.hours === null ? null : canonicalDecimal(row.hours),
    nearest:
      nearest_id === null || nearest_name === null ? null : { resource_id: nearest_id, name: nearest_name },
  }));
}

/** The sums over every line of the filter. */
export async function summariseCostLines(db: Db, filter: CostLineFilter): Promise<CostLineSummary> {
  const [row] = await db<CostLineSummary[]>`
    select count(*) as lines, count(m.resource_id) as matched,
      coalesce(sum(l.amount_cents), 0)::bigint as total_cents,
      coalesce(sum(l.amount_cents) filter (where l.is_tax), 0)::bigint as tax_cents
    from ${countingLines(db, filter)}`;
  return row as CostLineSummary;
}

import type { Db, Fragment } from '../../src/database/db.ts';
import type { CostLineMatch } from '../../src/events/costs.ts';
import { canonicalDecimal } from '../../src/pricing/money.ts';
import { lastDayOfLine, matchOfLine } from './match-of-line.ts';
import { costLineLinks, costLines, costMatches, providerInvoices } from './tables.ts';

/** The filter of cost lines. An undefined field does not filter. */
export interface CostLineFilter {
  /** First day of a month. */
  period?: string | undefined;
  kind?: string | undefined;
  matched?: boolean | undefined;
  invoice_uuid?: string | undefined;
  /** The provider's name of a project. */
  project?: string | undefined;
  resource_id?: string | undefined;
  /** Part of its product, group, description, name or project, in any case. */
  text?: string | undefined;
  /** One line of an invoice. */
  line?: { invoice_uuid: string; line_no: number } | undefined;
}

/** A cost line as the API shows it (spec 16). */
export interface CostLineRow {
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
  /** The link by hand that decides the resource (null: none); null where the matching decides. */
  link: { resource_id: string | null; reason: string; linked_at: string; by: string } | null;
  /** Whether it is tax by its description alone: its product is not `Taxes`. */
  tax_by_description: boolean;
}

/** Sums over all lines of a filter. */
export interface CostLineSummary {
  lines: number;
  matched: number;
  total_cents: number;
  tax_cents: number;
}

/** A line with the first part of its sort key, and what decides who bears it. */
export type ListedCostLine = CostLineRow & {
  period: string;
  /** The last UTC day that it covers. */
  last_day: string;
  is_tax: boolean;
  /** The provider's id of what the line is for, where the provider gives one. */
  provider_resource_id: string | null;
};

type ListedRow = Omit<ListedCostLine, 'nearest' | 'link'> & {
  nearest_id: string | null;
  nearest_name: string | null;
  link_reason: string | null;
  linked_at: string | null;
  linked_by: string | null;
};

/** The current lines: of ingested invoices, from the line and match sets that these name. */
function countingLines(db: Db, filter: CostLineFilter) {
  const { period, kind, matched, line, invoice_uuid, project, resource_id, text } = filter;
  return db`
    ${db(providerInvoices.ref)} p
    join ${db(costLines.ref)} l on l.invoice_uuid = p.uuid and l.lines_hash = p.lines_hash
    left join lateral ${matchOfLine(db)} m on true
    left join ${db(costLineLinks.ref)} k on k.invoice_uuid = p.uuid and k.line_key = m.link_key
    where true
    ${period === undefined ? db`` : db`and p.period = ${period}::date`}
    ${kind === undefined ? db`` : db`and l.kind = ${kind}`}
    ${matched === undefined ? db`` : db`and (m.resource_id is not null) = ${matched}`}
    ${invoice_uuid === undefined ? db`` : db`and p.uuid = ${invoice_uuid}`}
    ${project === undefined ? db`` : db`and l.project_name = ${project}`}
    ${resource_id === undefined ? db`` : ofResource(db, resource_id)}
    ${text === undefined ? db`` : db`and position(lower(${text}) in lower(${searchedText(db)})) > 0`}
    ${line === undefined ? db`` : db`and p.uuid = ${line.invoice_uuid} and l.line_no = ${line.line_no}`}`;
}

/** The lines of a resource. Its matches are found first, so that no match of another line is looked up. */
const ofResource = (db: Db, resourceId: string): Fragment => db`
    and m.resource_id = ${resourceId}
    and (p.uuid, p.matches_hash, l.line_no) in (
      select c.invoice_uuid, c.matches_hash, c.line_no from ${db(costMatches.ref)} c
      where c.resource_id = ${resourceId})`;

const searchedText = (db: Db): Fragment =>
  db`concat_ws(${'\n'}, l.product, l.group_description, l.description, l.name, l.project_name)`;

/**
 * Cost lines, newest period first, in an invoice by line number. `after`: the (period, uuid, line_no) before
 * the page.
 */
export async function listCostLines(
  db: Db,
  filter: CostLineFilter,
  { limit, after }: { limit: number; after: readonly [period: string, uuid: string, lineNo: number] | null },
): Promise<ListedCostLine[]> {
  const rows = await db<ListedRow[]>`
    select l.invoice_uuid || ':' || l.line_no as id, l.invoice_uuid, l.line_no, l.product,
      l.group_description, l.description, l.kind, l.name, l.hours, l.started_at, l.ended_at, l.amount_cents,
      p.currency, l.project_name, m.resource_id, m.resource_id is not null as matched, m.unmatched_reason,
      m.nearest_id, m.nearest_name, p.period, ${lastDayOfLine(db)} as last_day, l.is_tax,
      l.provider_resource_id,
      k.reason as link_reason, k.linked_at, k.linked_by,
      l.is_tax and lower(trim(l.product)) <> 'taxes' as tax_by_description
    from ${countingLines(db, filter)}
    ${
      after === null
        ? db``
        : db`
      and (p.period, p.uuid) <= (${after[0]}::date, ${after[1]}::text)
      and ((p.period, p.uuid) < (${after[0]}::date, ${after[1]}::text) or l.line_no > ${after[2]})`
    }
    order by p.period desc, p.uuid desc, l.line_no limit ${limit}`;
  return rows.map(({ nearest_id, nearest_name, link_reason, linked_at, linked_by, ...row }) => ({
    ...row,
    hours: row.hours === null ? null : canonicalDecimal(row.hours),
    nearest:
      nearest_id === null || nearest_name === null ? null : { resource_id: nearest_id, name: nearest_name },
    link:
      link_reason === null || linked_at === null || linked_by === null
        ? null
        : { resource_id: row.resource_id, reason: link_reason, linked_at, by: linked_by },
  }));
}

/** One line of an ingested invoice by its number; null for none. */
export async function costLineAt(
  db: Db,
  line: { invoice_uuid: string; line_no: number },
): Promise<ListedCostLine | null> {
  const [row] = await listCostLines(db, { line }, { limit: 1, after: null });
  return row ?? null;
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

import type { Db, Fragment } from '../../src/database/db.ts';
import type { CsvWarning } from '../../src/events/costs.ts';
import { costLines, providerInvoices } from './tables.ts';

/** What the provider changed in an ingested invoice without notice. Cents of the invoice's currency. */
export interface ShownReissue {
  found_at: string;
  /** Whether its lines count; else an ingestion is needed. */
  ingested: boolean;
  amount_cents: number;
  /** The invoice that the provider lists in its place. Null: it has the same uuid. */
  replaced_by: string | null;
  before: { amount_cents: number; lines: number; lines_total_cents: number };
}

/** One of the provider's invoices in the API (spec 16). */
export interface ProviderInvoiceRow {
  uuid: string;
  period: string;
  amount_cents: number;
  currency: string;
  /** `replaced`: an operator took it from the costs; its lines count no more. */
  status: 'discovered' | 'ingested' | 'replaced';
  lines: number;
  matched: number;
  /** The amount minus the sum of the lines; null until it is ingested. */
  difference_cents: number | null;
  pushed_to_finance_at: string | null;
  finance_invoice_id: string | null;
  /** Why its last ingestion failed; null once it is ingested, and before the first try. */
  error: string | null;
  /** The first values of its CSV that could not be read, and how many there were. */
  warnings: CsvWarning[];
  warnings_count: number;
  /** Null: there is none that an operator has to see. */
  reissue: ShownReissue | null;
}

/** The provider's invoices, newest period first. `after`: the (period, uuid) before the page. */
export async function listProviderInvoices(
  db: Db,
  { limit, after }: { limit: number; after: readonly [period: string, uuid: string] | null },
): Promise<ProviderInvoiceRow[]> {
  return db<ProviderInvoiceRow[]>`
    ${selectInvoices(db)}
    ${after === null ? db`` : db`where (period, uuid) < (${after[0]}::date, ${after[1]}::text)`}
    order by period desc, uuid desc limit ${limit}`;
}

const selectInvoices = (db: Db): Fragment => db`
  select uuid, period, amount_cents, currency, status, lines, matched, difference_cents,
    pushed_to_finance_at, finance_invoice_id, error, warnings, warnings_count, reissue
  from ${db(providerInvoices.ref)}`;

/** One of the provider's invoices; null for an unknown one. */
export async function providerInvoiceOf(db: Db, uuid: string): Promise<ProviderInvoiceRow | null> {
  const [row] = await db<ProviderInvoiceRow[]>`${selectInvoices(db)} where uuid = ${uuid}`;
  return row ?? null;
}

/** A known invoice that is not ingested: the cost of its month lacks its lines. */
export interface PendingInvoice {
  uuid: string;
  amount_cents: number;
  /** Why its last ingestion failed; null before the first try. */
  error: string | null;
}

/** The invoices of a month that are not ingested, by uuid. */
export async function pendingInvoices(db: Db, period: string): Promise<PendingInvoice[]> {
  return db<PendingInvoice[]>`
    select uuid, amount_cents, error from ${db(providerInvoices.ref)}
    where period = ${period}::date and status = 'discovered' order by uuid`;
}

/** An invoice of a month, and whether its lines are here and come to its amount. */
export type ProviderInvoiceState = Pick<
  ProviderInvoiceRow,
  'uuid' | 'amount_cents' | 'currency' | 'status' | 'difference_cents' | 'error' | 'reissue'
>;

/** The invoices of a month that count, by uuid. */
export async function providerInvoicesOf(db: Db, period: string): Promise<ProviderInvoiceState[]> {
  return db<ProviderInvoiceState[]>`
    select uuid, amount_cents, currency, status, difference_cents, error, reissue
    from ${db(providerInvoices.ref)} where period = ${period}::date and status <> 'replaced'
    order by uuid`;
}

/** The latest month of which an invoice of the provider counts, or is waited for; null: there is none. */
export async function latestProviderPeriod(db: Db): Promise<string | null> {
  const [row] = await db<{ period: string | null }[]>`
    select max(period) as period from ${db(providerInvoices.ref)} where status <> 'replaced'`;
  return row?.period ?? null;
}

/** The state of a known invoice. */
export interface InvoiceProgress {
  uuid: string;
  period: string;
  status: ProviderInvoiceRow['status'];
  currency: string;
  amount_cents: number;
  /** Null until it is ingested. */
  lines_hash: string | null;
  pushed_lines_hash: string | null;
  /** Whether it has a reissue that is not ingested and not seen. */
  is_reissued: boolean;
}

/** The states of the known invoices, newest period first: all of them, or one. */
export async function invoiceProgress(db: Db, uuid?: string): Promise<InvoiceProgress[]> {
  return db<InvoiceProgress[]>`
    select uuid, period, status, currency, amount_cents, lines_hash, pushed_lines_hash,
      coalesce(not (reissue -> 'ingested')::boolean, false) as is_reissued
    from ${db(providerInvoices.ref)}
    ${uuid === undefined ? db`` : db`where uuid = ${uuid}`}
    order by period desc, uuid desc`;
}

/** A line in the form that finance gets. */
export interface LineForFinance {
  line_no: number;
  description: string;
  kind: string | null;
  amount_cents: number;
  is_tax: boolean;
}

/** The lines of one line set, in order. */
export async function linesForFinance(db: Db, uuid: string, linesHash: string): Promise<LineForFinance[]> {
  return db<LineForFinance[]>`
    select line_no, description, kind, amount_cents, is_tax from ${db(costLines.ref)}
    where invoice_uuid = ${uuid} and lines_hash = ${linesHash} order by line_no`;
}

/** The known resource ids of the provider for the lines of one line set, by line number. */
export async function resourceIdsOfLines(
  db: Db,
  uuid: string,
  linesHash: string,
): Promise<Map<number, string>> {
  const rows = await db<{ line_no: number; provider_resource_id: string }[]>`
    select line_no, provider_resource_id from ${db(costLines.ref)}
    where invoice_uuid = ${uuid} and lines_hash = ${linesHash} and provider_resource_id is not null`;
  return new Map(rows.map((row) => [row.line_no, row.provider_resource_id]));
}

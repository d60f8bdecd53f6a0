import { splitNumber } from '../../src/events/document-number.ts';
import type { Db, Fragment } from '../../src/database/db.ts';
import { addCents } from '../../src/pricing/money.ts';
import type { InvoiceStatus } from '../../src/pricing/invoice-figures.ts';
import { mailJoin, mailOf, type MailState } from '../deliveries/mail-queries.ts';
import { isOverdue, openCents, paidJoin, statusOf } from '../receivables/figure-queries.ts';
import { invoiceColumns, plain, type InvoiceRow } from './invoice-queries.ts';
import { hasLateFacts } from './late-facts.ts';
import { documentNumbers, tenantInvoices } from './tables.ts';

/** Which invoices to list. */
export interface InvoiceFilter {
  /** Null: of all tenants. */
  tenantId: string | null;
  /** First day of a month. */
  period?: string | undefined;
  status?: string | undefined;
  /** Past the last day to pay, or not. */
  overdue?: boolean | undefined;
  /** With late facts only, or without. */
  late?: boolean | undefined;
  /** As on the invoice; one of an earlier issue finds the invoice too. */
  number?: string | undefined;
  mail?: MailState | undefined;
  /** The least and the most that it comes to, with tax. */
  fromCents?: number | undefined;
  toCents?: number | undefined;
}

/** An invoice in the list. */
export interface ListedInvoice extends InvoiceRow {
  /** Whether facts of its month were recorded after it had been computed. */
  late: boolean;
  mail: MailState;
}

/** What a list may be sorted by. */
export const invoiceSorts = ['period', 'tenant', 'issued', 'due', 'total', 'open'] as const;
export type InvoiceSort = (typeof invoiceSorts)[number];

/** The order of a list: by a value, then by id, both ways the same. */
export interface InvoiceOrder {
  by: InvoiceSort;
  isDescending: boolean;
}

/** Place of a row in a list: the value that it is sorted by, and its id. */
export type InvoiceKey = readonly [value: string | number, id: string];

/** The value of row `i` that a list is sorted by, and its type. */
function sortValue(db: Db, by: InvoiceSort): { value: Fragment; type: Fragment } {
  switch (by) {
    case 'period':
      return { value: db`i.period_start`, type: db`date` };
    case 'tenant':
      return { value: db`i.tenant_id`, type: db`text` };
    case 'issued':
      return { value: db`i.issued_at`, type: db`timestamptz` };
    case 'due':
      return { value: db`i.due_on`, type: db`date` };
    case 'total':
      return { value: db`i.total_cents`, type: db`bigint` };
    case 'open':
      return { value: db`greatest(0, ${openCents(db)})`, type: db`bigint` };
  }
}

/** Rows whose issues include that of the number. */
function hasNumber(db: Db, number: string): Fragment {
  const { base, issueNo } = splitNumber(number);
  return db`
    and issue_no >= ${issueNo}
    and id in (select subject_id from ${db(documentNumbers.ref)} where number = ${base})`;
}

/** The conditions of a filter but for status and overdue. */
function others(db: Db, filter: InvoiceFilter): Fragment {
  const { tenantId, period, late, number, mail, fromCents, toCents } = filter;
  return db`
    ${tenantId === null ? db`` : db`and i.tenant_id = ${tenantId}`}
    ${period === undefined ? db`` : db`and period_start = ${period}::date`}
    ${late === undefined ? db`` : db`and ${hasLateFacts(db)} = ${late}`}
    ${number === undefined ? db`` : hasNumber(db, number)}
    ${mail === undefined ? db`` : db`and ${mailOf(db)} = ${mail}`}
    ${fromCents === undefined ? db`` : db`and i.total_cents >= ${fromCents}::bigint`}
    ${toCents === undefined ? db`` : db`and i.total_cents <= ${toCents}::bigint`}`;
}

/**
 * Tenants' invoices, in an order.
 * @param today the day by which they are overdue
 */
export async function listInvoices(
  db: Db,
  filter: InvoiceFilter,
  { order, after, limit }: { order: InvoiceOrder; after: InvoiceKey | null; limit: number },
  today: string,
): Promise<ListedInvoice[]> {
  const { status, overdue } = filter;
  const { value, type } = sortValue(db, order.by);
  const way = order.isDescending ? db`desc` : db`asc`;
  const behind = order.isDescending ? db`<` : db`>`;
  const key = after === null ? null : { value: String(after[0]), id: after[1] };
  const rows = await db<ListedInvoice[]>`
    select ${invoiceColumns(db)}, ${hasLateFacts(db)} as late, ${mailOf(db)} as mail
    from ${db(tenantInvoices.ref)} i ${paidJoin(db)} ${mailJoin(db)}
    where true
      ${others(db, filter)}
      ${status === undefined ? db`` : db`and ${statusOf(db)} = ${status}`}
      ${overdue === undefined ? db`` : db`and ${isOverdue(db, today)} = ${overdue}`}
      ${key === null ? db`` : db`and (${value}, id) ${behind} (${key.value}::text::${type}, ${key.id}::text)`}
    order by ${value} ${way}, id ${way} limit ${limit}`;
  return rows.map(plain);
}

/** How many invoices, and what they come to. */
export interface InvoiceSums {
  invoices: number;
  total_cents: number;
  open_cents: number;
}

/** What the invoices of a filter come to. */
export interface InvoiceSummary {
  all: InvoiceSums;
  /** Those that are past their last day to pay. */
  overdue: InvoiceSums;
  statuses: ({ status: InvoiceStatus } & InvoiceSums)[];
  /** Those that are not void, by how they were mailed. */
  mail: ({ mail: MailState } & InvoiceSums)[];
}

type Group = InvoiceSums & { status: InvoiceStatus; mail: MailState; is_overdue: boolean };

/**
 * What the invoices of a filter come to, by status and by mailing. The filter's status and overdue do not
 * narrow it.
 * @param today the day by which they are overdue
 */
export async function summariseInvoices(
  db: Db,
  filter: InvoiceFilter,
  today: string,
): Promise<InvoiceSummary> {
  const groups = await db<Group[]>`
    select status, mail, is_overdue, count(*) as invoices, sum(total_cents)::bigint as total_cents,
      sum(open_cents)::bigint as open_cents
    from (
      select ${statusOf(db)} as status, ${mailOf(db)} as mail, ${isOverdue(db, today)} as is_overdue,
        i.total_cents, greatest(0, ${openCents(db)}) as open_cents
      from ${db(tenantInvoices.ref)} i ${paidJoin(db)} ${mailJoin(db)}
      where true ${others(db, filter)}) one
    group by status, mail, is_overdue`;
  return {
    all: sumsOf(groups),
    overdue: sumsOf(groups.filter(({ is_overdue }) => is_overdue)),
    statuses: byValue(groups, ({ status }) => status).map(([status, sums]) => ({ status, ...sums })),
    mail: byValue(
      groups.filter(({ status }) => status !== 'void'),
      ({ mail }) => mail,
    ).map(([mail, sums]) => ({ mail, ...sums })),
  };
}

function sumsOf(groups: readonly InvoiceSums[]): InvoiceSums {
  return groups.reduce(
    (sums, group) => ({
      invoices: sums.invoices + group.invoices,
      total_cents: addCents(sums.total_cents, group.total_cents),
      open_cents: addCents(sums.open_cents, group.open_cents),
    }),
    { invoices: 0, total_cents: 0, open_cents: 0 },
  );
}

/** The sums by a value that groups have, in its order. */
function byValue<Value extends string>(
  groups: readonly Group[],
  valueOf: (group: Group) => Value,
): [Value, InvoiceSums][] {
  return [...new Set(groups.map(valueOf))]
    .sort()
    .map((value) => [value, sumsOf(groups.filter((group) => valueOf(group) === value))]);
}

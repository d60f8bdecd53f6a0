import { z } from 'zod';
import { mailStates } from '../../../projections/deliveries/mail-queries.ts';
import {
  invoiceSorts,
  listInvoices,
  summariseInvoices,
  type InvoiceFilter,
  type InvoiceKey,
  type InvoiceOrder,
  type InvoiceSort,
  type ListedInvoice,
} from '../../../projections/invoicing/invoice-list-queries.ts';
import { mostMonthCents } from '../../pricing/billable.ts';
import { dayOf } from '../../pricing/calendar.ts';
import { listScope, type Caller } from '../caller.ts';
import { defineRoute } from '../route.ts';
import {
  centsSchema,
  idSchema,
  list,
  periodSchema,
  priceCentsSchema,
  queryBoolean,
  queryInteger,
} from '../schemas.ts';
import { csvForm, csvRows, exportRows, listQuery, wantsCsv } from './csv-export.ts';
import { invoiceRow, invoiceStatus } from './invoice-answer.ts';
import { invoiceCsv } from './invoice-csv.ts';
import { showRow } from './show-invoice.ts';

const mailState = z.enum(mailStates);

const sums = { invoices: z.int().min(0), total_cents: centsSchema, open_cents: priceCentsSchema };

/** What the invoices of a filter come to. */
const invoiceSummary = z.strictObject({
  all: z.strictObject(sums),
  overdue: z.strictObject(sums),
  statuses: z.array(z.strictObject({ status: invoiceStatus, ...sums })),
  mail: z.array(z.strictObject({ mail: mailState, ...sums })),
});

/** A minus before the name: the highest first. */
const sortSchema = z.enum(invoiceSorts.flatMap((by): (InvoiceSort | `-${InvoiceSort}`)[] => [by, `-${by}`]));

const query = z.strictObject({
  ...listQuery,
  tenant_id: idSchema.optional(),
  period: periodSchema.optional(),
  status: invoiceStatus.optional(),
  overdue: queryBoolean.optional(),
  late: queryBoolean.optional(),
  number: idSchema.optional(),
  mail: mailState.optional(),
  from_cents: queryInteger(0, mostMonthCents).optional(),
  to_cents: queryInteger(0, mostMonthCents).optional(),
  sort: sortSchema.optional().meta({ description: '-period by default' }),
  summary: queryBoolean.optional(),
});

type ListQuery = z.output<typeof query>;

/** @throws {Refused} `forbidden` for a tenant that names another */
function filterOf(caller: Caller, asked: ListQuery): InvoiceFilter {
  const { tenant_id, period, status, overdue, late, number, mail, from_cents, to_cents } = asked;
  return {
    ...{ tenantId: listScope(caller, tenant_id), period, status, overdue, late, number, mail },
    ...{ fromCents: from_cents, toCents: to_cents },
  };
}

function orderOf(sort: ListQuery['sort'] = '-period'): InvoiceOrder {
  const isDescending = sort.startsWith('-');
  return { by: (isDescending ? sort.slice(1) : sort) as InvoiceSort, isDescending };
}

const shown = (row: ListedInvoice, today: string) => ({
  ...showRow(row, today),
  late: row.late,
  mail: row.mail,
});

type ShownRow = ReturnType<typeof shown>;

/** Where a row is in an order. */
function keyOf(row: ShownRow, { by }: InvoiceOrder): InvoiceKey {
  switch (by) {
    case 'period':
      return [row.period_start, row.id];
    case 'tenant':
      return [row.tenant_id, row.id];
    case 'issued':
      return [row.issued_at, row.id];
    case 'due':
      return [row.due_on, row.id];
    case 'total':
      return [row.total_cents, row.id];
    case 'open':
      return [row.open_cents, row.id];
  }
}

/** The list of invoices (spec 11), also as a table for spreadsheets. */
export const listInvoicesRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/invoices',
  tag: 'invoices',
  summary: 'Tenant invoices, newest period first',
  description:
    '`late` says whether facts of the month were recorded after the invoice had been computed, and ' +
    'finds those, void ones too; the invoice itself lists them. `number` finds one invoice, by the ' +
    'number of any of its issues. `open_cents` is what is left to pay, debit notes included; `overdue` ' +
    'says whether a part of it is past `due_on`, and finds those. `mail` is how the issue in force was ' +
    'mailed last. `from_cents` and `to_cents` limit the total. With `summary=true` the answer has what ' +
    'all invoices of the filter come to, by status and by mailing: `status`, `overdue`, `limit` and ' +
    '`cursor` do not narrow it. As CSV it is everything that the filter finds, in the same order, ' +
    'amounts as decimals.',
  access: 'tenant',
  query,
  response: list(invoiceRow.extend({ late: z.boolean(), mail: mailState })).extend({
    summary: invoiceSummary.optional(),
  }),
  streamed: csvForm('A head and a line for each invoice'),
  async handle({ query: asked, page: requested, caller, prefers }, { ledger }) {
    const today = dayOf(ledger.now());
    const order = orderOf(asked.sort);
    const filter = filterOf(caller, asked);
    if (wantsCsv(asked, prefers)) {
      const month = asked.period === undefined ? '' : `-${asked.period.slice(0, 7)}`;
      const read = async (last: ShownRow | null): Promise<ShownRow[]> => {
        const page = { order, after: last === null ? null : keyOf(last, order), limit: exportRows };
        const rows = await ledger.query((db) => listInvoices(db, filter, page, today));
        return rows.map((row) => shown(row, today));
      };
      return { stream: csvRows(invoiceCsv, read), name: `invoices${month}.csv` };
    }
    const after = requested.after(z.tuple([z.union([z.string(), z.int()]), z.string()]));
    const page = { order, after, limit: requested.limit + 1 };
    const rows = await ledger.query((db) => listInvoices(db, filter, page, today));
    const answer = requested.of(
      rows.map((row) => shown(row, today)),
      (row) => keyOf(row, order),
    );
    if (asked.summary !== true) return { body: answer };
    const summary = await ledger.query((db) => summariseInvoices(db, filter, today));
    return { body: { ...answer, summary } };
  },
});

/** Asks for what the pages of an invoice show: the operator's, and its tenant's. */
import { z } from 'zod';
import { explainRoute } from '../../http/routes/invoice-explain.ts';
import { invoiceHistoryRoute } from '../../http/routes/invoice-history.ts';
import { invoiceRoute } from '../../http/routes/invoices.ts';
import { listPaymentsRoute } from '../../http/routes/payments.ts';
import type { Ask } from '../page.ts';
import { momentsAsked } from '../parts/as-of.tsx';
import { linesOnPage } from './lines.tsx';
import type { ExplainedLine, History, Invoice, Payments } from './types.ts';

const text = z.string().optional();

/** The parameters of an invoice's page, for the schema of its query. */
export const invoiceParameters = {
  /** The line that is open. */
  line: text,
  lines_cursor: text,
  records_cursor: text,
  payments_cursor: text,
  as_of: text,
  known_at: text,
};

type InvoiceQuery = z.output<z.ZodObject<typeof invoiceParameters>>;

/** What the page of an invoice shows to operator and tenant alike. */
export interface InvoiceShown {
  invoice: Invoice;
  /** The line that is open. */
  line: ExplainedLine | null;
  /** How many lines come before those of the page. */
  from: number;
  payments: Payments;
  history: History;
  /** The moment that is shown; null: now. */
  pastOf: string | null;
}

/** So many records of usage are on a page of an open line. */
const recordsOnPage = '50';

/** @throws {Refused} `not-found` for none, another tenant's, and a line that it does not have */
export async function loadInvoicePage(ask: Ask, id: string, query: InvoiceQuery): Promise<InvoiceShown> {
  const { as_of, known_at } = momentsAsked(query);
  const params = { id };
  const [{ data: invoice }, payments, { data: history }] = await Promise.all([
    ask(invoiceRoute, { params, query: { as_of, known_at } }),
    ask(listPaymentsRoute, { query: { invoice_id: id, cursor: query.payments_cursor } }),
    ask(invoiceHistoryRoute, { params, query: { known_at } }),
  ]);
  const line =
    query.line === undefined
      ? null
      : ((
          await ask(explainRoute, {
            params,
            query: {
              line: query.line,
              issue: String(invoice.issue_no),
              limit: recordsOnPage,
              cursor: query.records_cursor,
            },
          })
        ).data.lines[0] ?? null);
  const place = line === null ? -1 : invoice.lines.findIndex(({ line_no }) => line_no === line.line_no);
  const asked = Number.parseInt(query.lines_cursor ?? '0', 10);
  const from = place >= 0 ? place - (place % linesOnPage) : Number.isFinite(asked) && asked > 0 ? asked : 0;
  const past = [
    ...(as_of === undefined ? [] : [as_of]),
    ...(known_at === undefined ? [] : [`${known_at}, as was known then`]),
  ];
  return { invoice, line, from, payments, history, pastOf: past.length === 0 ? null : past.join('; ') };
}

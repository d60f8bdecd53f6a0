import { z } from 'zod';
import { latestBalance } from '../../../projections/costs/balance-queries.ts';
import {
  listCostLines,
  summariseCostLines,
  type CostLineFilter,
} from '../../../projections/costs/cost-line-queries.ts';
import {
  listProviderInvoices,
  providerInvoiceOf,
} from '../../../projections/costs/provider-invoice-queries.ts';
import { borneLines, type BorneLine } from '../../invoicing/borne-lines.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { refuse, Refused } from '../../ledger/refusal.ts';
import { commands } from '../../processes/commands.ts';
import { ingestInvoice } from '../../processes/ingestion/ingestion.ts';
import { foundOr404 } from '../caller.ts';
import { defineRoute } from '../route.ts';
import {
  centsSchema,
  daySchema,
  idSchema,
  instantSchema,
  list,
  one,
  pageQuery,
  periodSchema,
  queryBoolean,
  uuidSchema,
} from '../schemas.ts';
import { costLine, showCostLine } from './cost-line-answer.ts';
import { costLineCsv } from './cost-line-csv.ts';
import { costMonthsRoute, providerInvoiceRoute } from './cost-months.ts';
import { providerInvoice, warnings } from './provider-invoice-answer.ts';
import { costLinkRoutes } from './cost-links.ts';
import { csvForm, csvRows, exportRows, listQuery, wantsCsv } from './csv-export.ts';
import { freshMeta } from '../../ledger/fresh-meta.ts';

const tag = 'billing';
const count = z.int().min(0);

export const balanceRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/billing/balance',
  tag,
  summary: 'What the operator owes DigitalOcean: the last snapshot',
  description: 'Cents of a US dollar. 404 before the first run of `billing.balance`.',
  access: 'admin',
  response: one(
    z.strictObject({
      month_to_date_balance_cents: centsSchema,
      account_balance_cents: centsSchema,
      month_to_date_usage_cents: centsSchema,
      generated_at: instantSchema,
      recorded_at: instantSchema,
    }),
  ),
  async handle(_request, { ledger }) {
    const row = await ledger.query(latestBalance);
    if (row === null)
      throw new Refused(refuse('not-found', 'no balance is recorded yet: run job billing.balance'));
    return { body: { data: row } };
  },
});

export const providerInvoicesRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/billing/invoices',
  tag,
  summary: "DigitalOcean's invoices, newest period first",
  description:
    '`difference_cents` is the amount less the sum of the lines, null until the invoice is ingested. ' +
    '`error` says why the last try to ingest an invoice failed. ' +
    '`warnings` are the first twenty values of its CSV that no amount depends on and that could not be ' +
    'read (`row` 0 is the header, or column `summary`: its groups do not come to the amount), ' +
    '`warnings_count` counts all. `reissue`: the provider changed an ingested invoice without notice. It ' +
    'shows until it is ingested, or marked as seen; with `ingested` an ingestion found it, with ' +
    '`replaced_by` another invoice of the month stands in its place, and both count.',
  access: 'admin',
  query: z.strictObject(pageQuery),
  response: list(providerInvoice),
  async handle({ page: requested }, { ledger }) {
    const after = requested.after(z.tuple([z.string(), z.string()]));
    const rows = await ledger.query((db) => listProviderInvoices(db, { limit: requested.limit + 1, after }));
    return { body: requested.of(rows, (row) => [row.period, row.uuid]) };
  },
});

export const costLinesRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/billing/cost-lines',
  tag,
  summary: "Lines of DigitalOcean's invoices and the resources they are for",
  description:
    'The summary covers the whole filter, whatever `limit` and `cursor`. A line whose name was not ' +
    'found has the `nearest` resource of its kind and time, where one has a similar name. A line that is ' +
    'linked by hand has its `link`. `tax_by_description`: tax, though the product is not `Taxes`. `borne` ' +
    'says what becomes of the line in the margin of its month: `by` a tenant, `shared` over the tenants, ' +
    'or `unattributed`, in cents of the currency of the ledger; `rule` is how its tenant came about, by a ' +
    '`tie` by hand, by that of a `project` or of the `source` of a backup or snapshot, or as the ' +
    "resource's `own`. `q` finds part of a product, group, description, name or project. As CSV it is " +
    'every line that the filter finds, in the same order, amounts as decimals.',
  access: 'admin',
  query: z.strictObject({
    ...listQuery,
    period: periodSchema.optional(),
    kind: idSchema.optional(),
    matched: queryBoolean.optional(),
    invoice_uuid: uuidSchema.optional(),
    project: idSchema.optional(),
    resource_id: idSchema.optional(),
    q: idSchema.optional(),
  }),
  response: list(costLine).extend({
    summary: z.strictObject({
      lines: count,
      matched: count,
      total_cents: centsSchema,
      tax_cents: centsSchema,
    }),
  }),
  streamed: csvForm('A head and a line for each cost line'),
  async handle({ query, page: requested, prefers }, { ledger, currency }) {
    const { period: month, kind, matched, invoice_uuid, project, resource_id, q: text } = query;
    const filter = { period: month, kind, matched, invoice_uuid, project, resource_id, text };
    if (wantsCsv(query, prefers)) {
      const name = month === undefined ? 'cost-lines.csv' : `cost-lines-${month.slice(0, 7)}.csv`;
      return { stream: csvRows(costLineCsv, (last) => linesBehind(ledger, filter, last, currency)), name };
    }
    const after = requested.after(z.tuple([z.string(), z.string(), z.int()]));
    // One snapshot, so that lines, their bearers and sums are of the same state.
    const { page, summary } = await ledger.read(async (db) => {
      const rows = await listCostLines(db, filter, { limit: requested.limit + 1, after });
      const { data, next_cursor } = requested.of(rows, (row) => [row.period, row.invoice_uuid, row.line_no]);
      return {
        page: { data: await borneLines(db, data, currency), next_cursor },
        summary: await summariseCostLines(db, filter),
      };
    });
    return { body: { data: page.data.map(showCostLine), summary, next_cursor: page.next_cursor } };
  },
});

/** The lines of an export behind one, each with who bears it. */
function linesBehind(
  ledger: Ledger,
  filter: CostLineFilter,
  last: BorneLine | null,
  currency: string,
): Promise<BorneLine[]> {
  const after = last === null ? null : ([last.period, last.invoice_uuid, last.line_no] as const);
  return ledger.read(async (db) =>
    borneLines(db, await listCostLines(db, filter, { limit: exportRows, after }), currency),
  );
}

export const ingestInvoiceRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/billing/invoices/:uuid/ingest',
  tag,
  summary: "Ingest one of DigitalOcean's invoices, or match it again",
  description:
    'The same as job `billing.ingest_invoice`. 404 for an invoice that DigitalOcean does not have; 502 ' +
    'with the row and the reason for a CSV that cannot be read.',
  access: 'admin',
  params: z.strictObject({ uuid: uuidSchema }),
  body: z.strictObject({}),
  response: one(
    z.strictObject({
      invoice_uuid: z.string(),
      period: daySchema,
      currency: z.string(),
      amount_cents: centsSchema,
      lines: count,
      matched: count,
      unmatched: count,
      lines_total_cents: centsSchema,
      tax_cents: centsSchema,
      difference_cents: centsSchema,
      warnings: warnings.warnings.optional(),
      warnings_count: count.optional(),
      changed: z.boolean(),
      pushed: z.enum(['created', 'updated']).nullable(),
      finance_invoice_id: z.string().nullable(),
    }),
  ),
  async handle({ params, meta }, { ledger, jobDeps }) {
    // An ingestion executes several commands; an Idempotency-Key repeats the answer as a whole.
    const { result, position } = await ingestInvoice(jobDeps, params.uuid, () => freshMeta(ledger, meta));
    return { body: { data: result }, position };
  },
});

export const reissueSeenRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/billing/invoices/:uuid/reissue-seen',
  tag,
  summary: "Take the reissue of one of DigitalOcean's invoices from what needs attention",
  description:
    'The answer is the invoice, its `reissue` null. Without a reissue nothing changes. With `counts` false ' +
    'the lines of an invoice that another one replaces count no more: its `status` is `replaced`. So is ' +
    'that of one that could not be ingested, which is not waited for any more. An ingestion makes it count ' +
    'again, also that of `billing.history` where the provider lists it again.',
  access: 'admin',
  params: z.strictObject({ uuid: uuidSchema }),
  body: z.strictObject({ counts: z.boolean().default(true) }),
  response: one(providerInvoice),
  async handle({ params: { uuid }, body, meta }, { ledger }) {
    const input = { invoice_uuid: uuid, ...body };
    const { position } = await ledger.execute(commands.markReissueSeen, input, meta);
    const row = await ledger.readLatest((db) => providerInvoiceOf(db, uuid));
    return { body: { data: foundOr404(row, 'invoice') }, position };
  },
});

/** What the provider bills the operator (spec 4). */
export const costsRoutes = [
  balanceRoute,
  providerInvoicesRoute,
  providerInvoiceRoute,
  costMonthsRoute,
  costLinesRoute,
  ingestInvoiceRoute,
  reissueSeenRoute,
  ...costLinkRoutes,
];

import { z } from 'zod';
import { invoiceById } from '../../../projections/invoicing/invoice-queries.ts';
import { rollUp } from '../../processes/roll-up.ts';
import { payOpen } from '../../processes/receivables/payments.ts';
import { voidUnpaid } from '../../processes/receivables/void-unpaid.ts';
import { foundOr404 } from '../caller.ts';
import { defineRoute } from '../route.ts';
import { asOfQuery, idSchema, one, periodSchema, textSchema } from '../schemas.ts';
import { invoiceAnswer, invoiceRow } from './invoice-answer.ts';
import { listInvoicesRoute } from './invoice-list.ts';
import { rolledUpAnswer } from './close-answer.ts';
import { loadChanged, loadInvoice, loadInvoiceAsOf } from './show-invoice.ts';
import { freshMeta } from '../../ledger/fresh-meta.ts';

const tag = 'invoices';

export const invoiceRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/invoices/:id',
  tag,
  summary: 'One invoice with its lines, its history and what came late for it',
  description:
    '`deployments` says what of the lines each comes to. `history` holds every issue with its lines, the ' +
    'one in force last. `late` lists the first 500 of `late_count` facts of the month that were recorded ' +
    'after the invoice had been computed, until a correction or a reissue takes them in. `corrections` are ' +
    'its credit and debit notes; `corrected_total_cents` is the total with those of purpose `correction`, ' +
    '`goodwill_cents` what the others come to.',
  access: 'tenant',
  query: z.strictObject(asOfQuery),
  response: one(invoiceAnswer),
  async handle({ params: { id }, query, caller }, { ledger }) {
    const isNow = query.as_of === undefined && query.known_at === undefined;
    return {
      body: {
        data: isNow
          ? await loadInvoice(ledger, caller, id)
          : await loadInvoiceAsOf(ledger, caller, id, query),
      },
    };
  },
});

export const rollUpRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/invoices/rollup',
  tag,
  summary: 'Issue the invoices of a month that has ended',
  description:
    'The same as job `invoices.rollup`: for all tenants, or for one. An invoice that exists is ' +
    'skipped; `force` reissues it where its content is no longer right or facts came late for it, ' +
    'never one that has payments, credits or notes: 409 where one tenant is named, else `refused` in the ' +
    'result. A void one is issued anew, as the next issue, by `force` for its tenant by name; any other ' +
    'rollup leaves it.',
  access: 'admin',
  body: z.strictObject({
    period: periodSchema,
    tenant_id: idSchema.optional(),
    force: z.boolean().default(false),
  }),
  response: one(rolledUpAnswer),
  async handle({ body, meta }, { ledger, jobDeps }) {
    // Each invoice is a command of its own; an Idempotency-Key repeats the answer as a whole.
    const result = await rollUp(jobDeps, body, () => freshMeta(ledger, meta));
    return { body: { data: result }, position: await ledger.position() };
  },
});

export const payInvoiceRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/invoices/:id/pay',
  tag,
  summary: 'Record a payment of what is open of an invoice',
  description:
    'The payment is received today, its method is `pay`. Of an invoice that is paid it changes nothing. A ' +
    'void invoice is a 409.',
  access: 'admin',
  body: z.strictObject({}),
  response: one(invoiceRow),
  async handle({ params: { id }, meta, caller }, { ledger, jobDeps }) {
    const { tenant_id, issue_no } = foundOr404(
      await ledger.readLatest((db) => invoiceById(db, id)),
      'invoice',
    );
    const deps = { ledger, personal: jobDeps.personal };
    const { position } = await payOpen(deps, { invoice_id: id, tenant_id, issue_no }, meta);
    return { body: { data: await loadChanged(ledger, caller, id) }, position };
  },
});

export const voidInvoiceRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/invoices/:id/void',
  tag,
  summary: 'Void an invoice: its month is not billed until it is issued anew',
  description:
    'A rollup with `force` that names the tenant issues it anew; until then facts may be dated into ' +
    'the month. Once more changes nothing. One that has payments or credits is a 409, and so is one with ' +
    'credit or debit notes: they refer to it, so it is credited instead.',
  access: 'admin',
  body: z.strictObject({ reason: textSchema.nullable().default(null) }),
  response: one(invoiceRow),
  async handle({ params: { id }, body: { reason }, meta, caller }, { ledger }) {
    const position = await voidUnpaid(ledger, { invoice_id: id, reason }, meta);
    return { body: { data: await loadChanged(ledger, caller, id) }, position };
  },
});

/** What tenants are invoiced (spec 11). */
export const invoiceRoutes = [
  listInvoicesRoute,
  rollUpRoute,
  invoiceRoute,
  payInvoiceRoute,
  voidInvoiceRoute,
];

import { z } from 'zod';
import { paymentById } from '../../../projections/receivables/payment-queries.ts';
import {
  previewPayment,
  previewRefund,
  previewReversal,
} from '../../processes/receivables/preview-payment.ts';
import { dayOf } from '../../pricing/calendar.ts';
import { mostMonthCents } from '../../pricing/billable.ts';
import { invoiceStatuses } from '../../pricing/invoice-figures.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { foundOr404 } from '../caller.ts';
import { defineRoute } from '../route.ts';
import { centsSchema, daySchema, idSchema, one, queryInteger } from '../schemas.ts';

const tag = 'payments';

/** What would become of a tenant's account. */
const foreseen = one(
  z.strictObject({
    tenant_id: z.string(),
    currency: z.string(),
    balance_before_cents: centsSchema,
    balance_after_cents: centsSchema,
    targets: z.array(
      z.strictObject({
        invoice_id: z.string().nullable(),
        opening_balance: z.boolean(),
        number: z.string().nullable(),
        amount_cents: centsSchema,
        open_before_cents: centsSchema,
        open_after_cents: centsSchema,
        status_after: z.enum(invoiceStatuses).nullable(),
      }),
    ),
  }),
);

const amountQuery = queryInteger(1, mostMonthCents);

const described =
  'Decided as the command decides it, and not recorded; refused where the command is. `targets` are the ' +
  'invoices that would be paid (or, below zero, open again), with what is open of each before and after.';

/** What a payment would do. */
export const previewPaymentRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/payments/preview',
  tag,
  summary: 'What a payment would pay, and what the balance would be',
  description: `${described} \`received_on\` is today by default.`,
  access: 'admin',
  query: z.strictObject({
    tenant_id: idSchema,
    amount_cents: amountQuery,
    received_on: daySchema.optional(),
    invoice_id: idSchema.optional(),
  }),
  response: foreseen,
  async handle({ query, meta }, { ledger, currency }) {
    const { tenant_id, amount_cents, received_on = dayOf(ledger.now()), invoice_id = null } = query;
    const payment = { tenant_id, amount_cents, received_on, invoice_id };
    // No payment has this reference yet: it is one of its own.
    const named = { ...payment, method: 'preview', reference: meta.commandId };
    return { body: { data: { ...(await previewPayment(ledger, named, meta)), currency } } };
  },
});

/** A payment as the commands of its account know it. */
async function accountOf(ledger: Ledger, id: string): Promise<{ payment_id: string; tenant_id: string }> {
  const { tenant_id } = foundOr404(await ledger.readLatest((db) => paymentById(db, id)), 'payment');
  return { payment_id: id, tenant_id };
}

/** What a refund would do. */
export const previewRefundRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/payments/:id/refund-preview',
  tag,
  summary: 'What a refund of a payment would make open again, and what the balance would be',
  description: described,
  access: 'admin',
  query: z.strictObject({ amount_cents: amountQuery }),
  response: foreseen,
  async handle({ params: { id }, query: { amount_cents }, meta }, { ledger, currency }) {
    const refund = { ...(await accountOf(ledger, id)), amount_cents };
    return { body: { data: { ...(await previewRefund(ledger, refund, meta)), currency } } };
  },
});

/** What a reversal would do. */
export const previewReversalRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/payments/:id/reverse-preview',
  tag,
  summary: 'What taking a payment back would make open again, and what the balance would be',
  description: described,
  access: 'admin',
  response: foreseen,
  async handle({ params: { id }, meta }, { ledger, currency }) {
    const data = await previewReversal(ledger, await accountOf(ledger, id), meta);
    return { body: { data: { ...data, currency } } };
  },
});

/** What commands on payments would do. */
export const paymentPreviewRoutes = [previewPaymentRoute, previewRefundRoute, previewReversalRoute];

import { z } from 'zod';
import type { PaymentState } from '../../../commands/receivables/account.ts';
import { openingId } from '../../../commands/receivables/account.ts';
import { isKnownTenant } from '../../../projections/receivables/account-context.ts';
import {
  allocationsOfSource,
  listPayments,
  paymentById,
  refundsOf,
  type PaymentAllocationRow,
  type PaymentRow,
} from '../../../projections/receivables/payment-queries.ts';
import { commands } from '../../processes/commands.ts';
import { onAccount, receivePayment, sealedReference } from '../../processes/receivables/payments.ts';
import { mostMonthCents } from '../../pricing/billable.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { foundOr404, listScope, ownerOr404 } from '../caller.ts';
import { centsCell, csvTable } from '../csv.ts';
import { defineRoute } from '../route.ts';
import { csvForm, csvRows, exportRows, listQuery, wantsCsv } from './csv-export.ts';
import { paymentPreviewRoutes } from './payment-previews.ts';
import {
  centsSchema,
  daySchema,
  idSchema,
  instantSchema,
  list,
  one,
  priceCentsSchema,
  reasonSchema,
} from '../schemas.ts';

const tag = 'payments';

/** One payment or refund may come to as much as a month may. */
const amountSchema = z.int().min(1).max(mostMonthCents);

/** What a payment is known by. */
const namedSchema = idSchema.refine((text) => text.trim() !== '', { error: 'must not be blank' });

const paid = {
  id: z.string(),
  tenant_id: z.string(),
  amount_cents: priceCentsSchema,
  currency: z.string(),
  received_on: daySchema,
  method: z.string(),
  invoice_id: z.string().nullable(),
  refunded_cents: priceCentsSchema,
  unallocated_cents: centsSchema,
  reversed_on: daySchema.nullable(),
};

const allocationAnswer = z.strictObject({
  invoice_id: z.string().nullable(),
  opening_balance: z.boolean(),
  amount_cents: centsSchema,
});

const changedPayment = z.strictObject({ ...paid, allocations: z.array(allocationAnswer) });

const listedPayment = z.strictObject({ ...paid, reference: z.string(), recorded_at: instantSchema });

const paymentAnswer = listedPayment.extend({
  allocations: z.array(allocationAnswer),
  refunds: z.array(
    z.strictObject({
      refund_id: z.string(),
      amount_cents: priceCentsSchema,
      reason: z.string(),
      refunded_on: daySchema,
      recorded_at: instantSchema,
    }),
  ),
  reversal: z.strictObject({ reversed_on: daySchema, reason: z.string() }).nullable(),
});

/** What a source pays, by invoice; the opening balance has none. */
function showAllocations(tenantId: string, rows: readonly PaymentAllocationRow[]) {
  const opening = openingId(tenantId);
  return rows.map(({ target_id, amount_cents }) => ({
    invoice_id: target_id === opening ? null : target_id,
    opening_balance: target_id === opening,
    amount_cents,
  }));
}

/** The answer to a command: ids and amounts, never the reference. */
function showState(state: PaymentState | null) {
  const { allocations, ...payment } = foundOr404(state, 'payment');
  return { ...payment, allocations: showAllocations(payment.tenant_id, allocations) };
}

const showRow = (
  { position: _position, reverse_reason: _reason, ...row }: PaymentRow,
  reference: string,
) => ({
  ...row,
  reference,
});

/** The tenant of a payment, for a command on its account. */
async function tenantOf(ledger: Ledger, id: string): Promise<string> {
  return foundOr404(await ledger.readLatest((db) => paymentById(db, id)), 'payment').tenant_id;
}

/** Records a payment. */
export const createPaymentRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/payments',
  tag,
  summary: 'Record a payment of a tenant',
  description:
    'It pays the invoice that it names, then the oldest that are open. What is over is the balance of ' +
    'the tenant, and pays the next invoice by itself. The same `method` and `reference` of a tenant are ' +
    'the same payment: with the same content nothing is added, with other content it is a 409. The ' +
    'reference is stored encrypted.',
  access: 'admin',
  body: z.strictObject({
    tenant_id: idSchema,
    amount_cents: amountSchema,
    currency: z.string().min(1).max(10).optional(),
    received_on: daySchema,
    method: namedSchema,
    reference: namedSchema,
    invoice_id: idSchema.nullable().default(null),
  }),
  response: one(changedPayment),
  status: 201,
  async handle({ body, meta }, { ledger, jobDeps }) {
    const deps = { ledger, personal: jobDeps.personal };
    const { result, position } = await receivePayment(deps, body, meta);
    return { body: { data: showState(result) }, position };
  },
});

/** A payment with its reference, which is stored encrypted. */
interface OpenPayment {
  row: PaymentRow;
  reference: string;
}

/** Payments as a table for spreadsheets. */
const paymentCsv = csvTable<OpenPayment>([
  ['received_on', ({ row }) => row.received_on],
  ['tenant_id', ({ row }) => row.tenant_id],
  ['method', ({ row }) => row.method],
  ['reference', ({ reference }) => reference],
  ['currency', ({ row }) => row.currency],
  ['amount', ({ row }) => centsCell(row.amount_cents)],
  ['refunded', ({ row }) => centsCell(row.refunded_cents)],
  ['unallocated', ({ row }) => centsCell(row.unallocated_cents)],
  ['reversed_on', ({ row }) => row.reversed_on],
  ['invoice_id', ({ row }) => row.invoice_id],
  ['recorded_at', ({ row }) => row.recorded_at],
  ['id', ({ row }) => row.id],
]);

/** The payments. */
export const listPaymentsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/payments',
  tag,
  summary: 'Payments, those recorded last first',
  description:
    '`invoice_id` finds payments that name the invoice, or that paid it. As CSV it is every payment of the ' +
    'filter, in the same order, amounts as decimals.',
  access: 'tenant',
  query: z.strictObject({
    ...listQuery,
    tenant_id: idSchema.optional(),
    invoice_id: idSchema.optional(),
    method: idSchema.optional(),
    from: daySchema.optional(),
    to: daySchema.optional(),
  }),
  response: list(listedPayment),
  streamed: csvForm('A head and a line for each payment'),
  async handle({ query, page: requested, caller, prefers }, { ledger, jobDeps }) {
    const { tenant_id, invoice_id, method, from, to } = query;
    const filter = { tenantId: listScope(caller, tenant_id), invoiceId: invoice_id, method, from, to };
    const read = async (after: number | null, limit: number): Promise<OpenPayment[]> => {
      const rows = await ledger.query((db) => listPayments(db, filter, { after, limit }));
      const references = await jobDeps.personal.open(rows.map(sealedReference));
      return rows.map((row, index) => ({ row, reference: references[index] ?? '' }));
    };
    if (wantsCsv(query, prefers)) {
      const behind = (last: OpenPayment | null) => read(last?.row.position ?? null, exportRows);
      return { stream: csvRows(paymentCsv, behind), name: 'payments.csv' };
    }
    const after = requested.after(z.tuple([z.int()]))?.[0] ?? null;
    const rows = await read(after, requested.limit + 1);
    const { data, next_cursor } = requested.of(rows, ({ row }) => [row.position]);
    return { body: { data: data.map(({ row, reference }) => showRow(row, reference)), next_cursor } };
  },
});

/** One payment. */
export const paymentRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/payments/:id',
  tag,
  summary: 'One payment with what it pays, its refunds and its reversal',
  access: 'tenant',
  response: one(paymentAnswer),
  async handle({ params: { id }, caller }, { ledger, jobDeps }) {
    const { row, allocations, refunds } = await ledger.read(async (db) => ({
      row: ownerOr404(caller, await paymentById(db, id), 'payment'),
      allocations: await allocationsOfSource(db, id),
      refunds: await refundsOf(db, id),
    }));
    const [reference = ''] = await jobDeps.personal.open([sealedReference(row)]);
    const { reversed_on, reverse_reason: reason, tenant_id } = row;
    const reversal = reversed_on === null || reason === null ? null : { reversed_on, reason };
    const details = { allocations: showAllocations(tenant_id, allocations), refunds, reversal };
    return { body: { data: { ...showRow(row, reference), ...details } } };
  },
});

/** Pays back a part of a payment. */
export const refundPaymentRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/payments/:id/refund',
  tag,
  summary: 'Record that part of a payment, or all of it, was paid back',
  description:
    'At most what is left of it: first what of it pays nothing, then what it pays, the newest invoices ' +
    'first, which are open again. Each request is a refund of its own, unless it repeats an Idempotency-Key.',
  access: 'admin',
  body: z.strictObject({ amount_cents: amountSchema, reason: reasonSchema }),
  response: one(changedPayment),
  async handle({ params: { id }, body, meta }, { ledger }) {
    const input = { payment_id: id, tenant_id: await tenantOf(ledger, id), ...body };
    const { result, position } = await onAccount(ledger, commands.refundPayment, input, meta);
    return { body: { data: showState(result) }, position };
  },
});

/** Takes a payment back. */
export const reversePaymentRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/payments/:id/reverse',
  tag,
  summary: 'Take a payment back that never arrived',
  description:
    'As a whole: what it paid is open again. Once more with the same reason changes nothing, with another ' +
    'reason or after a refund it is a 409.',
  access: 'admin',
  body: z.strictObject({ reason: reasonSchema }),
  response: one(changedPayment),
  async handle({ params: { id }, body, meta }, { ledger }) {
    const input = { payment_id: id, tenant_id: await tenantOf(ledger, id), ...body };
    const { result, position } = await onAccount(ledger, commands.reversePayment, input, meta);
    return { body: { data: showState(result) }, position };
  },
});

/** Pays back a balance. */
export const refundBalanceRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/customers/:tenant_id/refund',
  tag,
  summary: "Record that a tenant's balance, or part of it, was paid back",
  description:
    'At most the balance, whatever it stems from, such as the rest of a credit note: the oldest money ' +
    'first. Each request is a refund of its own, unless it repeats an Idempotency-Key.',
  access: 'admin',
  body: z.strictObject({ amount_cents: amountSchema, reason: reasonSchema }),
  response: one(
    z.strictObject({
      tenant_id: z.string(),
      amount_cents: priceCentsSchema,
      reason: z.string(),
      balance_cents: centsSchema,
    }),
  ),
  async handle({ params: { tenant_id }, body, meta }, { ledger }) {
    const isKnown = await ledger.readLatest((db) => isKnownTenant(db, tenant_id));
    foundOr404(isKnown ? tenant_id : null, 'customer');
    const { result, position } = await onAccount(
      ledger,
      commands.refundBalance,
      { tenant_id, ...body },
      meta,
    );
    return { body: { data: result }, position };
  },
});

/** Payments of tenants and what becomes of them (spec 18). */
export const paymentRoutes = [
  ...paymentPreviewRoutes,
  createPaymentRoute,
  listPaymentsRoute,
  paymentRoute,
  refundPaymentRoute,
  reversePaymentRoute,
  refundBalanceRoute,
];

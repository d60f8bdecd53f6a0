import {
  createPaymentRoute,
  refundBalanceRoute,
  refundPaymentRoute,
  reversePaymentRoute,
} from '../../http/routes/payments.ts';
import { money } from '../../pricing/amount-text.ts';
import { defineAction } from '../action.ts';

const paymentPage = (id: string): string => `/console/payments/${encodeURIComponent(id)}`;

/** Records a payment that came in. */
export const recordPayment = defineAction({
  name: 'record-payment',
  route: createPaymentRoute,
  title: 'Record the payment',
  submit: 'Record the payment',
  fields: [
    { name: 'tenant_id', label: 'Tenant', kind: 'hidden' },
    { name: 'amount_cents', label: 'Amount', kind: 'hidden' },
    { name: 'received_on', label: 'Received', kind: 'hidden' },
    { name: 'invoice_id', label: 'Invoice', kind: 'hidden', empty: 'null' },
    { name: 'method', label: 'Method', kind: 'text', required: true, hint: 'Such as transfer or card.' },
    {
      name: 'reference',
      label: 'Reference',
      kind: 'text',
      required: true,
      hint: 'As on the bank statement. Method and reference make a payment one: twice is once.',
    },
  ],
  // Hidden fields carry what was looked at before: the amount in cents.
  body: ({ amount_cents, ...members }) => ({ ...members, amount_cents: integer(amount_cents) }),
  done: ({ data }) => ({
    text: `The payment of ${money(data.amount_cents)} is recorded.`,
    to: paymentPage(data.id),
  }),
});

/** What a hidden field carries is text; what is no number is refused by the API. */
const integer = (text: unknown): unknown =>
  typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number.parseInt(text, 10) : text;

/** Records that money was paid back. */
export const refundPayment = defineAction({
  name: 'refund-payment',
  route: refundPaymentRoute,
  title: 'Record the refund',
  submit: 'Record the refund',
  tone: 'danger',
  fields: [
    { name: 'amount_cents', label: 'Amount', kind: 'hidden' },
    { name: 'reason', label: 'Reason', kind: 'textarea', required: true },
  ],
  body: ({ amount_cents, ...members }) => ({ ...members, amount_cents: integer(amount_cents) }),
  done: ({ data }) => ({
    text: `The refund is recorded: ${money(data.refunded_cents)} of the payment are paid back.`,
    to: paymentPage(data.id),
  }),
});

/** Takes back a payment that never arrived. */
export const reversePayment = defineAction({
  name: 'reverse-payment',
  route: reversePaymentRoute,
  title: 'Take the payment back',
  submit: 'Take the payment back',
  tone: 'danger',
  fields: [{ name: 'reason', label: 'Reason', kind: 'textarea', required: true }],
  done: ({ data }) => ({ text: 'The payment is taken back.', to: paymentPage(data.id) }),
});

/** Records that a tenant's balance, or part of it, was paid back. */
export const refundBalance = defineAction({
  name: 'refund-balance',
  route: refundBalanceRoute,
  title: 'Pay back the balance',
  submit: 'Record the refund',
  tone: 'danger',
  fields: [
    { name: 'amount_cents', label: 'Amount', kind: 'money', required: true },
    { name: 'reason', label: 'Reason', kind: 'text', required: true, empty: 'keep' },
  ],
  done: ({ data }) => ({
    text:
      `The refund of ${money(data.amount_cents)} is recorded: ` +
      `the balance is ${money(data.balance_cents)} now.`,
  }),
});

import { correctInvoiceRoute, creditInvoiceRoute } from '../../http/routes/corrections.ts';
import { sendInvoiceRoute } from '../../http/routes/deliveries.ts';
import { payInvoiceRoute, rollUpRoute, voidInvoiceRoute } from '../../http/routes/invoices.ts';
import { createPaymentRoute } from '../../http/routes/payments.ts';
import { money } from '../../pricing/amount-text.ts';
import { defineAction } from '../action.ts';
import type { ValueField } from '../field.ts';
import { plainWords } from '../parts/words.ts';
import { counted } from '../../runtime/counted.ts';

/** A number that a form carries without showing it. */
const numberOf = (value: unknown): unknown =>
  typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number.parseInt(value, 10) : value;

/** The page of the invoice with no form open: what was done is not offered again. */
const pageOf = (id: unknown): { to: string } => ({
  to: `/console/invoices/${encodeURIComponent(typeof id === 'string' ? id : '')}`,
});

const reason: ValueField = {
  name: 'reason',
  label: 'Reason',
  kind: 'textarea',
  required: true,
  hint: 'The customer sees it.',
};

export const sendInvoice = defineAction({
  name: 'send-invoice',
  route: sendInvoiceRoute,
  title: 'Send the invoice',
  submit: 'Send',
  fields: [
    {
      name: 'to',
      label: 'Other addresses',
      kind: 'lines',
      hint: "One a line. Empty: the billing addresses of the customer's profile.",
    },
  ],
  done: ({ data: { status, accepted, addresses } }, { params }) => ({
    ...pageOf(params['id']),
    text:
      `The mail is ${plainWords(status)}: ` +
      `${accepted} of ${counted(addresses, 'address', 'addresses')} took it.`,
  }),
});

export const payInvoice = defineAction({
  name: 'pay-invoice',
  route: payInvoiceRoute,
  title: 'Mark as paid',
  submit: 'Record as paid',
  fields: [],
  done: ({ data: { paid_cents, status } }, { params }) => ({
    ...pageOf(params['id']),
    text: `The invoice is ${plainWords(status)}: ${money(paid_cents)} of payments are on it.`,
  }),
});

export const recordInvoicePayment = defineAction({
  name: 'record-invoice-payment',
  route: createPaymentRoute,
  title: 'Record a payment',
  submit: 'Record the payment',
  fields: [
    { name: 'tenant_id', label: 'Tenant', kind: 'hidden' },
    { name: 'invoice_id', label: 'Invoice', kind: 'hidden' },
    { name: 'amount_cents', label: 'Amount', kind: 'hidden' },
    { name: 'received_on', label: 'Received on', kind: 'day', required: true },
    { name: 'method', label: 'Method', kind: 'text', required: true, hint: 'Such as bank or card.' },
    {
      name: 'reference',
      label: 'Reference',
      kind: 'text',
      required: true,
      hint: 'The same method and reference are the same payment.',
    },
  ],
  body: (members) => ({ ...members, amount_cents: numberOf(members['amount_cents']) }),
  done: ({ data: { amount_cents, unallocated_cents } }, { body }) => ({
    ...pageOf(body['invoice_id']),
    text:
      `A payment of ${money(amount_cents)} is recorded` +
      (unallocated_cents > 0 ? `; ${money(unallocated_cents)} of it is the tenant's balance.` : '.'),
  }),
});

export const correctInvoice = defineAction({
  name: 'correct-invoice',
  route: correctInvoiceRoute,
  title: 'Correct the invoice',
  submit: 'Correct',
  fields: [reason],
  done: ({ data, status }, { params }) => ({
    ...pageOf(params['id']),
    text:
      data === null
        ? status === 'reviewed'
          ? 'Late facts were taken in; no amount moved.'
          : 'There was nothing to correct.'
        : `A ${plainWords(data.kind)} of ${money(data.total_cents)} is issued.`,
  }),
});

export const creditInvoice = defineAction({
  name: 'credit-invoice',
  route: creditInvoiceRoute,
  title: 'Give a credit of goodwill',
  submit: 'Give the credit',
  fields: [
    { name: 'amount_cents', label: 'Amount', kind: 'hidden' },
    {
      name: 'description',
      label: 'What for',
      kind: 'text',
      required: true,
      hint: 'The line of the credit note.',
    },
    { name: 'deployment_id', label: 'Deployment', kind: 'select', empty: 'omit' },
    reason,
  ],
  body: ({ amount_cents, description, deployment_id, reason: why }) => ({
    lines: [
      {
        description: description ?? '',
        amount_cents: numberOf(amount_cents),
        ...(deployment_id === undefined ? {} : { deployment_id }),
      },
    ],
    reason: why ?? '',
  }),
  fieldOf: (path) => path.replace(/^lines\.0\./, ''),
  done: ({ data: { total_cents } }, { params }) => ({
    ...pageOf(params['id']),
    text: `A credit note of ${money(total_cents)} is issued.`,
  }),
});

export const voidInvoice = defineAction({
  name: 'void-invoice',
  route: voidInvoiceRoute,
  title: 'Void the invoice',
  submit: 'Void the invoice',
  tone: 'danger',
  fields: [{ ...reason, hint: 'It stands in the history of the invoice.' }],
  done: (_answer, { params }) => ({
    ...pageOf(params['id']),
    text: 'The invoice is void. Its month is not billed until it is issued anew.',
  }),
});

export const reissueInvoice = defineAction({
  name: 'reissue-invoice',
  route: rollUpRoute,
  title: 'Issue the invoice anew',
  submit: 'Issue anew',
  fields: [
    { name: 'tenant_id', label: 'Tenant', kind: 'hidden' },
    { name: 'period', label: 'Month', kind: 'hidden' },
  ],
  body: (members) => ({ ...members, force: true }),
  done({ data: { invoices } }) {
    const [one] = invoices;
    if (one === undefined) return { text: 'There is nothing to bill.' };
    return {
      ...pageOf(one.invoice_id),
      text:
        one.status === 'skipped'
          ? 'The month comes to the same again: the invoice stays as it is.'
          : `The invoice is issued anew: it comes to ${money(one.total_cents)}.`,
    };
  },
});

/** What may be done to an invoice. */
export const invoiceActions = [
  sendInvoice,
  payInvoice,
  recordInvoicePayment,
  correctInvoice,
  creditInvoice,
  voidInvoice,
  reissueInvoice,
];

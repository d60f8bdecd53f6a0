import { defineCommand, type Execution } from '../../src/ledger/command.ts';
import { refuse, refuseField, type Refusal } from '../../src/ledger/refusal.ts';
import type { AccountEvent } from '../../src/events/receivables.ts';
import { account, accountStream, paymentOf, type Account, type Payment } from './account.ts';
import { Settlement, type AccountContext } from './settlement.ts';

/** A payment that came in. `reference` is sealed; `payment_id` is made of the plain one. */
export interface RecordPayment extends Omit<Payment, 'currency'> {
  /** Default: the ledger's. */
  currency?: string | undefined;
}

/** Refuses an invoice that is not the tenant's, or that takes no payment. Null: it can be paid. */
export function refuseInvoice(
  { invoices }: AccountContext,
  invoiceId: string,
  { currency }: Pick<Execution, 'currency'>,
): Refusal | null {
  const invoice = invoices.find(({ invoice_id }) => invoice_id === invoiceId);
  if (invoice === undefined) return refuseField('invoice_id', 'the tenant has no such invoice');
  if (invoice.is_void)
    return refuse('invoice-void', 'the invoice is void: it can no longer be paid', {
      errors: [{ path: 'invoice_id', message: 'the invoice is void' }],
      extra: { invoice_id: invoiceId },
    });
  if (invoice.currency !== currency)
    return refuse('currency-mismatch', `the invoice is in ${invoice.currency}, the ledger in ${currency}`, {
      errors: [{ path: 'invoice_id', message: `the invoice is in ${invoice.currency}` }],
    });
  return null;
}

/** Refuses a tenant that has neither profile nor deployment nor invoice. */
export const unknownTenant = (): Refusal =>
  refuseField('tenant_id', 'there is no such tenant: no customer, deployment or invoice has it');

/** The payment is recorded already: with the same content nothing is added. */
function again(known: Payment, { amount_cents, received_on, invoice_id }: RecordPayment): [] | Refusal {
  const same =
    known.amount_cents === amount_cents &&
    known.received_on === received_on &&
    known.invoice_id === invoice_id;
  return same
    ? []
    : refuse('already-exists', 'there is another payment with this method and reference', {
        extra: { payment_id: known.payment_id },
      });
}

/** The event of a payment: it pays the invoice that it names, then the oldest that are open. */
export function received(
  state: Account,
  payment: Payment,
  context: AccountContext,
  { today, currency }: Pick<Execution, 'today' | 'currency'>,
): AccountEvent & { effective_at?: string } {
  const { payment_id: id, received_on: on, amount_cents, invoice_id } = payment;
  const settlement = new Settlement(state, context, currency);
  settlement.settle();
  settlement.take({ id, kind: 'payment', on, amount_cents, refunds: [], reversal: null, payment });
  if (invoice_id !== null) settlement.pay(id, invoice_id);
  settlement.settle();
  return {
    type: 'PaymentReceived',
    data: { ...payment, ...settlement.result() },
    ...(on === today ? {} : { effective_at: on }),
  };
}

/**
 * Records a payment. The same payment again adds nothing, with other content it is refused. What it does not
 * pay becomes the tenant's balance.
 */
export const recordPayment = defineCommand({
  name: 'record-payment',
  aggregate: account,
  stream: (input: RecordPayment) => accountStream(input.tenant_id),
  decide(state, input, context: AccountContext, execution): AccountEvent[] | Refusal {
    const { currency: paid = execution.currency, ...payment } = input;
    if (paid !== execution.currency)
      return refuse('currency-mismatch', `the ledger bills in ${execution.currency}, not in ${paid}`, {
        errors: [{ path: 'currency', message: `the ledger bills in ${execution.currency}` }],
      });
    const known = state.sources.find(({ id }) => id === input.payment_id)?.payment;
    if (known) return again(known, input);
    if (input.received_on > execution.today) return refuseField('received_on', 'the day is in the future');
    if (!context.is_known && state.sources.length === 0 && state.opening === null) return unknownTenant();
    const refusal = input.invoice_id === null ? null : refuseInvoice(context, input.invoice_id, execution);
    if (refusal !== null) return refusal;
    return [received(state, { ...payment, currency: paid }, context, execution)];
  },
  result: (state, { payment_id }) => paymentOf(state, payment_id),
});

import { defineCommand } from '../../src/ledger/command.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { AccountEvent } from '../../src/events/receivables.ts';
import { account, accountStream, paymentId, type Account } from './account.ts';
import { received, refuseInvoice } from './record-payment.ts';
import { Settlement, type AccountContext } from './settlement.ts';
import { settled } from './settle-account.ts';

/** Pays what is open of an invoice. */
export interface PayInvoice {
  invoice_id: string;
  tenant_id: string;
  /** What payments of it are known by, made of the invoice and its issue. */
  reference: string;
  /** The same, sealed. */
  sealed_reference: string;
}

/** The method of payments that `pay` records. */
export const payMethod = 'pay';

/** The id of the next payment of that reference: an earlier one may have been refunded or reversed. */
function nextId(state: Account, { tenant_id, reference }: PayInvoice): string {
  const first = paymentId(tenant_id, payMethod, reference);
  const ids = new Set(state.sources.map(({ id }) => id));
  for (let id = first, no = 2; ; id = idFrom('payment', tenant_id, payMethod, reference, no), no += 1)
    if (!ids.has(id)) return id;
}

/** Records a payment of what is open of an invoice, received today. Of one that is paid it adds nothing. */
export const payInvoice = defineCommand({
  name: 'pay-invoice',
  aggregate: account,
  stream: (input: PayInvoice) => accountStream(input.tenant_id),
  decide(state, input, context: AccountContext, execution): AccountEvent[] | Refusal {
    const { invoice_id, tenant_id } = input;
    const { currency, today: received_on } = execution;
    if (!context.invoices.some((invoice) => invoice.invoice_id === invoice_id))
      return refuse('not-found', 'there is no such invoice');
    const refusal = refuseInvoice(context, invoice_id, execution);
    if (refusal !== null) return refusal;
    const settlement = new Settlement(state, context, currency);
    settlement.settle();
    const open = settlement.openOf(invoice_id);
    if (open <= 0) return settled(tenant_id, settlement);
    const payment = {
      payment_id: nextId(state, input),
      tenant_id,
      amount_cents: open,
      currency,
      received_on,
      method: payMethod,
      reference: input.sealed_reference,
      invoice_id,
    };
    return [received(state, payment, context, execution)];
  },
  result: () => null,
});

import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { InvoiceEvent } from '../../src/events/invoicing.ts';
import { invoice, invoiceStream } from './invoice.ts';

export interface PayInvoice {
  invoice_id: string;
}

/** Records that an invoice was paid. A paid one stays as it is. */
export const payInvoice = defineCommand({
  name: 'pay-invoice',
  aggregate: invoice,
  stream: (input: PayInvoice) => invoiceStream(input.invoice_id),
  decide(state, { invoice_id }, _context: undefined, { now }): InvoiceEvent[] | Refusal {
    if (state === null) return refuse('not-found', 'there is no such invoice');
    switch (state.status) {
      case 'void':
        return refuse('invoice-void', 'the invoice is void: it can no longer be paid', {
          extra: { invoice_id },
        });
      case 'paid':
        return [];
      case 'issued':
        return [{ type: 'InvoicePaid', data: { invoice_id, tenant_id: state.tenant_id, paid_at: now } }];
    }
  },
  result: (state) => state,
});

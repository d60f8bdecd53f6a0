import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { InvoiceEvent } from '../../src/events/invoicing.ts';
import { refuseCorrected } from './corrected-invoice.ts';
import { invoice, invoiceStream } from './invoice.ts';

export interface VoidInvoice {
  invoice_id: string;
  reason: string | null;
}

/** What payments and credit notes have paid of the invoice. */
export interface VoidContext {
  allocated_cents: number;
}

/**
 * Voids an invoice: its month is not billed until a forced rollup that names the tenant issues it again. A
 * void one stays as it is, with its first reason. One with credit or debit notes stays too: they refer to it.
 */
export const voidInvoice = defineCommand({
  name: 'void-invoice',
  aggregate: invoice,
  stream: (input: VoidInvoice) => invoiceStream(input.invoice_id),
  decide(state, { invoice_id, reason }, { allocated_cents }: VoidContext, { now }): InvoiceEvent[] | Refusal {
    if (state === null) return refuse('not-found', 'there is no such invoice');
    const corrected = refuseCorrected(
      { invoice_id, corrections: state.corrections.length },
      'it can not be voided any more; correct or credit it',
    );
    if (corrected !== null) return corrected;
    switch (state.status) {
      case 'paid':
        return refuse('invoice-paid', 'the invoice is paid: it can no longer be voided', {
          extra: { invoice_id },
        });
      case 'void':
        return [];
      case 'issued':
        if (allocated_cents > 0)
          return refuse('invoice-paid', 'the invoice has payments or credits: it can no longer be voided', {
            extra: { invoice_id },
          });
        return [
          { type: 'InvoiceVoided', data: { invoice_id, tenant_id: state.tenant_id, reason, voided_at: now } },
        ];
    }
  },
  result: (state) => state,
});

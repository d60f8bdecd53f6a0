import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { InvoiceEvent, NotBilledUsage } from '../../src/events/invoicing.ts';
import { hasMoved, refuseNotes, type CorrectionBasis } from './corrected-invoice.ts';
import { invoice, invoiceStream } from './invoice.ts';

/** Late facts that move no amount of an invoice. */
export interface ReviewInvoice {
  invoice_id: string;
  basis: CorrectionBasis;
  /** Journal position up to which the month's facts are taken in. */
  inputs_position: number;
  not_billed: NotBilledUsage;
}

/**
 * Records that late facts were taken in and moved no amount, so that they are no longer listed as late. Where
 * the invoice has moved on since, it adds nothing.
 */
export const reviewInvoice = defineCommand({
  name: 'review-invoice',
  aggregate: invoice,
  stream: (input: ReviewInvoice) => invoiceStream(input.invoice_id),
  decide(state, { invoice_id, basis, inputs_position, not_billed }): InvoiceEvent[] | Refusal {
    if (state === null) return refuse('not-found', 'there is no such invoice');
    const refusal = refuseNotes(state);
    if (refusal !== null) return refusal;
    if (hasMoved(state, basis) || inputs_position <= state.reviewed_position) return [];
    const { tenant_id, issue_no } = state;
    return [
      { type: 'InvoiceReviewed', data: { invoice_id, tenant_id, issue_no, inputs_position, not_billed } },
    ];
  },
  result: (state) => state,
});

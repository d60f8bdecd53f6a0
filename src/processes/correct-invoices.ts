/** Corrects every invoice that facts came late for. */
import { invoicesWithLateFacts } from '../../projections/invoicing/late-fact-queries.ts';
import type { CommandMeta } from '../ledger/ledger.ts';
import { Refused } from '../ledger/refusal.ts';
import type { NotBillable } from '../pricing/billable.ts';
import { correctInvoice } from './correct-invoice.ts';
import type { ProcessDeps } from './process.ts';

/** What came of correcting all invoices with late facts. */
export interface CorrectedInvoices {
  corrected: { tenant_id: string; invoice_id: string; correction_id: string; total_cents: number }[];
  reviewed: { tenant_id: string; invoice_id: string }[];
  not_billable: (NotBillable & { invoice_id: string })[];
}

/** Corrects every invoice that facts came late for, the oldest month first. */
export async function correctInvoices(
  deps: Pick<ProcessDeps, 'ledger' | 'logger'>,
  meta: () => CommandMeta,
  onProgress?: (done: number, total: number) => void,
): Promise<CorrectedInvoices> {
  const late = await deps.ledger.readLatest((db) => invoicesWithLateFacts(db));
  const outcome: CorrectedInvoices = { corrected: [], reviewed: [], not_billable: [] };
  const failures: unknown[] = [];
  for (const [index, { invoice_id, tenant_id }] of late.entries()) {
    const subject = { tenant_id, invoice_id };
    try {
      const input = { invoice_id, reason: 'facts that were recorded after the invoice' };
      const { status, note } = await correctInvoice(deps, input, meta());
      if (note !== null)
        outcome.corrected.push({
          ...subject,
          correction_id: note.correction_id,
          total_cents: note.total_cents,
        });
      else if (status === 'reviewed') outcome.reviewed.push(subject);
    } catch (error) {
      if (error instanceof Refused && error.refusal.refused === 'not-billable')
        outcome.not_billable.push({ ...subject, reason: error.refusal.detail });
      // It was voided in this moment.
      else if (!(error instanceof Refused && error.refusal.refused === 'invoice-void')) {
        deps.logger.error({ ...subject, err: error }, 'an invoice cannot be corrected');
        failures.push(error);
      }
    }
    onProgress?.(index + 1, late.length);
  }
  // The others are corrected; the run counts as failed, so that it is tried again.
  if (failures.length > 0) throw failures[0];
  return outcome;
}

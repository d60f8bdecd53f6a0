/** Corrects every invoice that facts came late for. */
import { invoicesWithLateFacts } from '../../projections/invoicing/late-fact-queries.ts';
import type { CommandMeta } from '../ledger/ledger.ts';
import { Refused } from '../ledger/refusal.ts';
import type { NotBillable } from '../pricing/billable.ts';
import { mapBounded } from '../runtime/map-bounded.ts';
import { correctUnsettled } from './correct-invoice.ts';
import { settleInvoices } from './documents/settle-invoices.ts';
import type { NoteDeps } from './invoice-notes.ts';

/** What came of correcting all invoices with late facts. */
export interface CorrectedInvoices {
  corrected: { tenant_id: string; invoice_id: string; correction_id: string; total_cents: number }[];
  reviewed: { tenant_id: string; invoice_id: string }[];
  not_billable: (NotBillable & { invoice_id: string })[];
}

/** So many invoices are compared at once. */
const atOnce = 8;

/**
 * Corrects every invoice that facts came late for, the oldest month first. One that fails does not stop the
 * others.
 * @throws the first failure, once all others are corrected
 */
export async function correctInvoices(
  deps: NoteDeps,
  meta: () => CommandMeta,
  onProgress?: (done: number, total: number) => void,
): Promise<CorrectedInvoices> {
  const late = await deps.ledger.readLatest((db) => invoicesWithLateFacts(db));
  const failures: unknown[] = [];
  let done = 0;
  const tried = await mapBounded(
    late,
    async ({ invoice_id, tenant_id }) => {
      const outcome = await tryOne(deps, { tenant_id, invoice_id }, meta()).catch((error: unknown) => {
        deps.logger.error({ tenant_id, invoice_id, err: error }, 'an invoice cannot be corrected');
        failures.push(error);
        return none;
      });
      onProgress?.((done += 1), late.length);
      return outcome;
    },
    atOnce,
  );
  const corrected = tried.flatMap((one) => one.corrected);
  if (corrected.length > 0)
    await settleInvoices(
      deps,
      corrected.map(({ correction_id }) => correction_id),
      meta,
    );
  // The others are corrected; the run counts as failed, so that it is tried again.
  if (failures.length > 0) throw failures[0];
  return {
    corrected,
    reviewed: tried.flatMap(({ reviewed }) => reviewed),
    not_billable: tried.flatMap(({ not_billable }) => not_billable),
  };
}

const none: CorrectedInvoices = { corrected: [], reviewed: [], not_billable: [] };

/** @throws any error but a refusal for the invoice's own figures or state */
async function tryOne(
  deps: Pick<NoteDeps, 'ledger'>,
  subject: { tenant_id: string; invoice_id: string },
  meta: CommandMeta,
): Promise<CorrectedInvoices> {
  const reason = 'facts that were recorded after the invoice';
  try {
    const { status, note } = await correctUnsettled(deps, { invoice_id: subject.invoice_id, reason }, meta);
    if (note !== null) {
      const { correction_id, total_cents } = note;
      return { ...none, corrected: [{ ...subject, correction_id, total_cents }] };
    }
    return status === 'reviewed' ? { ...none, reviewed: [subject] } : none;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.refusal.refused === 'not-billable')
      return { ...none, not_billable: [{ ...subject, reason: error.refusal.detail }] };
    // It was voided in this moment.
    if (error.refusal.refused === 'invoice-void') return none;
    throw error;
  }
}

/** What correcting and crediting an invoice have in common: reading it, and storing and finding its notes. */
import {
  correctionId,
  type CorrectionBasis,
  type NoteContent,
} from '../../commands/invoicing/corrected-invoice.ts';
import { invoiceLinesInParts } from '../../commands/invoicing/invoice-parts.ts';
import { invoiceStream, type Correction, type Invoice } from '../../commands/invoicing/invoice.ts';
import { netDaysOf } from '../../projections/parties/customer-queries.ts';
import type { InvoiceEvent } from '../events/invoicing.ts';
import type { InvoiceWithNotes } from '../invoicing/read-correction.ts';
import { freshMeta } from '../ledger/fresh-meta.ts';
import type { CommandMeta, CommandOutcome, Ledger } from '../ledger/ledger.ts';
import { refuse, Refused } from '../ledger/refusal.ts';
import { dayOf } from '../pricing/calendar.ts';
import { noteTotals } from '../pricing/correction-lines.ts';
import { dueOn } from '../pricing/payment-terms.ts';
import type { Tax } from '../pricing/tax.ts';
import type { BilledLine } from '../pricing/types.ts';
import { settleInvoices } from './documents/settle-invoices.ts';
import type { ProcessDeps } from './process.ts';

/** How often a note is computed anew because its invoice moved in the meantime. */
export const mostRounds = 20;

/** @throws {Refused} `not-found`; `invoice-void`: it takes no notes */
export function found(read: InvoiceWithNotes | null): InvoiceWithNotes {
  if (read === null) throw new Refused(refuse('not-found', 'there is no such invoice'));
  if (read.invoice.status === 'void')
    throw new Refused(
      refuse('invoice-void', 'the invoice is void: it takes no credit or debit notes', {
        extra: { invoice_id: read.invoice.id },
      }),
    );
  return read;
}

/** The notes that an execution issued; null: none. */
export function issuedNotes(
  { result, appended }: CommandOutcome<Invoice | null>,
  invoiceId: string,
  basis: CorrectionBasis,
  count: number,
): Correction[] | null {
  if (appended === 0 || result === null) return null;
  const first = correctionId(invoiceId, basis.issue_no, basis.corrections + 1);
  const at = result.corrections.findIndex(({ correction_id }) => correction_id === first);
  return result.corrections.slice(at, at + count);
}

/** Stores a note's lines, and gives what its event says of them. */
export async function storeNote(
  ledger: Ledger,
  { invoice }: InvoiceWithNotes,
  lines: readonly BilledLine[],
  { tax, reason }: { tax: Tax; reason: string },
  meta: CommandMeta,
): Promise<NoteContent> {
  const parts = invoiceLinesInParts({ invoice_id: invoice.id, tenant_id: invoice.tenant_id }, lines);
  await ledger.storeParts([parts], meta);
  const today = dayOf(ledger.now());
  const netDays = await ledger.query((db) => netDaysOf(db, [invoice.tenant_id], today));
  return {
    ...noteTotals(lines),
    tax_name: tax.name,
    tax_rate: tax.rate,
    lines_hash: parts.hash,
    parts: parts.events.length,
    lines: parts.lines,
    reason,
    due_on: dueOn(today, netDays.get(invoice.tenant_id)),
  };
}

/** The notes that the same request issued before, as its Idempotency-Key shows; null: none. */
export async function earlierNotes(
  ledger: Ledger,
  invoiceId: string,
  { idempotencyKey }: CommandMeta,
  command: string,
): Promise<Correction[] | null> {
  if (idempotencyKey === undefined) return null;
  const events = (await ledger.events(invoiceStream(invoiceId))).filter(
    ({ metadata }) => metadata.idempotency_key === idempotencyKey && metadata.command === command,
  );
  const notes = events.filter(({ type }) => type === 'CorrectionIssued');
  return notes.length === 0
    ? null
    : notes.map(({ data }) => data as Extract<InvoiceEvent, { type: 'CorrectionIssued' }>['data']);
}

/** What issuing notes uses. */
export type NoteDeps = Pick<ProcessDeps, 'ledger' | 'personal' | 'retentionYears' | 'logger'>;

/** Numbers notes, takes them into the account and freezes them. Returns the `Ledger-Position`. */
export async function settleNotes(
  deps: NoteDeps,
  notes: readonly Correction[],
  meta: CommandMeta,
): Promise<string> {
  await settleInvoices(
    deps,
    notes.map(({ correction_id }) => correction_id),
    () => freshMeta(deps.ledger, meta),
  );
  return deps.ledger.position();
}

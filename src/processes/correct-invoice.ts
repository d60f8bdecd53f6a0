/** Corrects an invoice: compares it with its month as it is now, and issues a note for the difference. */
import { creditedInvoice } from '../../commands/invoicing/corrected-invoice.ts';
import type { Correction } from '../../commands/invoicing/invoice.ts';
import { isLate } from '../../projections/invoicing/late-fact-queries.ts';
import type { NotBilledUsage } from '../events/invoicing.ts';
import { freshMonth, readInvoiceWithNotes, type InvoiceWithNotes } from '../invoicing/read-correction.ts';
import type { CommandMeta, Ledger } from '../ledger/ledger.ts';
import { refuse, Refused } from '../ledger/refusal.ts';
import { correctionLines } from '../pricing/correction-lines.ts';
import { takeBackLines } from '../pricing/goodwill.ts';
import type { Tax } from '../pricing/tax.ts';
import type { BilledLine } from '../pricing/types.ts';
import { commands } from './commands.ts';
import {
  earlierNotes,
  found,
  issuedNotes,
  mostRounds,
  settleNotes,
  storeNote,
  type NoteDeps,
} from './invoice-notes.ts';

/** What came of correcting an invoice. */
export interface Corrected {
  /** `reviewed`: late facts were taken in, and moved no amount. `unchanged`: there was nothing to do. */
  status: 'corrected' | 'reviewed' | 'unchanged';
  /** The note; null: there was nothing to correct. */
  note: Correction | null;
  /** The debit note that took back goodwill above the corrected invoice. */
  taken_back: Correction | null;
  /** The `Ledger-Position`. */
  position: string;
}

/**
 * Makes an invoice and its corrections come to what a fresh rollup of its month bills. All is read in one
 * snapshot; the note is issued only on the very invoice that was read.
 * @throws {Refused} `not-found`, `invoice-void`, `not-billable` with the reason
 */
export async function correctUnsettled(
  { ledger }: Pick<NoteDeps, 'ledger'>,
  { invoice_id, reason }: { invoice_id: string; reason: string },
  meta: CommandMeta,
): Promise<Corrected> {
  for (let round = 0; round < mostRounds; round += 1) {
    const done = await earlierNotes(ledger, invoice_id, meta, commands.issueCorrection.name);
    if (done !== null) return correctedBy(done, await ledger.position());
    const comparison = await compareWithFresh(ledger, invoice_id);
    const { lines, isReviewed } = comparison;
    if (lines.length === 0 && isReviewed)
      return { status: 'unchanged', note: null, taken_back: null, position: await ledger.position() };
    const moved =
      lines.length === 0
        ? await review(ledger, comparison, meta)
        : await issue(ledger, comparison, reason, meta);
    if (moved !== null) return moved;
  }
  throw new Refused(refuse('conflict', 'the invoice kept changing while it was compared; try again'));
}

/**
 * Corrects an invoice as {@link correctUnsettled} does; its notes are then numbered, taken into the account
 * and frozen.
 * @throws {Refused} `not-found`, `invoice-void`, `not-billable` with the reason
 */
export async function correctInvoice(
  deps: NoteDeps,
  request: { invoice_id: string; reason: string },
  meta: CommandMeta,
): Promise<Corrected> {
  const done = await correctUnsettled(deps, request, meta);
  const notes = [done.note, done.taken_back].filter((note) => note !== null);
  return notes.length === 0 ? done : { ...done, position: await settleNotes(deps, notes, meta) };
}

/** An invoice beside its month as it is now. */
export interface Comparison extends InvoiceWithNotes {
  /** Of the note; none: no amount moved. */
  lines: BilledLine[];
  tax: Tax;
  not_billed: NotBilledUsage;
  inputs_position: number;
  /** No fact came late. */
  isReviewed: boolean;
}

/**
 * Compares an invoice with its month as it is now.
 * @throws {Refused} `not-found`, `invoice-void`, `not-billable` with the reason
 */
export async function compareWithFresh(ledger: Ledger, invoiceId: string): Promise<Comparison> {
  return ledger.readLatest(async (db, inputs_position): Promise<Comparison> => {
    const read = found(await readInvoiceWithNotes(db, invoiceId));
    const { invoice, billed } = read;
    try {
      const scope = { atPosition: inputs_position, currency: ledger.currency };
      const { month, tax } = await freshMonth(db, invoice, scope);
      const { unpriced = [], unbilled = [], unmetered = [] } = month ?? {};
      return {
        ...read,
        lines: correctionLines(billed, month).map(({ line }) => line),
        tax,
        not_billed: { unpriced, unbilled, unmetered },
        inputs_position,
        isReviewed: !(await isLate(db, invoiceId)),
      };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new Refused(refuse('not-billable', error.message, { extra: { invoice_id: invoiceId } }));
    }
  });
}

/** Null: the invoice has moved on. */
async function review(
  ledger: Ledger,
  { invoice, basis, inputs_position, not_billed }: Comparison,
  meta: CommandMeta,
): Promise<Corrected | null> {
  const input = { invoice_id: invoice.id, basis, inputs_position, not_billed };
  const { appended, position } = await ledger.execute(commands.reviewInvoice, input, meta);
  return appended === 0 ? null : { status: 'reviewed', note: null, taken_back: null, position };
}

/** Null: the invoice has moved on. */
async function issue(
  ledger: Ledger,
  comparison: Comparison,
  reason: string,
  meta: CommandMeta,
): Promise<Corrected | null> {
  const { invoice, notes, basis, lines, tax, inputs_position, not_billed } = comparison;
  const terms = { tax, reason };
  const note = await storeNote(ledger, comparison, lines, terms, meta);
  const corrected = creditedInvoice({
    ...invoice,
    corrections: [...notes, { purpose: 'correction', ...note }],
  });
  const back = takeBackLines(corrected);
  const takes_back =
    back.length === 0
      ? null
      : await storeNote(
          ledger,
          comparison,
          back,
          { tax, reason: `goodwill above the corrected invoice: ${reason}`.slice(0, 2000) },
          meta,
        );
  const input = { invoice_id: invoice.id, basis, inputs_position, not_billed, note, takes_back };
  const outcome = await ledger.execute(commands.issueCorrection, input, meta);
  const issued = issuedNotes(outcome, invoice.id, basis, takes_back === null ? 1 : 2);
  return issued === null ? null : correctedBy(issued, outcome.position);
}

function correctedBy(notes: readonly Correction[], position: string): Corrected {
  const note = notes.find(({ purpose }) => purpose === 'correction') ?? null;
  const taken_back = notes.find(({ purpose }) => purpose === 'goodwill') ?? null;
  return { status: note === null ? 'reviewed' : 'corrected', note, taken_back, position };
}

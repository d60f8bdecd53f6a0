import type { Correction } from '../../../commands/invoicing/invoice.ts';
import { numbersOf, type CorrectionRow } from '../../../projections/invoicing/correction-queries.ts';
import { linesOf, type InvoiceLineRow } from '../../../projections/invoicing/invoice-queries.ts';
import type { Db } from '../../database/db.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { addCents, canonicalDecimal, sumCents } from '../../pricing/money.ts';

/** A note as the API shows it. */
export type ShownCorrection = Omit<CorrectionRow, 'lines_hash'> & { lines: InvoiceLineRow[] };

/** What an answer shows of an invoice's notes. */
export interface ShownNotes {
  /** In the order in which they were issued. */
  corrections: ShownCorrection[];
  /** The invoice with its corrections: what a fresh rollup billed at the last one. Goodwill is not in it. */
  corrected_total_cents: number;
  /** The sum of the notes of goodwill: 0 or negative. */
  goodwill_cents: number;
}

/** Notes with their lines. They may be of several invoices. */
export async function showCorrections(db: Db, notes: readonly CorrectionRow[]): Promise<ShownCorrection[]> {
  const shown: ShownCorrection[] = [];
  const lines = new Map<string, ReadonlyMap<string, InvoiceLineRow[]>>();
  for (const { lines_hash, ...note } of notes) {
    const ofInvoice =
      lines.get(note.invoice_id) ??
      (await linesOf(
        db,
        note.invoice_id,
        notes.filter(({ invoice_id }) => invoice_id === note.invoice_id).map((one) => one.lines_hash),
      ));
    lines.set(note.invoice_id, ofInvoice);
    shown.push({ ...note, lines: ofInvoice.get(lines_hash) ?? [] });
  }
  return shown;
}

/** An invoice's notes with their lines, and what they come to. */
export async function showNotes(
  db: Db,
  { total_cents }: { total_cents: number },
  notes: readonly CorrectionRow[],
): Promise<ShownNotes> {
  const sumOf = (purpose: CorrectionRow['purpose']): number =>
    sumCents(notes.filter((note) => note.purpose === purpose).map((note) => note.total_cents));
  return {
    corrections: await showCorrections(db, notes),
    corrected_total_cents: addCents(total_cents, sumOf('correction')),
    goodwill_cents: sumOf('goodwill'),
  };
}

/** Notes as their own events have them, in the shape of their rows. */
export async function recordedNotes(db: Db, notes: readonly Correction[]): Promise<CorrectionRow[]> {
  const numbers = await numbersOf(
    db,
    notes.map(({ correction_id }) => correction_id),
  );
  return notes.map(
    ({ correction_id: id, parts: _parts, lines: _lines, not_billed: _notBilled, ...note }) => ({
      id,
      ...note,
      tax_rate: canonicalDecimal(note.tax_rate),
      number: numbers.get(id) ?? null,
    }),
  );
}

/** A note that a command has just issued. The read models, which hold its lines and number, have it then. */
export async function showNote(ledger: Ledger, note: Correction): Promise<ShownCorrection> {
  const [shown] = await ledger.readLatest(async (db) => showCorrections(db, await recordedNotes(db, [note])));
  if (shown === undefined) throw new Error(`correction ${note.correction_id} is not shown`);
  return shown;
}

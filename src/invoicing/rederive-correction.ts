/** A note derived again: what a correction was computed from, and the lines of goodwill. */
import { creditedInvoice } from '../../commands/invoicing/corrected-invoice.ts';
import type { Correction } from '../../commands/invoicing/invoice.ts';
import { invoiceLinesInParts, invoiceLinesStream } from '../../commands/invoicing/invoice-parts.ts';
import { notBilledText } from '../../commands/invoicing/issue-invoice.ts';
import type { Db } from '../database/db.ts';
import type { InvoiceLine, InvoicePartEvent } from '../events/invoicing.ts';
import { contentHash } from '../ledger/content-parts.ts';
import { readRecorded } from '../journal/read-journal.ts';
import { correctionLines, noteTotals, type CorrectionLine } from '../pricing/correction-lines.ts';
import { creditLines, takeBackLines } from '../pricing/goodwill.ts';
import { canonicalDecimal } from '../pricing/money.ts';
import type { BilledLine } from '../pricing/types.ts';
import { freshMonth } from './read-correction.ts';
import type { IssueData, IssueProblem } from './rederive.ts';

/** A note with what was there before it. */
export interface NoteWithHistory {
  note: Correction;
  /** The issue that it corrects. */
  issue: IssueData;
  /** The notes of the issue before it, in order. */
  earlier: readonly Correction[];
}

/** A note beside what it follows from. */
export interface RederivedNote {
  /** What it should hold; null: its month can't be billed any more. Goodwill has no fresh lines. */
  lines: CorrectionLine[] | null;
  /** The first difference; null: there is none. */
  problem: IssueProblem | null;
}

/** The notes of each issue with their history, in order. */
export function notesWithHistory(
  issues: readonly IssueData[],
  notes: readonly Correction[],
): NoteWithHistory[] {
  const byIssue = new Map(issues.map((issue) => [keyOf(issue), issue]));
  const seen = new Map<string, Correction[]>();
  return notes.flatMap((note): NoteWithHistory[] => {
    const issue = byIssue.get(keyOf(note));
    if (issue === undefined) return [];
    const earlier = seen.get(keyOf(note)) ?? [];
    seen.set(keyOf(note), [...earlier, note]);
    return [{ note, issue, earlier }];
  });
}

const keyOf = ({ invoice_id, issue_no }: { invoice_id: string; issue_no: number }): string =>
  `${invoice_id} ${issue_no}`;

/**
 * Derives a note again: a correction from the lines that the journal has and the month at its recorded
 * position, goodwill from what was left of the invoice.
 * @param db one snapshot
 * @param currency the ledger's
 */
export async function rederiveNote(
  db: Db,
  history: NoteWithHistory,
  currency: string,
): Promise<RederivedNote> {
  const { note } = history;
  const stored = await storedLines(db, note);
  const hash = contentHash(stored);
  if (hash !== note.lines_hash)
    return {
      lines: null,
      problem: difference('stored_lines', 'stored lines', note.lines_hash, hash),
    };
  if (note.purpose === 'goodwill') {
    const lines = goodwillLines(history, stored).map(withoutFresh);
    return { lines, problem: problemOf(note, lines) };
  }
  try {
    const { lines, problem } = await rederiveCorrection(db, history, currency);
    return { lines, problem: problem ?? problemOf(note, lines) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { lines: null, problem: { problem: 'not_billable', detail: error.message } };
  }
}

async function rederiveCorrection(
  db: Db,
  { note, issue, earlier }: NoteWithHistory,
  currency: string,
): Promise<{ lines: CorrectionLine[]; problem: IssueProblem | null }> {
  const billed: InvoiceLine[] = [];
  for (const before of [issue, ...earlier.filter(({ purpose }) => purpose === 'correction')])
    billed.push(...(await storedLines(db, before)));
  const scope = { atPosition: note.inputs_position ?? 0, currency };
  const { month, tax } = await freshMonth(db, issue, scope);
  const { unpriced = [], unbilled = [], unmetered = [] } = month ?? {};
  const made = notBilledText({ unpriced, unbilled, unmetered });
  const noted = notBilledText({ unpriced: [], ...note.not_billed });
  const rate = canonicalDecimal(tax.rate);
  const problem =
    note.tax_name !== tax.name || canonicalDecimal(note.tax_rate) !== rate
      ? difference('terms', 'tax', `${note.tax_name} ${note.tax_rate}`, `${tax.name} ${rate}`)
      : made === noted
        ? null
        : difference('not_billed', 'usage that is not billed', noted, made);
  return { lines: correctionLines(billed, month), problem };
}

/** What goodwill should hold: what was given with its tax, or what a correction left above the invoice. */
function goodwillLines(
  { note, issue, earlier }: NoteWithHistory,
  stored: readonly InvoiceLine[],
): BilledLine[] {
  const credited = creditedInvoice({ ...issue, corrections: earlier });
  if (note.kind === 'debit_note') return takeBackLines(credited);
  const given = stored
    .filter(({ kind }) => kind !== 'tax')
    .map(({ description, amount_cents, deployment_id }) => ({
      description,
      amount_cents: -amount_cents,
      deployment_id,
    }));
  return creditLines(credited, given);
}

const withoutFresh = (line: BilledLine): CorrectionLine => ({
  line,
  billed_cents: 0,
  fresh_cents: 0,
  fresh: [],
});

async function storedLines(
  db: Db,
  { invoice_id, lines_hash }: { invoice_id: string; lines_hash: string },
): Promise<InvoiceLine[]> {
  const parts = await readRecorded(db, invoiceLinesStream(invoice_id, lines_hash));
  return parts.flatMap(({ data }) => (data as InvoicePartEvent['data']).lines);
}

function problemOf(note: Correction, made: readonly CorrectionLine[]): IssueProblem | null {
  const lines = made.map(({ line }) => line);
  const totals = noteTotals(lines);
  for (const name of ['subtotal_cents', 'tax_cents', 'total_cents'] as const)
    if (note[name] !== totals[name]) return difference('totals', name, note[name], totals[name]);
  const { hash } = invoiceLinesInParts(note, lines);
  return hash === note.lines_hash ? null : difference('lines', 'lines_hash', note.lines_hash, hash);
}

function difference(
  problem: IssueProblem['problem'],
  name: string,
  noted: unknown,
  made: unknown,
): IssueProblem {
  return { problem, detail: `${name}: issued ${String(noted)}, derived ${String(made)}` };
}

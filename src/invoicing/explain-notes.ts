/** Explains the notes of an issue: what was billed before, what a fresh rollup bills, and how. */
import { linesOf, type InvoiceLineRow } from '../../projections/invoicing/invoice-queries.ts';
import type { Correction } from '../../commands/invoicing/invoice.ts';
import type { Db } from '../database/db.ts';
import type { Recorded } from '../events/define.ts';
import type { InvoiceEvent } from '../events/invoicing.ts';
import type { EventOrigin } from '../journal/find/event-origins.ts';
import { noteTotals, type CorrectionLine, type NoteTotals } from '../pricing/correction-lines.ts';
import type { LineWithInputs } from '../pricing/line-inputs.ts';
import { lineSteps } from '../pricing/line-steps.ts';
import { exactStep, type Step } from '../pricing/step.ts';
import type { BilledLine } from '../pricing/types.ts';
import { canonicalJson } from '../runtime/canonical-json.ts';
import { explainInputs, type ExplainedInputs } from './explain-inputs.ts';
import { loadInputOrigins, type InputOrigins } from './explain-origins.ts';
import { usageBehindLines, type UsageBehindLine, type UsagePage } from './explain-usage.ts';
import { notesWithHistory, rederiveNote, type NoteWithHistory } from './rederive-correction.ts';
import type { IssueData, IssueProblem } from './rederive.ts';

export type RecordedNoteEvent = Recorded<Extract<InvoiceEvent, { type: 'CorrectionIssued' }>>;

/** A line of a fresh rollup that a note's line follows from. */
interface FreshLine {
  description: string;
  amount_cents: number;
  inputs: ExplainedInputs;
  steps: Step[];
  /** Null: no usage goes into this line. */
  usage: UsageBehindLine | null;
}

/** A line of a note with all that it was computed from. */
interface NoteLineExplanation extends InvoiceLineRow {
  /** What the invoice and its earlier corrections billed; null for goodwill. */
  billed_cents: number | null;
  /** What a fresh rollup billed; null for goodwill. */
  fresh_cents: number | null;
  /** The amount that this makes; null: it makes no such line. */
  recomputed_cents: number | null;
  matches: boolean;
  steps: Step[];
  fresh_lines: FreshLine[];
}

/** A note, explained. */
export interface NoteExplanation extends NoteTotals {
  correction_id: string;
  correction_no: number;
  kind: Correction['kind'];
  purpose: Correction['purpose'];
  issued_by: EventOrigin;
  inputs_position: number | null;
  recomputed: NoteTotals | null;
  matches: boolean;
  /** The first difference, as verify finds it. */
  problem: IssueProblem | null;
  lines: NoteLineExplanation[];
}

/** What notes are explained with. */
interface NotesQuestion {
  /** The ledger's. */
  currency: string;
  /** The most usage events of one line. */
  limit: number;
  originOf: (event: RecordedNoteEvent) => EventOrigin;
}

/** Explains the notes of an issue, in order. */
export async function explainNotes(
  db: Db,
  issue: IssueData,
  events: readonly RecordedNoteEvent[],
  question: NotesQuestion,
): Promise<NoteExplanation[]> {
  const own = events.filter(({ data }) => data.issue_no === issue.issue_no);
  const histories = notesWithHistory(
    [issue],
    own.map(({ data }) => data),
  );
  const explained: NoteExplanation[] = [];
  for (const [index, history] of histories.entries()) {
    const event = own[index];
    if (event !== undefined) explained.push(await explainNote(db, history, event, question));
  }
  return explained;
}

async function explainNote(
  db: Db,
  history: NoteWithHistory,
  event: RecordedNoteEvent,
  { currency, limit, originOf }: NotesQuestion,
): Promise<NoteExplanation> {
  const { note, issue } = history;
  const [{ lines: made, problem }, stored] = await Promise.all([
    rederiveNote(db, history, currency),
    linesOf(db, note.invoice_id, [note.lines_hash]),
  ]);
  const issued_by = originOf(event);
  const fresh = (made ?? []).flatMap((line) => line.fresh);
  const atPosition = note.inputs_position ?? 0;
  const scope = { tenantId: note.tenant_id, period: issue.period_start, atPosition };
  const page: UsagePage = { limit, after: null };
  const [origins, used] = await Promise.all([
    loadInputOrigins(
      db,
      { ...scope, issued: issued_by },
      fresh.map(({ inputs }) => inputs),
    ),
    usageBehindLines(db, scope, fresh, page),
  ]);
  const shown = [...stored.values()].flat();
  const lines = shown.map((line, index) =>
    explainLine(note, line, made?.[index], (one) => freshLine(one, origins, used.get(one) ?? null)),
  );
  const { correction_id, correction_no, kind, purpose, inputs_position } = note;
  const { subtotal_cents, tax_cents, total_cents } = note;
  return {
    ...{ correction_id, correction_no, kind, purpose, issued_by, inputs_position },
    ...{ subtotal_cents, tax_cents, total_cents },
    recomputed: made === null ? null : noteTotals(made.map(({ line }) => line)),
    matches: problem === null && made?.length === lines.length && lines.every(({ matches }) => matches),
    problem,
    lines,
  };
}

function explainLine(
  { purpose }: Correction,
  stored: InvoiceLineRow,
  made: CorrectionLine | undefined,
  show: (line: LineWithInputs<BilledLine>) => FreshLine,
): NoteLineExplanation {
  if (made === undefined)
    return {
      ...stored,
      billed_cents: null,
      fresh_cents: null,
      recomputed_cents: null,
      matches: false,
      steps: [],
      fresh_lines: [],
    };
  const { line_no: _place, ...content } = stored;
  const { line, billed_cents, fresh_cents, fresh } = made;
  const isGoodwill = purpose === 'goodwill';
  return {
    ...stored,
    billed_cents: isGoodwill ? null : billed_cents,
    fresh_cents: isGoodwill ? null : fresh_cents,
    recomputed_cents: line.amount_cents,
    matches: canonicalJson(content) === canonicalJson(line),
    steps: isGoodwill ? [] : stepsOf(made),
    fresh_lines: fresh.map(show),
  };
}

/** From the amounts of the fresh lines to what of them was not billed. */
function stepsOf({ line, billed_cents, fresh_cents, fresh }: CorrectionLine): Step[] {
  const amounts = fresh.map((one, index) => [`line ${index + 1}`, one.line.amount_cents] as const);
  return [
    exactStep('fresh_cents', 'sum', Object.fromEntries(amounts), fresh_cents),
    exactStep('amount_cents', 'difference', { fresh_cents, billed_cents }, line.amount_cents),
  ];
}

function freshLine(
  made: LineWithInputs<BilledLine>,
  origins: InputOrigins,
  usage: UsageBehindLine | null,
): FreshLine {
  const { description, amount_cents } = made.line;
  return {
    description,
    amount_cents,
    inputs: explainInputs(made.inputs, origins),
    steps: lineSteps(made),
    usage,
  };
}

/** Explains an invoice: derives it again, and shows the inputs and the arithmetic of each line (spec 16). */
import { invoiceStream } from '../../commands/invoicing/invoice.ts';
import { readStreams } from '../journal/read-journal.ts';
import type { EventOrigin } from '../journal/find/event-origins.ts';
import {
  issuesOf,
  linesOf,
  type InvoiceLineRow,
  type InvoiceRow,
} from '../../projections/invoicing/invoice-queries.ts';
import { correctionsOf } from '../../projections/invoicing/correction-queries.ts';
import type { Db } from '../database/db.ts';
import { refuse, Refused } from '../ledger/refusal.ts';
import type { Recorded } from '../events/define.ts';
import type { InvoiceEvent, NotBilledUsage } from '../events/invoicing.ts';
import type { BilledLine } from '../pricing/types.ts';
import type { LineInputs, LineWithInputs } from '../pricing/line-inputs.ts';
import { lineSteps } from '../pricing/line-steps.ts';
import { canonicalDecimal } from '../pricing/money.ts';
import type { Step } from '../pricing/step.ts';
import { compareIssueLines, isAsRecorded, type ComparedLines } from './explain-compare.ts';
import { explainInputs, noInputs, type ExplainedInputs } from './explain-inputs.ts';
import { loadInputOrigins, type InputOrigins } from './explain-origins.ts';
import {
  usageBehindLines,
  usageByDay,
  type UsageBehindLine,
  type UsageByDay,
  type UsagePage,
} from './explain-usage.ts';
import { explainNotes, type NoteExplanation, type RecordedNoteEvent } from './explain-notes.ts';
import { rederiveIssue, type IssueProblem } from './rederive.ts';

type RecordedIssueEvent = Recorded<Extract<InvoiceEvent, { type: 'InvoiceIssued' }>>;

/** Which issue and lines are explained. */
interface Question {
  /** The ledger's. */
  currency: string;
  /** Default: the issue in force. */
  issueNo?: number | undefined;
  /** One line alone. */
  lineNo?: number | undefined;
  usage: UsagePage;
}

/** A line with all that it was computed from. */
interface LineExplanation extends InvoiceLineRow {
  /** The amount that the inputs make; null: they make no such line. */
  recomputed_cents: number | null;
  /** Whether the inputs make just this line, and the usage behind it adds up to its quantity. */
  matches: boolean;
  inputs: ExplainedInputs;
  steps: Step[];
  /** Null: no usage goes into this line. */
  usage: UsageBehindLine | null;
  /** The same by day and by resource, where this line alone is asked for. */
  usage_by_day: UsageByDay | null;
}

/** Totals before, of and after tax. */
interface Totals {
  subtotal_cents: number;
  tax_cents: number;
  total_cents: number;
}

/** An issue of an invoice, explained. */
export interface InvoiceExplanation extends Totals {
  invoice_id: string;
  tenant_id: string;
  period_start: string;
  period_end: string;
  currency: string;
  issue_no: number;
  issued_by: EventOrigin;
  /** The journal position that the inputs were read at, and are again. */
  inputs_position: number;
  tax_name: string;
  tax_rate: string;
  /** What the inputs make; null: nothing. */
  recomputed: Totals | null;
  /** Whether what is shown, what was recorded and what the inputs make are the same. */
  matches: boolean;
  /** The first difference between the recorded issue and what the inputs make, as verify finds it. */
  problem: IssueProblem | null;
  /** All lines, or the one of `lineNo`. */
  lines: LineExplanation[];
  /** Lines that the inputs make and the invoice lacks. */
  missing_lines: BilledLine[];
  /** The credit and debit notes of the issue; none where one line is asked for. */
  corrections: NoteExplanation[];
}

/**
 * Explains an issue of an invoice.
 * @param db one snapshot
 * @param invoice its row
 * @throws {Refused} `not-found` for an issue or a line that the invoice does not have
 */
export async function explainInvoice(
  db: Db,
  invoice: InvoiceRow,
  { currency, issueNo, lineNo, usage }: Question,
): Promise<InvoiceExplanation> {
  const [{ recorded, notes, reviewed }, issues] = await Promise.all([
    recordedEvents(db, invoice.id, invoice.reviewed_position),
    issuesOf(db, invoice.id),
  ]);
  const wanted = issueNo ?? invoice.issue_no;
  const event = recorded.find(({ data }) => data.issue_no === wanted);
  // The journal may be ahead of the read models: an issue that they don't show yet is not found.
  if (event === undefined || wanted > invoice.issue_no)
    throw new Refused(refuse('not-found', `the invoice has no issue ${wanted}`));
  const shown = issues.find(({ issue_no }) => issue_no === wanted) ?? null;
  const [stored, { invoice: derived, problem }] = await Promise.all([
    linesOf(db, invoice.id, [shown?.lines_hash ?? event.data.lines_hash]),
    rederiveIssue(db, event, currency),
  ]);
  const isInForce = wanted === invoice.issue_no;
  const isShownAsRecorded = isAsRecorded(
    // What is not billed is shown as of the last review.
    isInForce ? { ...event.data, ...reviewed } : event.data,
    { issue: shown, invoice: isInForce ? invoice : null },
  );
  const compared = compareIssueLines([...stored.values()].flat(), derived?.lines ?? []);
  const explained = await explainLines(db, event, compared, { lineNo, usage });
  const corrections =
    lineNo === undefined
      ? await explainNotes(db, event.data, notes, { currency, limit: usage.limit, originOf })
      : [];
  return {
    ...headerOf(event),
    ...totalsOf(isInForce ? invoice : (shown ?? event.data)),
    recomputed: derived === null ? null : totalsOf(derived),
    problem,
    ...explained,
    corrections,
    matches:
      explained.matches &&
      problem === null &&
      isShownAsRecorded &&
      corrections.every(({ matches }) => matches),
  };
}

/** An invoice's events: its issues, the notes that the read models have, and what was last left unbilled. */
async function recordedEvents(
  db: Db,
  id: string,
  reviewedPosition: number,
): Promise<{ recorded: RecordedIssueEvent[]; notes: RecordedNoteEvent[]; reviewed: NotBilledUsage | null }> {
  const stream = invoiceStream(id);
  const types = ['InvoiceIssued', 'CorrectionIssued', 'InvoiceReviewed'] as const;
  const [read, shown] = await Promise.all([readStreams(db, [stream], { types }), correctionsOf(db, id)]);
  const events = read.get(stream) ?? [];
  const ids = new Set(shown.map((note) => note.id));
  const notes = events.filter(
    (event): event is RecordedNoteEvent =>
      event.type === 'CorrectionIssued' && ids.has(event.data.correction_id),
  );
  let reviewed: NotBilledUsage | null = null;
  for (const { type, data } of events) {
    if (type === 'InvoiceIssued') reviewed = null;
    if (
      (type === 'CorrectionIssued' || type === 'InvoiceReviewed') &&
      data.not_billed !== null &&
      (data.inputs_position ?? Infinity) <= reviewedPosition
    )
      reviewed = data.not_billed;
  }
  const recorded = events.filter((event): event is RecordedIssueEvent => event.type === 'InvoiceIssued');
  return { recorded, notes, reviewed };
}

function headerOf(
  event: RecordedIssueEvent,
): Omit<
  InvoiceExplanation,
  keyof Totals | 'recomputed' | 'matches' | 'problem' | 'lines' | 'missing_lines' | 'corrections'
> {
  const {
    invoice_id,
    tenant_id,
    period_start,
    period_end,
    currency,
    issue_no,
    inputs_position,
    tax_name,
    tax_rate,
  } = event.data;
  return {
    invoice_id,
    tenant_id,
    period_start,
    period_end,
    currency,
    issue_no,
    issued_by: originOf(event),
    inputs_position,
    tax_name,
    tax_rate: canonicalDecimal(tax_rate),
  };
}

function originOf({
  id,
  stream,
  revision,
  position,
  type,
  metadata: { recorded_at, actor },
}: RecordedIssueEvent | RecordedNoteEvent): EventOrigin {
  return { id, stream, revision, position, type, recorded_at, actor };
}

function totalsOf({ subtotal_cents, tax_cents, total_cents }: Totals): Totals {
  return { subtotal_cents, tax_cents, total_cents };
}

/** Explains all lines, or the one of `lineNo`; `matches` is about all of them. */
async function explainLines(
  db: Db,
  event: RecordedIssueEvent,
  { lines, missing }: ComparedLines,
  { lineNo, usage }: Pick<Question, 'lineNo' | 'usage'>,
): Promise<Pick<InvoiceExplanation, 'matches' | 'lines' | 'missing_lines'>> {
  const asked = lineNo === undefined ? lines : lines.filter(({ stored }) => stored.line_no === lineNo);
  if (lineNo !== undefined && asked.length === 0)
    throw new Refused(refuse('not-found', `the issue has no line ${lineNo}`));
  const { tenant_id: tenantId, period_start: period, inputs_position: atPosition } = event.data;
  const derived = asked.flatMap((line) => (line.derived === null ? [] : [line.derived]));
  const scope = { tenantId, period, atPosition };
  const single = lineNo === undefined ? undefined : derived[0];
  const [origins, used, by_day] = await Promise.all([
    loadInputOrigins(
      db,
      { ...scope, issued: originOf(event) },
      derived.map(({ inputs }) => inputs),
    ),
    usageBehindLines(db, scope, derived, usage),
    single === undefined ? null : usageByDay(db, scope, single),
  ]);
  const explained = asked.map((line) =>
    line.derived === null
      ? unexplained(line.stored)
      : explainLine(line.stored, line.derived, line.matches, origins, {
          usage: used.get(line.derived) ?? null,
          usage_by_day: by_day,
        }),
  );
  return {
    matches: missing.length === 0 && [...lines, ...explained].every(({ matches }) => matches),
    lines: explained,
    missing_lines: missing,
  };
}

function explainLine(
  stored: InvoiceLineRow,
  derived: LineWithInputs<BilledLine>,
  isSame: boolean,
  origins: InputOrigins,
  { usage, usage_by_day }: Pick<LineExplanation, 'usage' | 'usage_by_day'>,
): LineExplanation {
  return {
    ...stored,
    recomputed_cents: derived.line.amount_cents,
    matches: isSame && (usage === null || usage.sum === usedQuantity(derived.inputs)),
    inputs: explainInputs(derived.inputs, origins),
    steps: lineSteps(derived),
    usage,
    usage_by_day,
  };
}

/** A stored line that the inputs don't make. */
function unexplained(stored: InvoiceLineRow): LineExplanation {
  const none = { recomputed_cents: null, matches: false, usage: null, usage_by_day: null };
  return { ...stored, ...none, inputs: noInputs, steps: [] };
}

/** The quantity that the usage behind a line adds up to. */
function usedQuantity(inputs: LineInputs): string | null {
  switch (inputs.kind) {
    case 'overage':
      return inputs.rated.used;
    case 'llm_usage':
      return inputs.charge_cents;
    case 'plan_base':
    case 'addon':
    case 'charge':
    case 'tax':
      return null;
  }
}

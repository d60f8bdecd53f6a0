/**
 * Explains an invoice: computes it again from its inputs, and tells each line's inputs and arithmetic (spec
 * 16).
 */
import { invoiceStream } from '../../commands/invoicing/invoice.ts';
import { readStreams } from '../journal/read-journal.ts';
import type { EventOrigin } from '../journal/find/event-origins.ts';
import { issuesOf, linesOf } from '../../projections/invoicing/invoice-queries.ts';
import type { InvoiceLineRow, InvoiceRow } from '../../projections/invoicing/invoice-queries.ts';
import type { Db } from '../database/db.ts';
import { refuse, Refused } from '../ledger/refusal.ts';
import type { Recorded } from '../events/define.ts';
import type { InvoiceEvent } from '../events/invoicing.ts';
import { explainLines } from '../pricing/explain.ts';
import type { BilledLine } from '../pricing/invoice.ts';
import type { Step } from '../pricing/explain-steps.ts';
import { canonicalDecimal } from '../pricing/money.ts';
import { noInputs, tellInputs } from './explain-inputs.ts';
import type { ToldInputs } from './explain-inputs.ts';
import { isAsRecorded, matchStoredLines } from './explain-match.ts';
import type { MatchedLine, MatchedLines } from './explain-match.ts';
import { usageBehindLines } from './explain-usage.ts';
import type { UsageBehindLine, UsagePage } from './explain-usage.ts';
import { issueProblem, rederive, storedProblem } from './rederive.ts';
import type { IssueProblem } from './rederive.ts';

/** An issue as the journal has it. */
export type RecordedIssue = Recorded<Extract<InvoiceEvent, { type: 'InvoiceIssued' }>>;

/** What is asked about an invoice. */
export interface Question {
  /** The ledger's. */
  currency: string;
  /** Default: the issue in force. */
  issueNo?: number | undefined;
  /** One line alone. */
  lineNo?: number | undefined;
  usage: UsagePage;
}

/** A line with all that it was made from. */
export interface LineExplanation extends InvoiceLineRow {
  /** The amount that the inputs make; null: they make no such line. */
  recomputed_cents: number | null;
  /** Whether the inputs make just this line, and the usage behind it adds up to its quantity. */
  matches: boolean;
  inputs: ToldInputs;
  steps: Step[];
  /** Null: no usage goes into this line. */
  usage: UsageBehindLine | null;
}

/** Totals before, of and after tax. */
export interface Totals {
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
  /** Whether what is shown, what was recorded and what the inputs make are one and the same. */
  matches: boolean;
  /**
   * What the recorded issue first differs in from what the inputs make, as verify has it; null: in nothing.
   */
  problem: IssueProblem | null;
  /** All of them, or the one that was asked for. */
  lines: LineExplanation[];
  /** Lines that the inputs make and the invoice lacks. */
  missing_lines: BilledLine[];
}

/**
 * Explains an issue of an invoice.
 * @param db one snapshot
 * @param invoice the row of who may see it
 * @throws {Refused} `not-found` for an issue or line that the invoice has not
 */
export async function explainInvoice(
  db: Db,
  invoice: InvoiceRow,
  { currency, issueNo, lineNo, usage }: Question,
): Promise<InvoiceExplanation> {
  const [recorded, issues] = await Promise.all([recordedIssues(db, invoice.id), issuesOf(db, invoice.id)]);
  const wanted = issueNo ?? invoice.issue_no;
  const event = recorded.find(({ data }) => data.issue_no === wanted);
  // The journal may be ahead of the read models: what they don't show yet is no issue yet.
  if (event === undefined || wanted > invoice.issue_no)
    throw new Refused(refuse('not-found', `the invoice has no issue ${String(wanted)}`));
  const shown = issues.find(({ issue_no }) => issue_no === wanted) ?? null;
  const [stored, derivedOf, notStored] = await Promise.all([
    linesOf(db, invoice.id, [shown?.lines_hash ?? event.data.lines_hash]),
    rederive(
      db,
      { ...event.data, period: event.data.period_start },
      { currency, tenantId: event.data.tenant_id },
    ),
    storedProblem(db, event.data),
  ]);
  const derived = derivedOf(event.data);
  const matched = matchStoredLines(
    [...stored.values()].flat(),
    derived.invoice === null ? [] : explainLines(derived.invoice),
  );
  const isInForce = wanted === invoice.issue_no;
  const problem = issueProblem(event.data, derived) ?? notStored;
  const whole =
    problem === null && isAsRecorded(event.data, { issue: shown, invoice: isInForce ? invoice : null });
  const totals = isInForce ? invoice : (shown ?? event.data);
  return {
    ...headerOf(event),
    ...totalsOf(totals),
    recomputed: derived.invoice === null ? null : totalsOf(derived.invoice.billed),
    problem,
    ...(await tellLines(db, event, matched, { whole, lineNo, usage })),
  };
}

async function recordedIssues(db: Db, id: string): Promise<RecordedIssue[]> {
  const stream = invoiceStream(id);
  const events = (await readStreams(db, [stream], { types: ['InvoiceIssued'] })).get(stream) ?? [];
  return events.filter((event): event is RecordedIssue => event.type === 'InvoiceIssued');
}

function headerOf(
  event: RecordedIssue,
): Omit<InvoiceExplanation, keyof Totals | 'recomputed' | 'matches' | 'problem' | 'lines' | 'missing_lines'> {
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
}: RecordedIssue): EventOrigin {
  return { id, stream, revision, position, type, recorded_at, actor };
}

function totalsOf({ subtotal_cents, tax_cents, total_cents }: Totals): Totals {
  return { subtotal_cents, tax_cents, total_cents };
}

type Explained = MatchedLine & { explained: NonNullable<MatchedLine['explained']> };

async function tellLines(
  db: Db,
  event: RecordedIssue,
  { lines, missing }: MatchedLines,
  { whole, lineNo, usage }: { whole: boolean } & Pick<Question, 'lineNo' | 'usage'>,
): Promise<Pick<InvoiceExplanation, 'matches' | 'lines' | 'missing_lines'>> {
  const asked = lineNo === undefined ? lines : lines.filter(({ line }) => line.line_no === lineNo);
  if (lineNo !== undefined && asked.length === 0)
    throw new Refused(refuse('not-found', `the issue has no line ${String(lineNo)}`));
  const { tenant_id, period_start, inputs_position } = event.data;
  const made = asked.filter((line): line is Explained => line.explained !== null);
  const [inputs, used] = await Promise.all([
    tellInputs(
      db,
      { period: period_start, atPosition: inputs_position, issued: originOf(event) },
      made.map(({ explained }) => explained.inputs),
    ),
    usageBehindLines(
      db,
      { tenantId: tenant_id, period: period_start, atPosition: inputs_position },
      made.map(({ explained }) => explained),
      usage,
    ),
  ]);
  const inputsOf = new Map<MatchedLine, ToldInputs>(
    made.map((line, index) => [line, inputs[index] ?? noInputs]),
  );
  const told = asked.map((line) =>
    tellLine(
      line,
      inputsOf.get(line) ?? noInputs,
      line.explained === null ? null : (used.get(line.explained.line) ?? null),
    ),
  );
  const matches =
    whole &&
    missing.length === 0 &&
    lines.every((line) => line.matches) &&
    told.every((line) => line.matches);
  return { matches, lines: told, missing_lines: missing.map(({ line }) => line) };
}

function tellLine(
  { line, explained, matches }: MatchedLine,
  inputs: ToldInputs,
  usage: UsageBehindLine | null,
): LineExplanation {
  const quantity = explained?.line.meta['used'] ?? explained?.line.meta['exact_charge_cents'] ?? null;
  return {
    ...line,
    recomputed_cents: explained?.line.amount_cents ?? null,
    matches: matches && (usage === null || usage.sum === quantity),
    inputs,
    steps: explained?.steps ?? [],
    usage,
  };
}

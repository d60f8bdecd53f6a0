import { invoiceStream, type Invoice } from '../../../commands/invoicing/invoice.ts';
import { endOf, type AsOf } from '../../../projections/deployments/as-of.ts';
import {
  invoiceById,
  issuesOf,
  linesOf,
  numberOf,
  type InvoiceLineRow,
  type InvoiceRow,
  type IssueRow,
} from '../../../projections/invoicing/invoice-queries.ts';
import { namesOfDeployments } from '../../../projections/deployments/deployment-queries.ts';
import { correctionsOf, type CorrectionRow } from '../../../projections/invoicing/correction-queries.ts';
import { paidAsOf, type PaidOfInvoice } from '../../../projections/receivables/figure-queries.ts';
import type { Db } from '../../database/db.ts';
import { invoiceAsOf } from '../../history/invoice-as-of.ts';
import { lateFacts } from '../../../projections/invoicing/late-fact-queries.ts';
import type { LateFact } from '../../../projections/invoicing/late-facts.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { issueNumber, splitNumber } from '../../events/document-number.ts';
import { dayOf } from '../../pricing/calendar.ts';
import { dueOn } from '../../pricing/payment-terms.ts';
import { invoiceFigures, type InvoiceFigures } from '../../pricing/invoice-figures.ts';
import { canonicalDecimal, totalOf } from '../../pricing/money.ts';
import { groupBy } from '../../runtime/group-by.ts';
import { ownerOr404, type Caller } from '../caller.ts';
import { withDocuments, type ShownDocuments } from './show-documents.ts';
import { recordedNotes, showNotes, type ShownNotes } from './show-correction.ts';

type ShownInvoice = Omit<
  InvoiceRow,
  keyof InvoiceFigures | keyof PaidOfInvoice | 'debit_notes' | 'issued_at'
> &
  InvoiceFigures & { issued_at: string };

/**
 * A row as the API shows it; every invoice that has a row was issued.
 * @param today the day by which it is overdue
 */
export function showRow(row: InvoiceRow, today: string): ShownInvoice {
  const { issued_at, debit_notes, allocated_cents, allocated_at, ...fields } = row;
  if (issued_at === null) throw new Error(`invoice ${row.id} was never issued`);
  const paid = { debit_notes, allocated_cents, allocated_at, credited_cents: row.credited_cents };
  return { ...fields, issued_at, ...invoiceFigures({ ...fields, issued_at, ...paid }, today) };
}

/** An invoice as its own events have it, in the shape of its row; its number is on another stream. */
function showInvoice(
  {
    invoice_id,
    parts: _parts,
    lines: _lines,
    lines_hash: _hash,
    unbilled = [],
    unmetered = [],
    replaces_void: _void,
    due_on,
    corrections,
    ...fields
  }: Invoice,
  { number, paid }: { number: string | null; paid: PaidOfInvoice },
  today: string,
): ShownInvoice {
  const row = {
    id: invoice_id,
    ...fields,
    number: number === null ? null : issueNumber(number, fields.issue_no),
    due_on: due_on ?? dueOn(dayOf(fields.issued_at)),
    unbilled,
    unmetered,
    tax_rate: canonicalDecimal(fields.tax_rate),
    finance_invoice_id: null,
    pushed_to_finance_at: null,
    debit_notes: corrections.filter(({ kind }) => kind === 'debit_note').sort(byDue),
    ...paid,
  };
  return showRow(row, today);
}

const byDue = (a: { due_on: string }, b: { due_on: string }): number =>
  a.due_on < b.due_on ? -1 : a.due_on > b.due_on ? 1 : 0;

interface Issues {
  lines: InvoiceLineRow[];
  history: (Omit<IssueRow, 'lines_hash'> & {
    number: string | null;
    replaced_at: string | null;
    lines: InvoiceLineRow[];
  })[];
}

/** The lines of each issue; the last one's are the invoice's. */
async function withLines(
  db: Db,
  { id: invoiceId, number, voided_at, void_reason }: ShownInvoice,
  issues: readonly IssueRow[],
): Promise<Issues> {
  const voided = { voided_at, void_reason };
  const lines = await linesOf(
    db,
    invoiceId,
    issues.map(({ lines_hash }) => lines_hash),
  );
  const history = issues.map(({ lines_hash, ...issue }, index) => ({
    ...issue,
    number: number === null ? null : issueNumber(splitNumber(number).base, issue.issue_no),
    ...(index === issues.length - 1 ? voided : {}),
    replaced_at: issues[index + 1]?.issued_at ?? null,
    lines: lines.get(lines_hash) ?? [],
  }));
  return { lines: history.at(-1)?.lines ?? [], history };
}

/** The most late facts that an answer lists; a month that was metered anew has tens of thousands. */
const mostLateFacts = 500;

/** An invoice with its lines, all its issues, and the facts that came too late for it. */
type FullInvoice = ShownInvoice &
  Issues & { deployments: BilledDeployment[]; late: LateFact[]; late_count: number } & ShownNotes;

/** What of an invoice is for one deployment. */
interface BilledDeployment {
  deployment_id: string;
  /** As it is called now; null: it is not there. */
  slug: string | null;
  display_name: string | null;
  lines: number;
  amount_cents: number;
}

/** The deployments of an invoice's lines, in their order. */
async function billedDeployments(db: Db, lines: readonly InvoiceLineRow[]): Promise<BilledDeployment[]> {
  const groups = groupBy(
    lines.filter(({ deployment_id }) => deployment_id !== null),
    ({ deployment_id }) => deployment_id ?? '',
  );
  const names = await namesOfDeployments(db, [...groups.keys()]);
  return [...groups].map(([deployment_id, own]) => ({
    deployment_id,
    slug: names.get(deployment_id)?.slug ?? null,
    display_name: names.get(deployment_id)?.display_name ?? null,
    lines: own.length,
    amount_cents: totalOf(own),
  }));
}

/** @param knownAt late facts count that were recorded by this instant; default: all */
async function inFull(
  db: Db,
  shown: ShownInvoice,
  issues: readonly IssueRow[],
  notes: readonly CorrectionRow[],
  knownAt?: string,
): Promise<FullInvoice> {
  const lines_hash = issues.at(-1)?.lines_hash ?? '';
  const late = await lateFacts(db, { invoice_id: shown.id, lines_hash, ...shown }, knownAt);
  const issued = await withLines(db, shown, issues);
  return {
    ...shown,
    ...issued,
    deployments: await billedDeployments(db, issued.lines),
    ...(await showNotes(db, shown, notes)),
    late: late.slice(0, mostLateFacts),
    late_count: late.length,
  };
}

/**
 * An invoice as it is now.
 * @throws {Refused} `not-found` for none and another tenant's
 */
export async function loadInvoice(
  ledger: Ledger,
  caller: Caller,
  id: string,
): Promise<FullInvoice & ShownDocuments> {
  return ledger.read(async (db) => {
    const shown = showRow(ownerOr404(caller, await invoiceById(db, id), 'invoice'), dayOf(ledger.now()));
    const full = await inFull(db, shown, await issuesOf(db, id), await correctionsOf(db, id));
    return withDocuments(db, full);
  });
}

/**
 * An invoice as it was by `as_of` and `known_at`.
 * @throws {Refused} `not-found` for none, another tenant's, and one that was not issued then
 */
export async function loadInvoiceAsOf(
  ledger: Ledger,
  caller: Caller,
  id: string,
  when: AsOf,
): Promise<FullInvoice & ShownDocuments> {
  const { state, issues } = invoiceAsOf(await ledger.recorded(invoiceStream(id)), when);
  const past = ownerOr404(caller, state, 'invoice');
  const knownAt = when.known_at === undefined ? undefined : endOf(when.known_at);
  const asOf = when.as_of === undefined ? undefined : dayOf(endOf(when.as_of));
  const today = asOf ?? dayOf(knownAt ?? ledger.now());
  // The journal may be ahead of the read models, which hold lines, numbers and what was paid.
  return ledger.readLatest(async (db) => {
    const number = await numberOf(db, id, earliestEnd(when));
    const paid = await paidAsOf(db, id, { asOf, knownAt });
    const notes = await recordedNotes(db, past.corrections);
    const full = await inFull(db, showInvoice(past, { number, paid }, today), issues, notes, knownAt);
    return withDocuments(db, full, earliestEnd(when));
  });
}

/** The last instant that a past view takes in; undefined: all. */
function earliestEnd({ as_of, known_at }: AsOf): string | undefined {
  return [as_of, known_at].flatMap((moment) => (moment === undefined ? [] : [endOf(moment)])).sort()[0];
}

/**
 * An invoice without its lines, as it is after a command.
 * @throws {Refused} `stale-read` where the read models do not catch up; what was done stays done
 */
export async function loadChanged(ledger: Ledger, caller: Caller, id: string): Promise<ShownInvoice> {
  const row = await ledger.readLatest((db) => invoiceById(db, id));
  return showRow(ownerOr404(caller, row, 'invoice'), dayOf(ledger.now()));
}

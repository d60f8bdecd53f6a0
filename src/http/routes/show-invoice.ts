import type { z } from 'zod';
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
import { correctionsOf, type CorrectionRow } from '../../../projections/invoicing/correction-queries.ts';
import type { Db } from '../../database/db.ts';
import { invoiceAsOf } from '../../history/invoice-as-of.ts';
import { lateFacts } from '../../../projections/invoicing/late-fact-queries.ts';
import type { LateFact } from '../../../projections/invoicing/late-facts.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { issueNumber, splitNumber } from '../../events/document-number.ts';
import { dayOf } from '../../pricing/calendar.ts';
import { dueOn } from '../../pricing/payment-terms.ts';
import { canonicalDecimal } from '../../pricing/money.ts';
import { foundOr404, ownerOr404, type Caller } from '../caller.ts';
import { invoiceStatus } from './invoice-answer.ts';
import { recordedNotes, showNotes, type ShownNotes } from './show-correction.ts';

type ShownInvoice = Omit<InvoiceRow, 'issued_at'> & {
  issued_at: string;
  status: z.output<typeof invoiceStatus>;
};

/** A row as the API shows it; every invoice that has a row was issued. */
export function showRow(row: InvoiceRow): ShownInvoice {
  const status = invoiceStatus.parse(row.status);
  if (row.issued_at === null) throw new Error(`invoice ${row.id} was never issued`);
  return { ...row, status, issued_at: row.issued_at };
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
    corrections: _corrections,
    ...fields
  }: Invoice,
  number: string | null,
): ShownInvoice {
  return {
    id: invoice_id,
    ...fields,
    number: number === null ? null : issueNumber(number, fields.issue_no),
    due_on: due_on ?? dueOn(dayOf(fields.issued_at)),
    unbilled,
    unmetered,
    tax_rate: canonicalDecimal(fields.tax_rate),
    finance_invoice_id: null,
    pushed_to_finance_at: null,
  };
}

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
type FullInvoice = ShownInvoice & Issues & { late: LateFact[]; late_count: number } & ShownNotes;

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
  return {
    ...shown,
    ...(await withLines(db, shown, issues)),
    ...(await showNotes(db, shown, notes)),
    late: late.slice(0, mostLateFacts),
    late_count: late.length,
  };
}

/**
 * An invoice as it is now.
 * @throws {Refused} `not-found` for none and another tenant's
 */
export async function loadInvoice(ledger: Ledger, caller: Caller, id: string): Promise<FullInvoice> {
  return ledger.read(async (db) =>
    inFull(
      db,
      showRow(ownerOr404(caller, await invoiceById(db, id), 'invoice')),
      await issuesOf(db, id),
      await correctionsOf(db, id),
    ),
  );
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
): Promise<FullInvoice> {
  const { state, issues } = invoiceAsOf(await ledger.recorded(invoiceStream(id)), when);
  const past = ownerOr404(caller, state, 'invoice');
  const knownAt = when.known_at === undefined ? undefined : endOf(when.known_at);
  // The journal may be ahead of the read models, which hold lines and numbers.
  return ledger.readLatest(async (db) => {
    const shown = showInvoice(past, await numberOf(db, id, earliestEnd(when)));
    return inFull(db, shown, issues, await recordedNotes(db, past.corrections), knownAt);
  });
}

/** The last instant that a past view takes in; undefined: all. */
function earliestEnd({ as_of, known_at }: AsOf): string | undefined {
  return [as_of, known_at].flatMap((moment) => (moment === undefined ? [] : [endOf(moment)])).sort()[0];
}

/** A command's result, which is an invoice, with the number that it has. */
export async function showResult(ledger: Ledger, state: Invoice | null): Promise<ShownInvoice> {
  const found = foundOr404(state, 'invoice');
  return showInvoice(found, await ledger.query((db) => numberOf(db, found.invoice_id)));
}

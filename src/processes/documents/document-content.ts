import { invoiceStream } from '../../../commands/invoicing/invoice.ts';
import type { DocumentKey } from '../../../commands/documents/document.ts';
import {
  exactLines,
  namesAt,
  noteById,
  type NoteRow,
} from '../../../projections/documents/content-queries.ts';
import { paidAtIssue } from '../../../projections/documents/paid-at-issue.ts';
import { numberOf } from '../../../projections/invoicing/invoice-queries.ts';
import type { Db } from '../../database/db.ts';
import type { InvoiceView, ReceiptView } from '../../documents/document-view.ts';
import type { Recorded } from '../../events/define.ts';
import { issueNumber } from '../../events/document-number.ts';
import { upcast } from '../../events/index.ts';
import type { InvoiceEvent } from '../../events/invoicing.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { refuse, Refused } from '../../ledger/refusal.ts';
import type { PersonalData } from '../../personal/personal-data.ts';
import { dayOf } from '../../pricing/calendar.ts';
import { dueOn } from '../../pricing/payment-terms.ts';
import { invoiceView, type InvoiceHead } from './invoice-view.ts';
import { partiesOn } from './parties-on.ts';
import { receiptContent } from './receipt-content.ts';

/** What freezing needs. */
export interface ContentDeps {
  ledger: Ledger;
  personal: PersonalData;
}

/** The content of a document, before it is frozen. */
export interface DocumentContent {
  tenant_id: string;
  issued_on: string;
  view: InvoiceView | ReceiptView;
}

type Issue = Recorded<Extract<InvoiceEvent, { type: 'InvoiceIssued' }>>;

/**
 * Makes the content of an issue's, a correction's or a payment's document: the same whenever it is made.
 * Seller and buyer are those in force on the day of its issue, and names those of its moment.
 * @throws {Refused} `not-found`; `no-seller` and `no-profile`, with the fields that are missing
 */
export async function documentContent(deps: ContentDeps, key: DocumentKey): Promise<DocumentContent> {
  switch (key.kind) {
    case 'invoice':
      return invoiceContent(deps, key);
    case 'correction':
      return correctionContent(deps, key.subject_id);
    case 'receipt':
      return receiptContent(deps, key.subject_id);
  }
}

const notFound = (): Refused => new Refused(refuse('not-found', 'there is no such invoice or correction'));

/** An issue of an invoice, from the invoice's own events. */
async function issueOf(ledger: Ledger, invoiceId: string, issueNo: number): Promise<Issue> {
  const events = (await ledger.recorded(invoiceStream(invoiceId))).map((event) => upcast(event));
  const issue = events.find(
    (event): event is Issue => event.type === 'InvoiceIssued' && event.data.issue_no === issueNo,
  );
  if (issue === undefined) throw notFound();
  return issue;
}

async function invoiceContent(
  { ledger, personal }: ContentDeps,
  { subject_id, issue_no }: DocumentKey,
): Promise<DocumentContent> {
  const { data: issue, position } = await issueOf(ledger, subject_id, issue_no ?? 1);
  const issued_on = dayOf(issue.issued_at);
  const parties = await partiesOn(ledger, personal, issue.tenant_id, issued_on);
  return ledger.read(async (db) => {
    const head: InvoiceHead = {
      kind: 'invoice',
      number: issueNumber(await presentNumber(db, subject_id), issue.issue_no),
      currency: issue.currency,
      issued_on,
      due_on: issue.due_on ?? dueOn(issued_on),
      period_start: issue.period_start,
      period_end: issue.period_end,
      corrects: null,
      reason: null,
      goodwill: false,
      subtotal_cents: issue.subtotal_cents,
      tax_cents: issue.tax_cents,
      total_cents: issue.total_cents,
      paid_cents: await paidAtIssue(db, { ...issue, position, issued_on }),
    };
    const content = { ...(await linesAt(db, issue, position)), tax: taxOf(issue) };
    return { tenant_id: issue.tenant_id, issued_on, view: invoiceView({ head, ...parties, ...content }) };
  });
}

async function correctionContent({ ledger, personal }: ContentDeps, id: string): Promise<DocumentContent> {
  const note = await ledger.read((db) => noteById(db, id));
  if (note === null) throw notFound();
  const { data: issue } = await issueOf(ledger, note.invoice_id, note.issue_no);
  const issued_on = dayOf(note.issued_at);
  const parties = await partiesOn(ledger, personal, note.tenant_id, issued_on);
  return ledger.read(async (db) => {
    const corrected = issueNumber(await presentNumber(db, note.invoice_id), note.issue_no);
    const head: InvoiceHead = {
      kind: note.kind,
      number: await presentNumber(db, id),
      currency: issue.currency,
      issued_on,
      due_on: note.due_on,
      period_start: issue.period_start,
      period_end: issue.period_end,
      corrects: { number: corrected, issued_on: dayOf(issue.issued_at) },
      reason: note.reason,
      goodwill: note.purpose === 'goodwill',
      subtotal_cents: note.subtotal_cents,
      tax_cents: note.tax_cents,
      total_cents: note.total_cents,
      paid_cents: 0,
    };
    const content = { ...(await linesAt(db, note, note.position)), tax: taxOf(note) };
    return { tenant_id: note.tenant_id, issued_on, view: invoiceView({ head, ...parties, ...content }) };
  });
}

const taxOf = ({ tax_name: name, tax_rate: rate }: Pick<NoteRow, 'tax_name' | 'tax_rate'>) => ({
  name,
  rate,
});

/** The lines of an issue or a correction, and the names that deployments had then. */
async function linesAt(
  db: Db,
  { invoice_id, lines_hash }: Pick<NoteRow, 'invoice_id' | 'lines_hash'>,
  position: number,
) {
  const lines = await exactLines(db, invoice_id, lines_hash);
  const ids = new Set(lines.flatMap(({ deployment_id }) => (deployment_id === null ? [] : [deployment_id])));
  return { lines, names: await namesAt(db, [...ids], position) };
}

/** Numbers are handed out as soon as a seller is set. */
async function presentNumber(db: Db, subjectId: string): Promise<string> {
  const number = await numberOf(db, subjectId);
  if (number === null) throw new Refused(refuse('conflict', 'it has no number yet; try again in a moment'));
  return number;
}

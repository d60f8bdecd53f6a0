import { invoiceStream, type Correction } from '../../commands/invoicing/invoice.ts';
import type { Db } from '../database/db.ts';
import { readStreams, readType } from '../journal/read-journal.ts';
import { notesWithHistory, rederiveNote } from './rederive-correction.ts';
import { rederiveIssues, type IssueData, type IssueProblem, type RecordedIssue } from './rederive.ts';

/** An issue of an invoice, or a note of it, that differs from what its inputs make. */
interface IssueDifference extends IssueProblem {
  invoice_id: string;
  issue_no: number;
  /** The note; absent: the issue itself. */
  correction_id?: string;
  /** Journal position of its event. */
  position: number;
}

/** What came of deriving every issue and every note again. */
export interface VerifiedInvoices {
  issues: number;
  corrections: number;
  /** Of issues and notes. */
  lines: number;
  differences: IssueDifference[];
}

type OnProgress = (done: number, total: number) => void;

/** A note as the journal has it. */
interface RecordedNote {
  position: number;
  data: Correction;
}

/**
 * Derives every issue and every note of every invoice again. Terms and totals, lines (by their content's
 * hash), stored lines and the usage that is not billed have to be the same to the cent.
 * @param db one snapshot; its read models are taken to be what the events say
 * @param currency the ledger's
 */
export async function verifyInvoices(
  db: Db,
  currency: string,
  onProgress?: OnProgress,
): Promise<VerifiedInvoices> {
  const issues = (await readType(db, 'InvoiceIssued')).map(({ position, data }): RecordedIssue => ({
    position,
    data: data as IssueData,
  }));
  const notes = (await readType(db, 'CorrectionIssued')).map(({ position, data }) => ({
    position,
    data: data as Correction,
  }));
  return verifyRecorded(db, { issues, notes, currency, onProgress });
}

/**
 * As {@link verifyInvoices}, for some invoices alone; with their issues, in the order of the invoices.
 * @param invoiceIds those that are not in the journal are left out
 */
export async function verifyInvoicesOf(
  db: Db,
  invoiceIds: readonly string[],
  currency: string,
): Promise<VerifiedInvoices & { recorded: RecordedIssue[] }> {
  const streams = await readStreams(db, invoiceIds.map(invoiceStream), {
    types: ['InvoiceIssued', 'CorrectionIssued'],
  });
  const events = [...streams.values()].flat();
  const issues = events.flatMap(({ type, position, data }): RecordedIssue[] =>
    type === 'InvoiceIssued' ? [{ position, data }] : [],
  );
  const notes = events.flatMap(({ type, position, data }): RecordedNote[] =>
    type === 'CorrectionIssued' ? [{ position, data }] : [],
  );
  return { ...(await verifyRecorded(db, { issues, notes, currency })), recorded: issues };
}

async function verifyRecorded(
  db: Db,
  {
    issues,
    notes,
    currency,
    onProgress,
  }: {
    issues: readonly RecordedIssue[];
    notes: readonly RecordedNote[];
    currency: string;
    onProgress?: OnProgress | undefined;
  },
): Promise<VerifiedInvoices> {
  const verified: VerifiedInvoices = {
    issues: issues.length,
    corrections: notes.length,
    lines: 0,
    differences: [],
  };
  const total = issues.length + notes.length;
  let done = 0;
  for await (const { issue, problem } of rederiveIssues(db, issues, currency)) {
    const { invoice_id, issue_no, lines } = issue.data;
    verified.lines += lines;
    if (problem !== null)
      verified.differences.push({ invoice_id, issue_no, position: issue.position, ...problem });
    onProgress?.((done += 1), total);
  }
  const positions = new Map(notes.map(({ position, data }) => [data.correction_id, position]));
  const recorded = notes.map(({ data }) => data);
  for (const history of notesWithHistory(
    issues.map(({ data }) => data),
    recorded,
  )) {
    const { correction_id, invoice_id, issue_no, lines } = history.note;
    const { problem } = await rederiveNote(db, history, currency);
    verified.lines += lines;
    const position = positions.get(correction_id) ?? 0;
    if (problem !== null)
      verified.differences.push({ invoice_id, issue_no, correction_id, position, ...problem });
    onProgress?.((done += 1), total);
  }
  return verified;
}

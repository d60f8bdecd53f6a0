import type { Db } from '../database/db.ts';
import { readType } from '../journal/read-journal.ts';
import { rederiveIssues, type IssueData, type IssueProblem, type RecordedIssue } from './rederive.ts';

/** An issue of an invoice that differs from what its inputs make. */
interface IssueDifference extends IssueProblem {
  invoice_id: string;
  issue_no: number;
  /** Journal position of its event. */
  position: number;
}

/** What came of deriving every issue again. */
export interface VerifiedInvoices {
  issues: number;
  lines: number;
  differences: IssueDifference[];
}

/**
 * Derives every issue of every invoice again. Terms and totals, lines (by their content's hash), stored lines
 * and the usage that is not billed have to be the same to the cent.
 * @param db one snapshot; its read models are taken to be what the events say
 * @param currency the ledger's
 */
export async function verifyInvoices(
  db: Db,
  currency: string,
  onProgress?: (done: number, total: number) => void,
): Promise<VerifiedInvoices> {
  const issues = (await readType(db, 'InvoiceIssued')).map(({ position, data }): RecordedIssue => ({
    position,
    data: data as IssueData,
  }));
  const verified: VerifiedInvoices = { issues: issues.length, lines: 0, differences: [] };
  let done = 0;
  for await (const { issue, problem } of rederiveIssues(db, issues, currency)) {
    const { invoice_id, issue_no, lines } = issue.data;
    verified.lines += lines;
    if (problem !== null)
      verified.differences.push({ invoice_id, issue_no, position: issue.position, ...problem });
    onProgress?.((done += 1), issues.length);
  }
  return verified;
}

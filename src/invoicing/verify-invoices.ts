import type { Db } from '../database/db.ts';
import { readType } from '../journal/read-journal.ts';
import { issueProblem, rederive, storedProblem } from './rederive.ts';
import type { IssueData, IssueProblem } from './rederive.ts';

/** An issue of an invoice that its inputs don't come to. */
export interface IssueDifference {
  invoice_id: string;
  issue_no: number;
  /** Journal position of its event. */
  position: number;
  problem: IssueProblem['problem'];
  detail: string;
}

/** What came of deriving every issue anew. */
export interface VerifiedInvoices {
  issues: number;
  lines: number;
  differences: IssueDifference[];
}

interface Issue {
  position: number;
  data: IssueData;
}

/**
 * Derives every issue of every invoice again: its inputs as they were known at its recorded position, the
 * computation of the rollup. Its terms and totals, its lines (by their content's hash) with the lines that
 * are stored, and what it says of usage that is not billed have to be the same to the cent.
 * @param db one snapshot; its read models are taken to be what the events say
 * @param currency the ledger's
 */
export async function verifyInvoices(
  db: Db,
  currency: string,
  onProgress?: (done: number, total: number) => void,
): Promise<VerifiedInvoices> {
  const issues = (await readType(db, 'InvoiceIssued')).map(({ position, data }): Issue => ({
    position,
    data: data as IssueData,
  }));
  const verified: VerifiedInvoices = { issues: issues.length, lines: 0, differences: [] };
  let done = 0;
  for (const together of sameInputs(issues)) {
    const { data } = together[0] as Issue;
    const derived = await rederive(
      db,
      { ...data, period: data.period_start },
      { currency, tenantId: together.length === 1 ? data.tenant_id : undefined },
    );
    for (const issue of together) {
      verified.lines += issue.data.lines;
      const problem = issueProblem(issue.data, derived(issue.data)) ?? (await storedProblem(db, issue.data));
      if (problem !== null)
        verified.differences.push({
          invoice_id: issue.data.invoice_id,
          issue_no: issue.data.issue_no,
          position: issue.position,
          ...problem,
        });
    }
    onProgress?.((done += together.length), issues.length);
  }
  return verified;
}

/** Issues of one rollup share their inputs, which are then read once. */
function sameInputs(issues: readonly Issue[]): Issue[][] {
  const groups = new Map<string, Issue[]>();
  for (const issue of issues) {
    const { period_start, inputs_position } = issue.data;
    const key = JSON.stringify([period_start, inputs_position]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [issue]);
    else known.push(issue);
  }
  return [...groups.values()];
}

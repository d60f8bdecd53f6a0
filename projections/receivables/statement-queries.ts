import type { Db } from '../../src/database/db.ts';
import { issueNumber } from '../../src/events/document-number.ts';
import type {
  StatementFacts,
  StatementIssue,
  StatementMoney,
  StatementNote,
} from '../../src/pricing/statement.ts';
import { corrections, documentNumbers, invoiceIssues, tenantInvoices } from '../invoicing/tables.ts';
import { accountEntries, payments } from './tables.ts';

/** What a tenant's statements are made of: its whole account. */
export async function statementFacts(db: Db, tenantId: string): Promise<StatementFacts> {
  const issues = await db<StatementIssue[]>`
    select s.invoice_id, s.issue_no, s.issued_at, s.total_cents, i.period_start, n.number,
      case when s.issue_no = i.issue_no then i.voided_at else s.voided_at end as voided_at,
      case when s.issue_no = i.issue_no then i.paid_at end as paid_at
    from ${db(tenantInvoices.ref)} i join ${db(invoiceIssues.ref)} s on s.invoice_id = i.id
      left join ${db(documentNumbers.ref)} n on n.subject_id = i.id
    where i.tenant_id = ${tenantId} order by s.invoice_id, s.issue_no`;
  const debit_notes = await db<StatementNote[]>`
    select c.id as correction_id, c.invoice_id, c.issue_no, c.issued_at, c.total_cents, n.number
    from ${db(corrections.ref)} c left join ${db(documentNumbers.ref)} n on n.subject_id = c.id
    where c.tenant_id = ${tenantId} and c.kind = 'debit_note' order by c.position`;
  const money = await db<StatementMoney[]>`
    select e.kind, e.source_id, e.amount_cents, e.counts_on, e.recorded_at, p.method, n.number, c.invoice_id
    from ${db(accountEntries.ref)} e
      left join ${db(payments.ref)} p on p.id = e.source_id
      left join ${db(corrections.ref)} c on c.id = e.source_id
      left join ${db(documentNumbers.ref)} n on n.subject_id = e.source_id
    where e.tenant_id = ${tenantId} order by e.position, e.entry_no`;
  const numbered = issues.map((issue) => ({
    ...issue,
    number: issue.number === null ? null : issueNumber(issue.number, issue.issue_no),
  }));
  return { issues: numbered, debit_notes: [...debit_notes], money: [...money] };
}

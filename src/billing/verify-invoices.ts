import { linesInParts } from '../../commands/invoices/invoice-parts.ts';
import type { Db } from '../database/db.ts';
import { contentHash } from '../engine/parts.ts';
import type { InvoiceEvent, InvoiceLine, InvoicePartEvent } from '../events/invoices.ts';
import { billTenant } from '../pricing/rollup.ts';
import { loadBillingInputs } from './inputs.ts';

/** An issue of an invoice that its inputs don't come to. */
export interface IssueDifference {
  invoice_id: string;
  issue_no: number;
  /** Journal position of its event. */
  position: number;
  problem: 'totals' | 'lines' | 'stored_lines' | 'not_billable';
  detail: string;
}

/** What came of deriving every issue anew. */
export interface VerifiedInvoices {
  issues: number;
  lines: number;
  differences: IssueDifference[];
}

type Issued = Extract<InvoiceEvent, { type: 'InvoiceIssued' }>['data'];
interface Issue { position: number; data: Issued }

/**
 * Derives every issue of every invoice again: its inputs as they were known at its recorded position, the tax that it
 * recorded, the computation of the rollup. Its totals, its lines (by their content's hash) and the lines that are stored
 * have to be the same to the cent.
 * @param db one snapshot; its read models are taken to be what the events say
 */
export async function verifyInvoices(db: Db, onProgress?: (done: number, total: number) => void): Promise<VerifiedInvoices> {
  const issues = await db<Issue[]>`select position, data from journal where type = 'InvoiceIssued' order by position`;
  const verified: VerifiedInvoices = { issues: issues.length, lines: 0, differences: [] };
  let done = 0;
  for (const together of sameInputs(issues)) {
    const derived = await derive(db, together[0] as Issue, together.length === 1);
    for (const issue of together) {
      verified.lines += issue.data.lines;
      const problem = compare(issue.data, derived) ?? await storedProblem(db, issue.data);
      if (problem !== null) verified.differences.push({ invoice_id: issue.data.invoice_id, issue_no: issue.data.issue_no, position: issue.position, ...problem });
    }
    onProgress?.(done += together.length, issues.length);
  }
  return verified;
}

/** Issues of one rollup share their inputs, which are then read once. */
function sameInputs(issues: readonly Issue[]): Issue[][] {
  const groups = new Map<string, Issue[]>();
  for (const issue of issues) {
    const { period_start, inputs_position, currency, tax_name, tax_rate } = issue.data;
    const key = JSON.stringify([period_start, inputs_position, currency, tax_name, tax_rate]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [issue]);
    else known.push(issue);
  }
  return [...groups.values()];
}

interface Derived { subtotal_cents: number; tax_cents: number; total_cents: number; lines_hash: string }
type Problem = Pick<IssueDifference, 'problem' | 'detail'>;

/** What each tenant's month comes to; a tenant that can't be billed is an error's message. */
async function derive(db: Db, { data }: Issue, single: boolean): Promise<Map<string, (issue: Issued) => Derived | string>> {
  const { period_start: period, inputs_position: atPosition, currency, tax_name: name, tax_rate: rate, tenant_id } = data;
  const inputs = await loadBillingInputs(db, { period, atPosition, currency, tax: { name, rate }, tenantId: single ? tenant_id : undefined });
  return new Map(inputs.map((tenant) => [tenant.tenant_id, (issue: Issued) => {
    try {
      const billed = billTenant(tenant);
      if (billed === null) return 'there was nothing to invoice';
      const { subtotal_cents, tax_cents, total_cents } = billed;
      return { subtotal_cents, tax_cents, total_cents, lines_hash: linesInParts(issue, billed.lines).hash };
    } catch (error) {
      if (error instanceof RangeError) return error.message;
      throw error;
    }
  }]));
}

function compare(issue: Issued, derived: Map<string, (issue: Issued) => Derived | string>): Problem | null {
  const own = derived.get(issue.tenant_id)?.(issue) ?? 'its tenant had nothing to invoice';
  if (typeof own === 'string') return { problem: 'not_billable', detail: own };
  for (const total of ['subtotal_cents', 'tax_cents', 'total_cents'] as const) {
    if (own[total] !== issue[total]) return { problem: 'totals', detail: `${total}: issued ${issue[total]}, derived ${own[total]}` };
  }
  if (own.lines_hash !== issue.lines_hash) return { problem: 'lines', detail: `lines: issued ${issue.lines_hash}, derived ${own.lines_hash}` };
  return null;
}

/** The stored lines are named by their content: what is stored under a name has to have that content. */
async function storedProblem(db: Db, { invoice_id, lines_hash }: Issued): Promise<Problem | null> {
  const parts = await db<{ data: InvoicePartEvent['data'] }[]>`select data from journal where stream = ${`invoice-lines-${invoice_id}-${lines_hash}`} order by revision`;
  const stored = contentHash(parts.flatMap(({ data }): InvoiceLine[] => data.lines));
  return stored === lines_hash ? null : { problem: 'stored_lines', detail: `stored lines: named ${lines_hash}, their content is ${stored}` };
}

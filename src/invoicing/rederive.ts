/** An issued invoice derived again from its inputs: the one derivation behind verify and explain. */
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { invoiceLinesInParts, invoiceLinesStream } from '../../commands/invoicing/invoice-parts.ts';
import { notBilledText } from '../../commands/invoicing/issue-invoice.ts';
import type { Db } from '../database/db.ts';
import { contentHash } from '../ledger/content-parts.ts';
import type { InvoiceEvent, InvoicePartEvent } from '../events/invoicing.ts';
import { readStreams } from '../journal/read-journal.ts';
import { billTenant } from '../pricing/bill-tenant.ts';
import type { BilledInvoice, TenantInvoicingInputs } from '../pricing/invoice.ts';
import { canonicalDecimal } from '../pricing/money.ts';
import { groupBy } from '../runtime/group-by.ts';
import { loadInvoicingInputs } from './load-invoicing-inputs.ts';

/** The content of an issue's event. */
export type IssueData = Extract<InvoiceEvent, { type: 'InvoiceIssued' }>['data'];

/** How an issue differs from what its inputs make. */
export interface IssueProblem {
  /**
   * `terms`: the tenant, the days, the currency or the tax; `not_billed`: the usage that is not billed;
   * `not_billable`: the inputs make no invoice; `stored_lines`: the lines in the journal are not those that
   * the issue names.
   */
  problem: 'terms' | 'totals' | 'lines' | 'not_billed' | 'not_billable' | 'stored_lines';
  detail: string;
}

/** An issue as the journal has it. */
export interface RecordedIssue {
  position: number;
  data: IssueData;
}

/** What the inputs of an issue make: an invoice, or why they make none. */
type Derived = { invoice: BilledInvoice; reason: null } | { invoice: null; reason: string };

/** An issue beside what its inputs make. */
export interface RederivedIssue {
  issue: RecordedIssue;
  /** Null: the inputs make no invoice. */
  invoice: BilledInvoice | null;
  /** The first difference; null: there is none. */
  problem: IssueProblem | null;
}

/**
 * Derives an issue again by the rollup's own computation over its own inputs: what was recorded up to their
 * position.
 * @param db one snapshot
 * @param currency the ledger's
 */
export async function rederiveIssue(db: Db, issue: RecordedIssue, currency: string): Promise<RederivedIssue> {
  const { period_start: period, inputs_position: atPosition, tenant_id: tenantId } = issue.data;
  const [inputs] = await loadInvoicingInputs(db, { period, atPosition, tenantId, currency });
  return rederived(issue, inputs, await storedHashes(db, [issue]));
}

/** The stored lines of so many issues are read at once. */
const issuesAtOnce = 100;

/** Derives issues as {@link rederiveIssue} does, those of one rollup from inputs that are read once. */
export async function* rederiveIssues(
  db: Db,
  issues: readonly RecordedIssue[],
  currency: string,
): AsyncGenerator<RederivedIssue> {
  const byInputs = groupBy(issues, ({ data }) => JSON.stringify([data.period_start, data.inputs_position]));
  for (const [first, ...others] of byInputs.values()) {
    if (others.length === 0) yield await rederiveIssue(db, first, currency);
    else {
      const { period_start: period, inputs_position: atPosition } = first.data;
      const inputs = await loadInvoicingInputs(db, { period, atPosition, currency });
      const byTenant = new Map(inputs.map((tenant) => [tenant.tenant_id, tenant]));
      const ofRollup = [first, ...others];
      for (let start = 0; start < ofRollup.length; start += issuesAtOnce) {
        const some = ofRollup.slice(start, start + issuesAtOnce);
        const stored = await storedHashes(db, some);
        for (const issue of some) yield rederived(issue, byTenant.get(issue.data.tenant_id), stored);
      }
    }
  }
}

function rederived(
  issue: RecordedIssue,
  inputs: TenantInvoicingInputs | undefined,
  stored: ReadonlyMap<string, string>,
): RederivedIssue {
  const derived = derive(inputs);
  const problem = derivedProblem(issue.data, derived) ?? storedProblem(issue.data, stored);
  return { issue, invoice: derived.invoice, problem };
}

function derive(inputs: TenantInvoicingInputs | undefined): Derived {
  if (inputs === undefined) return { invoice: null, reason: 'its tenant had nothing to invoice' };
  try {
    const invoice = billTenant(inputs);
    return invoice === null
      ? { invoice: null, reason: 'there was nothing to invoice' }
      : { invoice, reason: null };
  } catch (error) {
    // The month could be computed when it was issued: its inputs are no longer what they were.
    if (error instanceof RangeError) return { invoice: null, reason: error.message };
    throw error;
  }
}

function derivedProblem(issue: IssueData, { invoice, reason }: Derived): IssueProblem | null {
  if (invoice === null) return { problem: 'not_billable', detail: reason };
  const parts = invoiceLinesInParts(
    issue,
    invoice.lines.map(({ line }) => line),
  );
  return (
    differing('terms', issue, {
      invoice_id: invoiceId(invoice.tenant_id, invoice.period_start),
      period_end: invoice.period_end,
      currency: invoice.currency,
      tax_name: invoice.tax.name,
    }) ??
    (canonicalDecimal(issue.tax_rate) === canonicalDecimal(invoice.tax.rate)
      ? null
      : difference('terms', 'tax_rate', issue.tax_rate, invoice.tax.rate)) ??
    differing('totals', issue, {
      subtotal_cents: invoice.subtotal_cents,
      tax_cents: invoice.tax_cents,
      total_cents: invoice.total_cents,
    }) ??
    differing('lines', issue, { lines_hash: parts.hash, lines: parts.lines, parts: parts.events.length }) ??
    (notBilledText(issue) === notBilledText(invoice)
      ? null
      : difference('not_billed', 'usage that is not billed', notBilledText(issue), notBilledText(invoice)))
  );
}

const linesStreamOf = ({ invoice_id, lines_hash }: IssueData): string =>
  invoiceLinesStream(invoice_id, lines_hash);

/** The hash of what the journal has as the lines of each issue, by their stream. */
async function storedHashes(db: Db, issues: readonly RecordedIssue[]): Promise<Map<string, string>> {
  const streams = issues.map(({ data }) => linesStreamOf(data));
  const parts = await readStreams(db, streams);
  return new Map(
    streams.map((stream) => [
      stream,
      contentHash((parts.get(stream) ?? []).flatMap(({ data }) => (data as InvoicePartEvent['data']).lines)),
    ]),
  );
}

/** The journal's lines are named by their content: what is stored under a name has to have that content. */
function storedProblem(issue: IssueData, hashes: ReadonlyMap<string, string>): IssueProblem | null {
  const { lines_hash } = issue;
  const stored = hashes.get(linesStreamOf(issue)) ?? '';
  return stored === lines_hash
    ? null
    : { problem: 'stored_lines', detail: `stored lines: named ${lines_hash}, their content is ${stored}` };
}

function differing<Field extends keyof IssueData>(
  problem: IssueProblem['problem'],
  issue: IssueData,
  fields: Pick<IssueData, Field>,
): IssueProblem | null {
  for (const name of Object.keys(fields) as Field[]) {
    if (issue[name] !== fields[name]) return difference(problem, name, issue[name], fields[name]);
  }
  return null;
}

function difference(
  problem: IssueProblem['problem'],
  name: string,
  issued: unknown,
  made: unknown,
): IssueProblem {
  return { problem, detail: `${name}: issued ${String(issued)}, derived ${String(made)}` };
}

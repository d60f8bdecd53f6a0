/**
 * An issued invoice derived again from its inputs: the one derivation that verify and explain compare an
 * issue with.
 */
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { invoiceLinesInParts } from '../../commands/invoicing/invoice-parts.ts';
import { notBilledText } from '../../commands/invoicing/issue-invoice.ts';
import type { Db } from '../database/db.ts';
import { contentHash } from '../ledger/content-parts.ts';
import type { InvoiceEvent, InvoiceLine, InvoicePartEvent } from '../events/invoicing.ts';
import { readRecorded } from '../journal/read-journal.ts';
import type { TenantInvoicingInputs } from '../pricing/invoice.ts';
import { canonicalDecimal } from '../pricing/money.ts';
import { traceTenant } from '../pricing/rollup.ts';
import type { TracedInvoice } from '../pricing/rollup.ts';
import { loadInvoicingInputs } from './inputs.ts';

/** What an issue says of itself, once and for all. */
export type IssueData = Extract<InvoiceEvent, { type: 'InvoiceIssued' }>['data'];

/** What an issue is not as its inputs make it. */
export interface IssueProblem {
  /**
   * `terms`: whose invoice it is, for which days, in which currency, at which tax; `not_billed`: what it says
   * of usage that is not billed; `not_billable`: its inputs make no invoice; `stored_lines`: the lines in the
   * journal are not those that it names.
   */
  problem: 'terms' | 'totals' | 'lines' | 'not_billed' | 'not_billable' | 'stored_lines';
  detail: string;
}

/** What the inputs of an issue make: an invoice, or why they make none. */
export type DerivedIssue = { invoice: TracedInvoice; reason: null } | { invoice: null; reason: string };

/** The issues of a month that were computed from the same inputs. */
export interface SameInputs {
  /** First day of the month. */
  period: string;
  /** The journal position that the inputs were read at. */
  inputs_position: number;
}

/**
 * Derives issues by the rollup's own computation over its own inputs: what was recorded up to their position.
 * @param db one snapshot
 * @param scope `currency`: the ledger's; `tenantId`: of one tenant alone
 * @returns the derivation of one of the issues, made when it is asked for
 */
export async function rederive(
  db: Db,
  { period, inputs_position }: SameInputs,
  scope: { currency: string; tenantId?: string | undefined },
): Promise<(issue: IssueData) => DerivedIssue> {
  const inputs = await loadInvoicingInputs(db, {
    ...scope,
    period,
    atPosition: inputs_position,
  });
  const byTenant = new Map(inputs.map((tenant) => [tenant.tenant_id, tenant]));
  return (issue) => derived(byTenant.get(issue.tenant_id));
}

function derived(inputs: TenantInvoicingInputs | undefined): DerivedIssue {
  if (inputs === undefined) return { invoice: null, reason: 'its tenant had nothing to invoice' };
  try {
    const invoice = traceTenant(inputs);
    return invoice === null
      ? { invoice: null, reason: 'there was nothing to invoice' }
      : { invoice, reason: null };
  } catch (error) {
    // An issued month could be computed when it was; if it can't any more, what it was computed from is not
    // what it was.
    if (error instanceof RangeError) return { invoice: null, reason: error.message };
    throw error;
  }
}

/** What an issue first differs in from its derivation; null: it is just that. */
export function issueProblem(issue: IssueData, { invoice, reason }: DerivedIssue): IssueProblem | null {
  if (invoice === null) return { problem: 'not_billable', detail: reason };
  const { billed } = invoice;
  const parts = invoiceLinesInParts(issue, billed.lines);
  return (
    differing('terms', issue, {
      invoice_id: invoiceId(billed.tenant_id, billed.period_start),
      period_end: billed.period_end,
      currency: billed.currency,
      tax_name: billed.tax.name,
    }) ??
    (canonicalDecimal(issue.tax_rate) === canonicalDecimal(billed.tax.rate)
      ? null
      : difference('terms', 'tax_rate', issue.tax_rate, billed.tax.rate)) ??
    differing('totals', issue, {
      subtotal_cents: billed.subtotal_cents,
      tax_cents: billed.tax_cents,
      total_cents: billed.total_cents,
    }) ??
    differing('lines', issue, { lines_hash: parts.hash, lines: parts.lines, parts: parts.events.length }) ??
    (notBilledText(issue) === notBilledText(billed)
      ? null
      : difference('not_billed', 'usage that is not billed', notBilledText(issue), notBilledText(billed)))
  );
}

/**
 * The journal's lines are named by their content: what is stored under a name has to have that content.
 * @param db one snapshot
 */
export async function storedProblem(
  db: Db,
  { invoice_id, lines_hash }: IssueData,
): Promise<IssueProblem | null> {
  const stream = `invoice-lines-${invoice_id}-${lines_hash}`;
  const parts = await readRecorded(db, stream);
  const stored = contentHash(
    parts.flatMap(({ data }): InvoiceLine[] => (data as InvoicePartEvent['data']).lines),
  );
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

/** What comes of a tenant's month: the one judgement behind the roll-up, which issues, and the preview. */
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { invoiceLinesInParts, type InvoiceParts } from '../../commands/invoicing/invoice-parts.ts';
import { notBilledText, refuseReissue, type IssueContent } from '../../commands/invoicing/issue-invoice.ts';
import type { ExistingInvoice } from '../../projections/invoicing/invoice-queries.ts';
import type { Refusal } from '../ledger/refusal.ts';
import { billableMonth } from '../pricing/billable.ts';
import type { BilledInvoice } from '../pricing/invoice.ts';
import type { RollUpCandidate } from './read-month.ts';

/** An invoice as it is issued. */
export interface InvoiceToIssue {
  /** All of the issue but its number, its dates and what it replaces. */
  content: IssueContent & Pick<BilledInvoice, 'unbilled' | 'unmetered'>;
  /** Its lines, under the hash that the content names. */
  parts: InvoiceParts;
}

/** What a roll-up does about a tenant's month. */
export type Judgement =
  /** Its lines are put into parts, and hashed, when they are asked for: sums alone need neither. */
  | { verdict: 'issue'; billed: BilledInvoice; invoice: () => InvoiceToIssue }
  /** The invoice that is there stays as it is. */
  | { verdict: 'stands'; reason: 'already-issued' | 'unchanged' }
  /** `force` may not replace the invoice that is there. */
  | { verdict: 'refused'; refusal: Refusal }
  | { verdict: 'not-billable'; error: RangeError }
  /** There is nothing to invoice. */
  | { verdict: 'nothing' };

/** How a month was read, and what may be replaced. */
export interface JudgeBy {
  /** The journal position of the inputs. */
  position: number;
  /** Replaces issued invoices whose content is no longer right. */
  force: boolean;
  /** One named tenant: a void invoice is replaced too. */
  single: boolean;
}

/** Judges a tenant's month. Pure: the same candidate gives the same invoice, line for line. */
export function judgeCandidate(candidate: RollUpCandidate, by: JudgeBy): Judgement {
  const { inputs, existing } = candidate;
  if (existing !== undefined && !by.force) return { verdict: 'stands', reason: 'already-issued' };
  // Checked before anything is computed: no lines are kept that no issue names.
  const refusal =
    existing === undefined ? null : refuseReissue(existing, by.single ? existing.issue_no : undefined);
  if (refusal !== null) return { verdict: 'refused', refusal };
  try {
    const billed = billableMonth(inputs);
    if (billed === null) return { verdict: 'nothing' };
    let made: InvoiceToIssue | null = null;
    const invoice = (): InvoiceToIssue => (made ??= invoiceToIssue(billed, by.position));
    return existing !== undefined && isUnchanged(existing, candidate.late, invoice())
      ? { verdict: 'stands', reason: 'unchanged' }
      : { verdict: 'issue', billed, invoice };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { verdict: 'not-billable', error };
  }
}

/** A tenant's month as an issue holds it. */
function invoiceToIssue(billed: BilledInvoice, position: number): InvoiceToIssue {
  const { tenant_id, period_start } = billed;
  const subject = { tenant_id, invoice_id: invoiceId(tenant_id, period_start) };
  const { tax, lines, ...figures } = billed;
  const parts = invoiceLinesInParts(
    subject,
    lines.map(({ line }) => line),
  );
  const content = {
    ...figures,
    ...subject,
    tax_name: tax.name,
    tax_rate: tax.rate,
    inputs_position: position,
    lines_hash: parts.hash,
    parts: parts.events.length,
    lines: parts.lines,
  };
  return { content, parts };
}

/** The command would come to the same, after two conflicts with what is on the streams already. */
function isUnchanged(existing: ExistingInvoice, late: boolean, { content }: InvoiceToIssue): boolean {
  return (
    !late &&
    existing.status !== 'void' &&
    existing.lines_hash === content.lines_hash &&
    notBilledText(existing) === notBilledText(content)
  );
}

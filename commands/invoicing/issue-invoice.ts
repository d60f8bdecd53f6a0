import { defineCommand, type Execution } from '../../src/ledger/command.ts';
import { canonicalJson } from '../../src/runtime/canonical-json.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { InvoiceEvent } from '../../src/events/invoicing.ts';
import { lastDay } from '../../src/pricing/calendar.ts';
import { dueOn } from '../../src/pricing/payment-terms.ts';
import { refuseCorrected } from './corrected-invoice.ts';
import { invoice, invoiceStream, type Invoice, type Issued } from './invoice.ts';

/** A billed month whose lines are stored, under the hash that names them. */
export interface IssueInvoice extends Omit<Issued, 'issue_no' | 'issued_at' | 'due_on' | 'replaces_void'> {
  /** Days to pay, from the day of the issue. */
  net_days: number;
  /** Replaces an issue of other content. */
  force: boolean;
  /** The `inputs_position` of an issue with late facts: it is replaced even where they change no line. */
  late_since?: number | undefined;
  /** The issue that was void when the inputs were read, and is to be replaced. */
  reissues_void?: number | undefined;
}

/**
 * Refuses a month that has not ended, with and without `force`: its last facts are yet to come.
 * @param period first day of the month
 */
export function refuseUnendedPeriod(period: string, { today }: Pick<Execution, 'today'>): Refusal | null {
  const end = lastDay(period);
  return today > end
    ? null
    : refuse(
        'period-not-ended',
        `${period.slice(0, 7)} has not ended: it can be invoiced from the day after ${end} on (UTC)`,
      );
}

/**
 * Why an invoice can't be issued again; null: it can. A paid one never can, nor one with credit or debit
 * notes, which a further correction brings up to date; a void one only where the input names it.
 */
export function refuseReissue(
  {
    invoice_id,
    status,
    period_start,
    issue_no,
    notes,
    allocated_cents = 0,
  }: Pick<Invoice, 'invoice_id' | 'period_start' | 'status' | 'issue_no'> & {
    /** How many credit and debit notes it has. */
    notes: number;
    /** What payments and credit notes have paid of it, where that is known. */
    allocated_cents?: number;
  },
  reissuesVoid?: number,
): Refusal | null {
  const period = period_start.slice(0, 7);
  const instead = 'correct it again instead of reissuing it';
  const corrected = refuseCorrected({ invoice_id, corrections: notes }, instead);
  if (status !== 'void' && corrected !== null) return corrected;
  if (status === 'issued' && allocated_cents > 0)
    return refuse('invoice-paid', `the invoice for ${period} has payments or credits: it is never reissued`, {
      extra: { invoice_id },
    });
  switch (status) {
    case 'issued':
      return null;
    case 'paid':
      return refuse('invoice-paid', `the invoice for ${period} is paid: it is never reissued`, {
        extra: { invoice_id },
      });
    case 'void':
      return reissuesVoid === issue_no
        ? null
        : refuse(
            'invoice-void',
            `the invoice for ${period} is void: it is issued anew by a forced rollup that names its tenant`,
            { extra: { invoice_id } },
          );
  }
}

/** What an issue says, whenever it is issued: all but its number, its dates and what it replaces. */
export type IssueContent = Omit<IssueInvoice, 'net_days' | 'force' | 'late_since' | 'reissues_void'>;

/** The usage that an issue does not bill, as one text to compare. */
export function notBilledText({
  unpriced,
  unbilled = [],
  unmetered = [],
}: Pick<IssueInvoice, 'unpriced' | 'unbilled' | 'unmetered'>): string {
  return canonicalJson({ unpriced, unbilled, unmetered });
}

/**
 * Whether the latest issue stays: it has the same lines (they hold every amount, price and tax) and the same
 * usage that is not billed, without late facts; or a run that overtook this one computed it from later facts.
 */
function stands(state: Invoice, input: IssueContent, lateSince: number | undefined): boolean {
  if (state.status === 'void') return false;
  const same = state.lines_hash === input.lines_hash && notBilledText(state) === notBilledText(input);
  return (same && state.inputs_position !== lateSince) || state.inputs_position > input.inputs_position;
}

/** How the issue that is replaced was void, where it was. */
function replacedVoid(state: Invoice | null): {
  replaces_void?: { voided_at: string; reason: string | null };
} {
  if (state === null || state.voided_at === null) return {};
  return { replaces_void: { voided_at: state.voided_at, reason: state.void_reason } };
}

/**
 * Issues a tenant's invoice for a month, once. With `force` other content replaces the issue, as the next
 * issue; so does the same content where it now takes in facts that came late. Otherwise the same content adds
 * nothing. A void issue is replaced, by any content, where the input names it.
 */
export const issueInvoice = defineCommand({
  name: 'issue-invoice',
  aggregate: invoice,
  stream: (input: IssueInvoice) => invoiceStream(input.invoice_id),
  assumesNew: true,
  decide(
    state,
    { net_days, force, late_since, reissues_void, ...content },
    _context: undefined,
    execution,
  ): InvoiceEvent[] | Refusal {
    const early = refuseUnendedPeriod(content.period_start, execution);
    if (early !== null) return early;
    if (state !== null && !force) return [];
    const refusal =
      state === null ? null : refuseReissue({ ...state, notes: state.corrections.length }, reissues_void);
    if (refusal !== null) return refusal;
    if (state !== null && stands(state, content, late_since)) return [];
    const issue_no = (state?.issue_no ?? 0) + 1;
    const dates = { issued_at: execution.now, due_on: dueOn(execution.today, net_days) };
    return [{ type: 'InvoiceIssued', data: { ...content, issue_no, ...dates, ...replacedVoid(state) } }];
  },
  result: (state) => state,
});

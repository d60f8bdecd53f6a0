import { z } from 'zod';
import { defineCommand } from '../../src/engine/command.ts';
import type { Execution } from '../../src/engine/command.ts';
import { canonicalJson } from '../../src/engine/parts.ts';
import { refuse } from '../../src/engine/refusal.ts';
import type { Refusal } from '../../src/engine/refusal.ts';
import { invoiceEvents } from '../../src/events/invoices.ts';
import type { InvoiceEvent } from '../../src/events/invoices.ts';
import { lastDay } from '../../src/pricing/calendar.ts';
import { invoice, invoiceStream } from './invoice.ts';
import type { Invoice } from './invoice.ts';

export const issueInvoiceInput = invoiceEvents.InvoiceIssued.omit({ issue_no: true, issued_at: true }).extend({
  /** Replaces an issue of other content. */
  force: z.boolean(),
  /** The `inputs_position` of the issue that facts came too late for: it is replaced even where they change no line. */
  late_since: z.int().optional(),
}).strict();

/** A billed month whose lines are stored, under the hash that names them. */
export type IssueInvoice = z.output<typeof issueInvoiceInput>;

/**
 * Refuses a month that has not ended: its last facts are yet to come, `force` or not.
 * @param period first day of the month
 */
export function unendedPeriod(period: string, { today }: Pick<Execution, 'today'>): Refusal | null {
  const end = lastDay(period);
  return today > end ? null : refuse('period-not-ended', `${period.slice(0, 7)} has not ended: it can be invoiced from the day after ${end} on (UTC)`);
}

/** Why an invoice can't be issued anew, or null. A paid or void one is what it is for good. */
export function settled({ invoice_id, status, period_start }: Pick<Invoice, 'invoice_id' | 'period_start' | 'status'>): Refusal | null {
  const period = period_start.slice(0, 7);
  switch (status) {
    case 'issued': return null;
    case 'paid': return refuse('invoice-paid', `the invoice for ${period} is paid: it is never reissued`, { extra: { invoice_id } });
    case 'void': return refuse('invoice-void', `the invoice for ${period} is void: the month is not billed again`, { extra: { invoice_id } });
  }
}

/**
 * Whether what stands is at least as good: the same lines (they hold every amount, price and tax) with no late facts
 * beside them, or lines computed from later facts, by a run that overtook this one.
 */
function stands(state: Invoice, input: Omit<IssueInvoice, 'force' | 'late_since'>, lateSince: number | undefined): boolean {
  const same = state.lines_hash === input.lines_hash && canonicalJson(state.unpriced) === canonicalJson(input.unpriced);
  return (same && state.inputs_position !== lateSince) || state.inputs_position > input.inputs_position;
}

/**
 * Issues a tenant's invoice for a month, once. With `force` other content replaces what was issued, as the next issue,
 * and so does the same content where it now takes in facts that came late; else the same content adds nothing.
 */
export const issueInvoice = defineCommand({
  name: 'issue-invoice',
  aggregate: invoice,
  stream: (input: IssueInvoice) => invoiceStream(input.invoice_id),
  assumesNew: true,
  decide(state, { force, late_since, ...content }, _context: undefined, execution): InvoiceEvent[] | Refusal {
    const early = unendedPeriod(content.period_start, execution);
    if (early !== null) return early;
    if (state !== null && !force) return [];
    const refusal = state === null ? null : settled(state);
    if (refusal !== null) return refusal;
    if (state !== null && stands(state, content, late_since)) return [];
    return [{ type: 'InvoiceIssued', data: { ...content, issue_no: (state?.issue_no ?? 0) + 1, issued_at: execution.now } }];
  },
  result: (state) => state,
});

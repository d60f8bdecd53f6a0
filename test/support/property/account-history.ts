/** Random lives of a tenant's account: issues, voids, notes and money, in any order, with lost races. */
import fc from 'fast-check';
import { invoiceId, invoiceStream } from '../../../commands/invoicing/invoice.ts';
import { account, accountStream, paymentId, type Account } from '../../../commands/receivables/account.ts';
import { recordPayment } from '../../../commands/receivables/record-payment.ts';
import { refundBalance } from '../../../commands/receivables/refund-balance.ts';
import { refundPayment } from '../../../commands/receivables/refund-payment.ts';
import { reversePayment } from '../../../commands/receivables/reverse-payment.ts';
import { setOpeningBalance } from '../../../commands/receivables/set-opening-balance.ts';
import { settleAccount } from '../../../commands/receivables/settle-account.ts';
import type { AccountContext } from '../../../commands/receivables/settlement.ts';
import { takeCreditNote } from '../../../commands/receivables/take-credit-note.ts';
import type { DecidedEvent, Execution } from '../../../src/ledger/command.ts';
import { isRefusal, type Refusal } from '../../../src/ledger/refusal.ts';
import { addDays, addMonths, dayOf, lastDay } from '../../../src/pricing/calendar.ts';
import { owedChanges, type OwedFacts, type OwedNote } from '../../../src/pricing/owed.ts';
import type { AccountEvent } from '../../../src/events/receivables.ts';
import { execution } from '../commands/command-spec.ts';

const firstDay = '2026-03-01';

/** One thing that happens, so many days after the one before. */
export type Act = { after: number; stale: boolean } & (
  | { type: 'issue' | 'debit' | 'credit'; invoice: number; cents: number }
  | { type: 'void'; invoice: number }
  | { type: 'pay'; cents: number; back: number; named: number | null }
  | { type: 'refund' | 'refund-balance'; payment: number; cents: number }
  | { type: 'reverse'; payment: number }
  | { type: 'opening'; cents: number; back: number }
  | { type: 'settle' }
);

const cents = fc.integer({ min: 1, max: 300 });
const invoice = fc.integer({ min: 0, max: 3 });
const payment = fc.integer({ min: 0, max: 5 });
const times = { after: fc.integer({ min: 0, max: 20 }), stale: fc.boolean() };
const back = fc.integer({ min: 0, max: 60 });
const kind = <Type extends string>(type: Type) => fc.constant(type);

/** Acts of one tenant. */
export const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ type: kind('issue'), invoice, cents: fc.nat(300), ...times }) },
    { weight: 2, arbitrary: fc.record({ type: kind('debit'), invoice, cents, ...times }) },
    { weight: 2, arbitrary: fc.record({ type: kind('credit'), invoice, cents, ...times }) },
    { weight: 2, arbitrary: fc.record({ type: kind('void'), invoice, ...times }) },
    {
      weight: 6,
      arbitrary: fc.record({ type: kind('pay'), cents, back, named: fc.option(invoice), ...times }),
    },
    { weight: 2, arbitrary: fc.record({ type: kind('refund'), payment, cents, ...times }) },
    { weight: 1, arbitrary: fc.record({ type: kind('refund-balance'), payment, cents, ...times }) },
    { weight: 2, arbitrary: fc.record({ type: kind('reverse'), payment, ...times }) },
    {
      weight: 1,
      arbitrary: fc.record({
        type: kind('opening'),
        cents: fc.integer({ min: -200, max: 200 }),
        back,
        ...times,
      }),
    },
    { weight: 2, arbitrary: fc.record({ type: kind('settle'), ...times }) },
  ),
  { minLength: 3, maxLength: 25 },
);

/** An event with its stream and the instant of its recording. */
export interface HistoryEvent {
  stream: string;
  event: DecidedEvent;
  at: string;
}

interface Issued extends OwedFacts {
  issues: {
    issue_no: number;
    issued_at: string;
    total_cents: number;
    due_on: string;
    voided_at: string | null;
  }[];
  debit_notes: OwedNote[];
  credited: number;
  corrections: number;
}

/** A tenant's account as its acts make it. */
export class AccountHistory {
  readonly events: HistoryEvent[] = [];
  readonly invoices = new Map<number, Issued>();
  readonly notes: { id: string; invoice_id: string; cents: number; on: string }[] = [];
  state: Account = account.initialState;
  day = firstDay;
  readonly #tenant: string;
  #context: AccountContext = { invoices: [], is_known: true };
  #before: AccountContext = this.#context;
  #seconds = 0;

  constructor(tenant: string) {
    this.#tenant = tenant;
  }

  get id(): (no: number) => string {
    return (no) => invoiceId(this.#tenant, addMonths('2025-01-01', no));
  }

  #now(): string {
    const seconds = String((this.#seconds += 1)).padStart(2, '0');
    return `${this.day}T08:00:${seconds}.000Z`;
  }

  #at(now: string): Execution {
    return execution({ now, commandId: `${this.#tenant}-${this.events.length}` });
  }

  #refresh(): void {
    this.#before = this.#context;
    this.#context = {
      is_known: true,
      invoices: [...this.invoices].map(([no, facts]) => {
        const last = facts.issues.at(-1);
        return {
          invoice_id: this.id(no),
          currency: 'AUD',
          is_void: last?.voided_at !== null,
          due_on: last?.due_on ?? firstDay,
          position: no,
          owed: owedChanges(facts),
        };
      }),
    };
  }

  #account(decision: readonly AccountEvent[] | Refusal, at: string): void {
    if (isRefusal(decision)) return;
    for (const event of decision) {
      this.state = account.evolve(this.state, event);
      this.events.push({ stream: accountStream(this.#tenant), event, at });
    }
  }

  #record(no: number, event: DecidedEvent, at: string): void {
    this.events.push({ stream: invoiceStream(this.id(no)), event, at });
    this.#refresh();
  }

  /** Brings the account into order, as the settlement does after each change. */
  settle(): void {
    const at = this.#now();
    const tenant_id = this.#tenant;
    for (const { id: correction_id, invoice_id, cents: amount_cents, on } of this.notes) {
      const note = { tenant_id, correction_id, invoice_id, amount_cents, on };
      this.#account(takeCreditNote.decide(this.state, note, this.#context, this.#at(at)), at);
    }
    this.#account(settleAccount.decide(this.state, { tenant_id }, this.#context, this.#at(at)), at);
  }

  #issue(no: number, total_cents: number, at: string): void {
    const facts = this.invoices.get(no) ?? {
      issues: [],
      debit_notes: [],
      paid_whole_at: null,
      credited: 0,
      corrections: 0,
    };
    const last = facts.issues.at(-1);
    // A corrected invoice is never issued anew.
    if (last !== undefined && facts.corrections > 0) return;
    const issue_no = facts.issues.length + 1;
    const due_on = addDays(this.day, 14);
    facts.issues.push({ issue_no, issued_at: at, total_cents, due_on, voided_at: null });
    this.invoices.set(no, facts);
    const period_start = addMonths('2025-01-01', no);
    const data = {
      invoice_id: this.id(no),
      tenant_id: this.#tenant,
      period_start,
      period_end: lastDay(period_start),
      currency: 'AUD',
      issue_no,
      subtotal_cents: total_cents,
      tax_cents: 0,
      total_cents,
      tax_name: 'GST',
      tax_rate: '0.10',
      inputs_position: 1,
      lines_hash: 'h',
      parts: 0,
      lines: 0,
      unpriced: [],
      issued_at: at,
      due_on,
      ...(last?.voided_at ? { replaces_void: { voided_at: last.voided_at, reason: null } } : {}),
    };
    this.#record(no, { type: 'InvoiceIssued', data }, at);
  }

  #void(no: number, at: string): void {
    const facts = this.invoices.get(no);
    const last = facts?.issues.at(-1);
    if (facts === undefined || last === undefined || last.voided_at !== null || facts.corrections > 0) return;
    last.voided_at = at;
    const data = { invoice_id: this.id(no), tenant_id: this.#tenant, reason: null, voided_at: at };
    this.#record(no, { type: 'InvoiceVoided', data }, at);
  }

  #correct(no: number, amount: number, note: 'debit_note' | 'credit_note', at: string): void {
    const facts = this.invoices.get(no);
    const last = facts?.issues.at(-1);
    if (facts === undefined || last === undefined || last.voided_at !== null) return;
    const debits = facts.debit_notes.reduce((sum, one) => sum + one.total_cents, 0);
    const credit = Math.min(amount, last.total_cents + debits - facts.credited);
    const total = note === 'debit_note' ? amount : -credit;
    if (total === 0) return;
    const correction_no = (facts.corrections += 1);
    const id = `${this.id(no)}-c${correction_no}`;
    const { issue_no } = last;
    const due_on = addDays(this.day, 14);
    if (note === 'debit_note')
      facts.debit_notes.push({ issue_no, issued_at: at, total_cents: total, due_on });
    else {
      facts.credited += credit;
      this.notes.push({ id, invoice_id: this.id(no), cents: credit, on: this.day });
    }
    const data = {
      correction_id: id,
      invoice_id: this.id(no),
      tenant_id: this.#tenant,
      correction_no,
      kind: note,
      purpose: 'correction',
      issue_no,
      subtotal_cents: total,
      tax_cents: 0,
      total_cents: total,
      tax_name: 'GST',
      tax_rate: '0.10',
      not_billed: { unpriced: [], unbilled: [], unmetered: [] },
      inputs_position: 1,
      lines_hash: 'c',
      parts: 0,
      lines: 0,
      reason: 'late',
      issued_at: at,
      due_on,
    };
    this.#record(no, { type: 'CorrectionIssued', data }, at);
  }

  #payment(no: number): string {
    return paymentId(this.#tenant, 'transfer', String(no));
  }

  /** Does one act; what is refused changes nothing. */
  act(act: Act): void {
    if (act.after > 0) this.#seconds = 0;
    this.day = addDays(this.day, act.after);
    const at = this.#now();
    const context = act.stale ? this.#before : this.#context;
    const tenant_id = this.#tenant;
    const run = this.#at(at);
    switch (act.type) {
      case 'issue':
        return this.#issue(act.invoice, act.cents, at);
      case 'void':
        return this.#void(act.invoice, at);
      case 'debit':
        return this.#correct(act.invoice, act.cents, 'debit_note', at);
      case 'credit':
        return this.#correct(act.invoice, act.cents, 'credit_note', at);
      case 'pay': {
        const reference = this.state.sources.filter(({ kind: of }) => of === 'payment').length;
        const input = {
          payment_id: this.#payment(reference),
          tenant_id,
          amount_cents: act.cents,
          received_on: addDays(this.day, -act.back),
          method: 'transfer',
          reference: `sealed:${reference}`,
          invoice_id: act.named === null ? null : this.id(act.named),
        };
        return this.#account(recordPayment.decide(this.state, input, context, run), at);
      }
      case 'refund': {
        const input = {
          payment_id: this.#payment(act.payment),
          tenant_id,
          amount_cents: act.cents,
          reason: 'r',
        };
        return this.#account(refundPayment.decide(this.state, input, context, run), at);
      }
      case 'refund-balance': {
        const input = { tenant_id, amount_cents: act.cents, reason: 'r' };
        return this.#account(refundBalance.decide(this.state, input, context, run), at);
      }
      case 'reverse': {
        const input = { payment_id: this.#payment(act.payment), tenant_id, reason: 'r' };
        return this.#account(reversePayment.decide(this.state, input, context, run), at);
      }
      case 'opening': {
        const input = { tenant_id, amount_cents: act.cents, on: addDays(this.day, -act.back) };
        return this.#account(setOpeningBalance.decide(this.state, input, context, run), at);
      }
      case 'settle':
        return this.settle();
    }
  }

  /** Every day on which something changes, and the days before the first and after the last. */
  days(): string[] {
    const { sources, allocations, opening } = this.state;
    const changes = [
      ...sources.flatMap(({ on, refunds, reversal }) => [on, reversal?.on, ...refunds.map((one) => one.on)]),
      ...allocations.map(({ on }) => on),
      ...this.events.map(({ at }) => dayOf(at)),
      opening?.on,
    ];
    const days = [...new Set(changes.filter((day) => day !== undefined))].sort();
    return [addDays(firstDay, -61), ...days, addDays(this.day, 1)];
  }
}

/** What is open on a day, by target, and what is over, from invoices and allocations alone. */
export function openOn(
  { invoices, id, state }: AccountHistory,
  day: string,
): { open: Map<string, number>; balance: number } {
  const open = new Map<string, number>();
  const add = (target: string, amount: number): void =>
    void open.set(target, (open.get(target) ?? 0) + amount);
  for (const [no, { issues, debit_notes }] of invoices) {
    const issue = issues.findLast(({ issued_at }) => dayOf(issued_at) <= day);
    if (issue === undefined) continue;
    const isVoid = issue.voided_at !== null && dayOf(issue.voided_at) <= day;
    const notes = debit_notes.filter(
      (note) => note.issue_no === issue.issue_no && dayOf(note.issued_at) <= day,
    );
    add(id(no), isVoid ? 0 : notes.reduce((sum, note) => sum + note.total_cents, issue.total_cents));
  }
  const { opening } = state;
  if (opening !== null && opening.amount_cents > 0 && opening.on <= day)
    add(opening.id, opening.amount_cents);
  let balance = 0;
  for (const { on, amount_cents, refunds, reversal } of state.sources) {
    if (on <= day) balance += amount_cents;
    for (const refund of refunds) if (refund.on <= day) balance -= refund.amount_cents;
    if (reversal !== null && reversal.on <= day) balance -= amount_cents;
  }
  for (const { target_id, amount_cents, on } of state.allocations) {
    if (on > day) continue;
    add(target_id, -amount_cents);
    balance -= amount_cents;
  }
  return { open, balance };
}

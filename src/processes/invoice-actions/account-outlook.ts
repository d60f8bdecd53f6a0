/** What an event of a tenant's account would make of an invoice and of the balance; nothing is recorded. */
import { account, accountStream, type Account } from '../../../commands/receivables/account.ts';
import { settleAccount } from '../../../commands/receivables/settle-account.ts';
import type { AccountContext } from '../../../commands/receivables/settlement.ts';
import { takeCreditNote } from '../../../commands/receivables/take-credit-note.ts';
import { loadAccountContext } from '../../../projections/receivables/account-context.ts';
import type { InvoiceRow } from '../../../projections/invoicing/invoice-queries.ts';
import type { AccountEvent } from '../../events/receivables.ts';
import { defaultLimits, type Execution } from '../../ledger/command.ts';
import { foldStream } from '../../ledger/fold-stream.ts';
import type { CommandMeta, Ledger } from '../../ledger/ledger.ts';
import { isRefusal, Refused, type Refusal } from '../../ledger/refusal.ts';
import { dayOf } from '../../pricing/calendar.ts';
import { invoiceFigures, type InvoiceFigures } from '../../pricing/invoice-figures.ts';

/** How an invoice and the account of its tenant stand. */
export type InvoiceStanding = Pick<
  InvoiceFigures,
  'status' | 'paid_cents' | 'credited_cents' | 'open_cents'
> & {
  /** What the tenant has over. */
  balance_cents: number;
};

/** What an action would make of them. */
export interface AccountOutlook {
  after: InvoiceStanding;
  /** What it pays of other invoices; negative: they are open again. */
  others: { target_id: string; amount_cents: number }[];
}

/** A note that would be issued. */
interface ForeseenNote {
  correction_id: string;
  /** Negative for a credit note. */
  total_cents: number;
  due_on: string;
}

/** A tenant's account as it is now, to decide from without recording anything. */
export class AccountNow {
  readonly #invoice: InvoiceRow;
  readonly #state: Account;
  readonly #context: AccountContext;
  readonly #execution: Execution;

  private constructor(invoice: InvoiceRow, state: Account, context: AccountContext, execution: Execution) {
    this.#invoice = invoice;
    this.#state = state;
    this.#context = context;
    this.#execution = execution;
  }

  /** The account of an invoice's tenant. */
  static async load(ledger: Ledger, invoice: InvoiceRow, { actor, commandId }: CommandMeta) {
    const { tenant_id } = invoice;
    const [events, context] = await Promise.all([
      ledger.events(accountStream(tenant_id)),
      ledger.readLatest((db) => loadAccountContext(db, { tenant_id })),
    ]);
    const now = ledger.now();
    const execution = { now, today: dayOf(now), actor, commandId, currency: ledger.currency };
    const state = foldStream(account, events);
    return new AccountNow(invoice, state, context, { ...execution, limits: defaultLimits });
  }

  /** How it stands. */
  get now(): InvoiceStanding {
    return this.#standing(this.#invoice, this.#state.balance_cents);
  }

  /**
   * What a command of the account would make of it.
   * @throws {Refused} as the command does
   */
  after(
    decide: (state: Account, context: AccountContext, execution: Execution) => AccountEvent[] | Refusal,
  ): AccountOutlook {
    return this.#outlook(this.#decided(this.#state, this.#context, decide), this.#invoice);
  }

  /** What notes would make of it, once the account has taken them in. */
  afterNotes(notes: readonly ForeseenNote[]): AccountOutlook {
    const { id: invoice_id, tenant_id } = this.#invoice;
    const { today } = this.#execution;
    const debits = notes.filter(({ total_cents }) => total_cents > 0);
    const context = this.#owing(debits.map(({ total_cents: cents }) => ({ on: today, cents })));
    const events: AccountEvent[] = [];
    const run = (decide: Parameters<AccountNow['after']>[0]): void => {
      const state = events.reduce((folded, event) => account.evolve(folded, event), this.#state);
      events.push(...this.#decided(state, context, decide));
    };
    for (const { correction_id, total_cents } of notes) {
      if (total_cents >= 0) continue;
      const note = { tenant_id, correction_id, invoice_id, amount_cents: -total_cents, on: today };
      run((state, within, execution) => takeCreditNote.decide(state, note, within, execution));
    }
    run((state, within, execution) => settleAccount.decide(state, { tenant_id }, within, execution));
    return this.#outlook(events, {
      ...this.#invoice,
      debit_notes: [...this.#invoice.debit_notes, ...debits],
    });
  }

  /** What a new issue that comes to so much would make of it. */
  afterIssue(total_cents: number, due_on: string): AccountOutlook {
    const { status, tenant_id, total_cents: before } = this.#invoice;
    const cents = total_cents - (status === 'void' ? 0 : before);
    const context = this.#owing([{ on: this.#execution.today, cents }]);
    const events = this.#decided(this.#state, context, (state, within, execution) =>
      settleAccount.decide(state, { tenant_id }, within, execution),
    );
    const issued = { status: 'issued', total_cents, due_on, debit_notes: [] };
    return this.#outlook(events, { ...this.#invoice, ...issued });
  }

  /** What voiding the invoice makes of it: it has no payment then. */
  afterVoid(): AccountOutlook {
    return this.#outlook([], { ...this.#invoice, status: 'void' });
  }

  /** The account's context with the invoice owing more. */
  #owing(more: readonly { on: string; cents: number }[]): AccountContext {
    const invoices = this.#context.invoices.map((target) =>
      target.invoice_id === this.#invoice.id
        ? { ...target, is_void: false, owed: [...target.owed, ...more] }
        : target,
    );
    return { ...this.#context, invoices };
  }

  #decided(
    state: Account,
    context: AccountContext,
    decide: Parameters<AccountNow['after']>[0],
  ): AccountEvent[] {
    const decision = decide(state, context, this.#execution);
    if (isRefusal(decision)) throw new Refused(decision);
    return decision;
  }

  #outlook(events: readonly AccountEvent[], invoice: InvoiceRow): AccountOutlook {
    const own = events
      .flatMap(({ data }) => data.targets)
      .findLast(({ target_id }) => target_id === invoice.id);
    const { paid_cents: allocated_cents, credited_cents } = own ?? {
      paid_cents: invoice.allocated_cents,
      credited_cents: invoice.credited_cents,
    };
    const others = new Map<string, number>();
    for (const { target_id, amount_cents } of events.flatMap(({ data }) => data.allocations))
      if (target_id !== invoice.id) others.set(target_id, (others.get(target_id) ?? 0) + amount_cents);
    const balance = events.at(-1)?.data.balance_cents ?? this.#state.balance_cents;
    return {
      after: this.#standing({ ...invoice, allocated_cents, credited_cents }, balance),
      others: [...others]
        .filter(([, amount_cents]) => amount_cents !== 0)
        .map(([target_id, amount_cents]) => ({ target_id, amount_cents })),
    };
  }

  #standing(invoice: InvoiceRow, balance_cents: number): InvoiceStanding {
    const issued_at = invoice.issued_at ?? this.#execution.now;
    const { status, paid_cents, credited_cents, open_cents } = invoiceFigures(
      { ...invoice, issued_at },
      this.#execution.today,
    );
    return { status, paid_cents, credited_cents, open_cents, balance_cents };
  }
}

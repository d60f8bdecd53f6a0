import type { AccountEvent, Allocation } from '../../src/events/receivables.ts';
import { addCents, sumCents } from '../../src/pricing/money.ts';
import { Timeline, type DatedCents } from '../../src/pricing/owed.ts';
import type { Account, Source } from './account.ts';

/** An invoice that can be paid, as read models have it. */
export interface InvoiceTarget {
  invoice_id: string;
  currency: string;
  is_void: boolean;
  due_on: string;
  /** Journal position of its first issue. */
  position: number;
  /** How what is owed for it changed. */
  owed: readonly DatedCents[];
}

/** What account commands read beside the account: all invoices of the tenant. */
export interface AccountContext {
  invoices: readonly InvoiceTarget[];
  /** Whether the tenant has a profile, a deployment or an invoice. */
  is_known: boolean;
}

interface Target {
  id: string;
  due_on: string;
  position: number;
  is_payable: boolean;
  /** What is owed and not paid. */
  open: Timeline;
}

interface OpenSource {
  id: string;
  kind: Source['kind'];
  on: string;
  /** What of it pays nothing. */
  free: Timeline;
}

/** What every event of the account says beside its own facts. */
export type Settled = Pick<
  Extract<AccountEvent, { type: 'AccountSettled' }>['data'],
  'allocations' | 'targets' | 'balance_cents'
>;

/** The later of two days: a clock that is behind takes nothing out before it came in. */
export const laterDay = (a: string, b: string): string => (a > b ? a : b);

const byDue = (a: Target, b: Target): number =>
  a.due_on < b.due_on ? -1 : a.due_on > b.due_on ? 1 : a.position - b.position;

function targetsOf({ opening }: Account, { invoices }: AccountContext, currency: string): Target[] {
  const opened: Target[] =
    opening === null || opening.amount_cents <= 0
      ? []
      : [
          {
            id: opening.id,
            due_on: opening.on,
            position: 0,
            is_payable: true,
            open: new Timeline([{ on: opening.on, cents: opening.amount_cents }]),
          },
        ];
  const issued = invoices.map((invoice): Target => ({
    id: invoice.invoice_id,
    due_on: invoice.due_on,
    position: invoice.position,
    is_payable: invoice.currency === currency,
    open: new Timeline(invoice.owed),
  }));
  return [...opened, ...issued].sort(byDue);
}

function openSource(source: Source): OpenSource {
  const { id, kind, on, amount_cents, refunds, reversal } = source;
  const free = new Timeline([{ on, cents: amount_cents }]);
  for (const refund of refunds) free.add(refund.on, -refund.amount_cents);
  if (reversal !== null)
    free.add(reversal.on, -sumCents([amount_cents, ...refunds.map((refund) => -refund.amount_cents)]));
  return { id, kind, on, free };
}

/**
 * An account while a command decides: it moves money between sources and targets, and says at the end what
 * it changed. Every change counts from a day on which, and after which, its source has the money and its
 * target is open: the account is right on every past day too.
 */
export class Settlement {
  readonly #targets: Target[];
  readonly #sources: OpenSource[];
  readonly #before: readonly Allocation[];
  readonly #changes: Allocation[] = [];

  /** @param currency of the ledger: invoices in another are not paid */
  constructor(state: Account, context: AccountContext, currency: string) {
    this.#targets = targetsOf(state, context, currency);
    this.#sources = state.sources.map(openSource);
    this.#before = state.allocations;
    for (const allocation of state.allocations) this.#apply(allocation);
  }

  #apply({ source_id, target_id, amount_cents, on }: Allocation): void {
    this.#source(source_id)?.free.add(on, -amount_cents);
    this.#target(target_id)?.open.add(on, -amount_cents);
  }

  #change(allocation: Allocation): void {
    if (allocation.amount_cents === 0) return;
    this.#changes.push(allocation);
    this.#apply(allocation);
  }

  #source(id: string): OpenSource | undefined {
    return this.#sources.find((source) => source.id === id);
  }

  #target(id: string): Target | undefined {
    return this.#targets.find((target) => target.id === id);
  }

  /** Adds a source: what a command takes in. */
  take(source: Source): void {
    this.#sources.push(openSource(source));
  }

  /** Adds a target: an opening balance that is owed. */
  owe(id: string, on: string, cents: number): void {
    const open = new Timeline([{ on, cents }]);
    this.#targets.push({ id, due_on: on, position: 0, is_payable: true, open });
    this.#targets.sort(byDue);
  }

  /** Takes money out of a source on a day: a refund. */
  withdraw(sourceId: string, cents: number, on: string): void {
    this.#source(sourceId)?.free.add(on, -cents);
  }

  /** What is open of a target. Of one that is over-paid, below zero. */
  openOf(targetId: string): number {
    return this.#target(targetId)?.open.last() ?? 0;
  }

  /** What of a source pays nothing. */
  freeOf(sourceId: string): number {
    return this.#source(sourceId)?.free.last() ?? 0;
  }

  /** Pays as much as can be of a target from a source. */
  pay(sourceId: string, targetId: string): void {
    const source = this.#source(sourceId);
    const target = this.#target(targetId);
    if (source === undefined || target?.is_payable !== true) return;
    if (source.free.last() <= 0 || target.open.last() <= 0) return;
    for (const on of [...new Set([...source.free.days(), ...target.open.days()])].sort()) {
      const cents = Math.min(source.free.leastFrom(on), target.open.leastFrom(on));
      if (cents > 0) this.#change({ source_id: sourceId, target_id: targetId, amount_cents: cents, on });
    }
  }

  /** What a source pays of a target, over time. */
  #paid(sourceId: string, targetId: string): Timeline {
    const pair = this.#all().filter(
      ({ source_id, target_id }) => source_id === sourceId && target_id === targetId,
    );
    return new Timeline(pair.map(({ on, amount_cents: cents }) => ({ on, cents })));
  }

  #all(): Allocation[] {
    return [...this.#before, ...this.#changes];
  }

  /**
   * Releases money that a source pays, the newest allocations first.
   * @param today the day on which it is released; later where an allocation counts from later
   */
  releaseFrom(sourceId: string, cents: number, today: string): void {
    let left = cents;
    for (const { source_id, target_id, amount_cents, on: from } of this.#all().reverse()) {
      if (left <= 0 || source_id !== sourceId || amount_cents <= 0) continue;
      const on = from > today ? from : today;
      const released = Math.min(left, amount_cents, this.#paid(sourceId, target_id).leastFrom(on));
      if (released <= 0) continue;
      this.#change({ source_id, target_id, amount_cents: -released, on });
      left -= released;
    }
  }

  /** Releases what a target no longer takes: a void invoice, or one that is owed less. */
  #releaseOver(target: Target): void {
    for (let over = target.open.firstBelowZero(); over !== null; over = target.open.firstBelowZero()) {
      let left = over.cents;
      for (const source_id of this.#payersOf(target.id)) {
        const pair = this.#paid(source_id, target.id);
        const released = Math.min(left, pair.on(over.on));
        if (released <= 0) continue;
        const allocation = { source_id, target_id: target.id };
        this.#change({ ...allocation, amount_cents: -released, on: over.on });
        pair.add(over.on, -released);
        left -= released;
        // What was released later already is not released twice.
        for (let twice = pair.firstBelowZero(); twice !== null; twice = pair.firstBelowZero()) {
          this.#change({ ...allocation, amount_cents: twice.cents, on: twice.on });
          pair.add(twice.on, twice.cents);
        }
      }
      if (left === over.cents) return;
    }
  }

  /** Sources that ever paid a target: the newest allocation first, credit notes last. */
  #payersOf(targetId: string): string[] {
    const payers = [
      ...new Set(
        this.#all()
          .reverse()
          .filter(({ target_id }) => target_id === targetId)
          .map(({ source_id }) => source_id),
      ),
    ];
    const isCredit = (id: string): boolean => this.#source(id)?.kind === 'credit_note';
    return [...payers.filter((id) => !isCredit(id)), ...payers.filter(isCredit)];
  }

  /** Releases what is over, and pays what is open from the balance: the oldest first, both ways. */
  settle(): void {
    for (const target of this.#targets) this.#releaseOver(target);
    const free = this.#sources
      .filter((source) => source.free.last() > 0)
      .sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));
    for (const target of this.#targets) for (const source of free) this.pay(source.id, target.id);
  }

  /** Sources with money that pays nothing, the oldest first. */
  free(): { source_id: string; amount_cents: number }[] {
    return this.#sources
      .map(({ id, on, free }) => ({ source_id: id, on, amount_cents: free.last() }))
      .filter(({ amount_cents }) => amount_cents > 0)
      .sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0))
      .map(({ source_id, amount_cents }) => ({ source_id, amount_cents }));
  }

  /** What was changed, for the event. */
  result(): Settled {
    const changes = merged(this.#changes);
    const touched = [...new Set(changes.map(({ target_id }) => target_id))];
    const kinds = new Map(this.#sources.map(({ id, kind }) => [id, kind]));
    const targets = touched.map((target_id) => {
      const figures = { target_id, paid_cents: 0, credited_cents: 0 };
      for (const allocation of this.#all()) {
        if (allocation.target_id !== target_id) continue;
        if (kinds.get(allocation.source_id) === 'credit_note')
          figures.credited_cents = addCents(figures.credited_cents, allocation.amount_cents);
        else figures.paid_cents = addCents(figures.paid_cents, allocation.amount_cents);
      }
      return figures;
    });
    const balance_cents = sumCents(this.#sources.map(({ free }) => free.last()));
    return { allocations: changes, targets, balance_cents };
  }
}

/** Changes of one source, target and day as one; those that come to nothing are left out. */
function merged(changes: readonly Allocation[]): Allocation[] {
  const sums = new Map<string, Allocation>();
  for (const change of changes) {
    const key = JSON.stringify([change.source_id, change.target_id, change.on]);
    const known = sums.get(key);
    const amount_cents = addCents(known?.amount_cents ?? 0, change.amount_cents);
    sums.set(key, { ...change, amount_cents });
  }
  return [...sums.values()].filter(({ amount_cents }) => amount_cents !== 0);
}

import type { Aggregate } from '../../src/ledger/command.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import type { AccountEvent, Allocation } from '../../src/events/receivables.ts';
import { addCents, totalOf } from '../../src/pricing/money.ts';

/** The stream of a tenant's account. */
export const accountStream = (tenantId: string): string => `account-${idFrom('account', tenantId)}`;

/** The id of a payment. The same method and reference are the same payment. */
export const paymentId = (tenantId: string, method: string, reference: string): string =>
  idFrom('payment', tenantId, method, reference);

/** The id of a tenant's opening balance: there is one. */
export const openingId = (tenantId: string): string => idFrom('opening-balance', tenantId);

/** A payment as it was received. */
export type Payment = Omit<
  Extract<AccountEvent, { type: 'PaymentReceived' }>['data'],
  'allocations' | 'targets' | 'balance_cents'
>;

/** Money that came in, or was credited, and pays something. */
export interface Source {
  id: string;
  kind: 'payment' | 'credit_note' | 'opening_credit';
  /** The day from which it counts. */
  on: string;
  amount_cents: number;
  /** What was taken out of it again, in order. */
  refunds: readonly { refund_id: string; amount_cents: number; reason: string; on: string }[];
  /** The payment never arrived: it counts for nothing from that day on. */
  reversal: { reason: string; on: string } | null;
  payment: Payment | null;
}

/** A tenant's account: where money came from, and what it pays. */
export interface Account {
  /** In the order of their recording. */
  sources: readonly Source[];
  /** What a business that moved in was owed (positive) or owed its customer (negative). */
  opening: { id: string; amount_cents: number; on: string } | null;
  /** Every change of what pays what, in the order of their recording. */
  allocations: readonly Allocation[];
  /** What is left of all sources. */
  balance_cents: number;
}

export const emptyAccount: Account = { sources: [], opening: null, allocations: [], balance_cents: 0 };

const withSource = (state: Account, source: Source): Account => ({
  ...state,
  sources: [...state.sources, source],
});

const changed = (state: Account, id: string, change: (source: Source) => Source): Account => ({
  ...state,
  sources: state.sources.map((source) => (source.id === id ? change(source) : source)),
});

const unspent = { refunds: [], reversal: null };

/** What an event changes beside its allocations. */
function evolveSources(state: Account, event: AccountEvent): Account {
  switch (event.type) {
    case 'PaymentReceived': {
      const {
        allocations: _allocations,
        targets: _targets,
        balance_cents: _balance,
        ...payment
      } = event.data;
      const { payment_id: id, received_on: on, amount_cents } = payment;
      return withSource(state, { id, kind: 'payment', on, amount_cents, ...unspent, payment });
    }
    case 'PaymentRefunded': {
      const { payment_id, refund_id, amount_cents, reason, refunded_on: on } = event.data;
      return changed(state, payment_id, (source) => ({
        ...source,
        refunds: [...source.refunds, { refund_id, amount_cents, reason, on }],
      }));
    }
    case 'BalanceRefunded': {
      const { refund_id, reason, refunded_on: on, sources } = event.data;
      return sources.reduce(
        (folded, { source_id, amount_cents }) =>
          changed(folded, source_id, (source) => ({
            ...source,
            refunds: [...source.refunds, { refund_id, amount_cents, reason, on }],
          })),
        state,
      );
    }
    case 'PaymentReversed': {
      const { payment_id, reason, reversed_on: on } = event.data;
      return changed(state, payment_id, (source) => ({ ...source, reversal: { reason, on } }));
    }
    case 'CreditNoteTaken': {
      const { correction_id: id, amount_cents, on } = event.data;
      return withSource(state, { id, kind: 'credit_note', on, amount_cents, ...unspent, payment: null });
    }
    case 'AccountSettled':
      return state;
    case 'OpeningBalanceSet': {
      const { opening_id: id, amount_cents, on } = event.data;
      const opened = { ...state, opening: { id, amount_cents, on } };
      if (amount_cents >= 0) return opened;
      const credit = { id, on, amount_cents: -amount_cents, ...unspent, payment: null };
      return withSource(opened, { ...credit, kind: 'opening_credit' });
    }
  }
}

export const account: Aggregate<Account, AccountEvent> = {
  name: 'account',
  initialState: emptyAccount,
  evolve(state, event): Account {
    const { allocations, balance_cents } = event.data;
    return {
      ...evolveSources(state, event),
      allocations: [...state.allocations, ...allocations],
      balance_cents,
    };
  },
};

/** What was paid back of a source. */
export const refundedOf = ({ refunds }: Pick<Source, 'refunds'>): number => totalOf(refunds);

/** What is left of a source once refunds and a reversal are taken out. It may pay something. */
export function leftOf(source: Source): number {
  return source.reversal === null ? source.amount_cents - refundedOf(source) : 0;
}

/** A payment as a command answers it. The reference is not in it: it is personal. */
export interface PaymentState {
  id: string;
  tenant_id: string;
  amount_cents: number;
  currency: string;
  received_on: string;
  method: string;
  invoice_id: string | null;
  refunded_cents: number;
  reversed_on: string | null;
  /** What it pays now. */
  allocations: { target_id: string; amount_cents: number }[];
  /** What of it pays nothing: its part of the balance. */
  unallocated_cents: number;
}

/** What a source pays now, by target, in the order in which it first paid them. */
export function allocationsOf(
  state: Account,
  sourceId: string,
): { target_id: string; amount_cents: number }[] {
  const sums = new Map<string, number>();
  for (const { source_id, target_id, amount_cents } of state.allocations)
    if (source_id === sourceId) sums.set(target_id, addCents(sums.get(target_id) ?? 0, amount_cents));
  return [...sums]
    .map(([target_id, amount_cents]) => ({ target_id, amount_cents }))
    .filter(({ amount_cents }) => amount_cents !== 0);
}

/** A payment of the account; null: there is none. */
export function paymentOf(state: Account, id: string): PaymentState | null {
  const source = state.sources.find((one) => one.id === id);
  if (source === undefined || source.payment === null) return null;
  const { tenant_id, amount_cents, currency, received_on, method, invoice_id } = source.payment;
  const allocations = allocationsOf(state, id);
  return {
    id,
    tenant_id,
    amount_cents,
    currency,
    received_on,
    method,
    invoice_id,
    refunded_cents: refundedOf(source),
    reversed_on: source.reversal?.on ?? null,
    allocations,
    unallocated_cents: leftOf(source) - totalOf(allocations),
  };
}

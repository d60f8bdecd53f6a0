import { defineProjection, patch, upsert, type RowOp } from '../../src/read-models/projection.ts';
import type { Recorded } from '../../src/events/define.ts';
import type { AccountEvent } from '../../src/events/receivables.ts';
import {
  accountEntries,
  accounts,
  accountTargets,
  allocations,
  payments,
  receivablesModel,
} from './tables.ts';

type AccountRecorded = Recorded<AccountEvent>;

/** What every event of an account changes: what pays what, and what is over. */
function settledRows({ position, data, metadata: { recorded_at } }: AccountRecorded): RowOp[] {
  const { tenant_id, balance_cents } = data;
  return [
    upsert(accounts, { tenant_id, balance_cents }),
    ...data.allocations.map(({ on: counts_on, ...allocation }, index) =>
      upsert(allocations, {
        position,
        allocation_no: index + 1,
        tenant_id,
        ...allocation,
        counts_on,
        recorded_at,
      }),
    ),
    ...data.targets.map((target) =>
      upsert(accountTargets, { ...target, tenant_id, changed_at: recorded_at }),
    ),
  ];
}

interface Entry {
  kind: 'payment' | 'credit_note' | 'opening_credit' | 'opening_balance' | 'refund' | 'reversal';
  source_id: string;
  amount_cents: number;
  counts_on: string;
  refund_id?: string;
  reason?: string;
}

function entryRow({ position, data, metadata }: AccountRecorded, entry: Entry, entry_no = 1): RowOp {
  return upsert(accountEntries, {
    position,
    entry_no,
    tenant_id: data.tenant_id,
    recorded_at: metadata.recorded_at,
    refund_id: null,
    reason: null,
    ...entry,
  });
}

/** Accounts of tenants: payments, what they pay, and what is over. */
export const receivables = defineProjection(
  receivablesModel,
  [accounts, payments, accountEntries, allocations, accountTargets],
  {
    PaymentReceived: (event) => {
      const { position, metadata } = event;
      const {
        payment_id: id,
        allocations: _allocations,
        targets: _targets,
        balance_cents: _balance,
        ...payment
      } = event.data;
      const { amount_cents, received_on: counts_on } = payment;
      const life = { reversed_on: null, reversed_at: null, reverse_reason: null };
      return [
        upsert(payments, { id, ...payment, recorded_at: metadata.recorded_at, position, ...life }),
        entryRow(event, { kind: 'payment', source_id: id, amount_cents, counts_on }),
        ...settledRows(event),
      ];
    },
    PaymentRefunded: (event) => {
      const { payment_id: source_id, amount_cents, refunded_on: counts_on, refund_id, reason } = event.data;
      const refund = { kind: 'refund', source_id, counts_on, refund_id, reason } as const;
      return [entryRow(event, { ...refund, amount_cents: -amount_cents }), ...settledRows(event)];
    },
    BalanceRefunded: (event) => {
      const { refunded_on: counts_on, refund_id, reason, sources } = event.data;
      const refund = { kind: 'refund', counts_on, refund_id, reason } as const;
      return [
        ...sources.map(({ source_id, amount_cents }, index) =>
          entryRow(event, { ...refund, source_id, amount_cents: -amount_cents }, index + 1),
        ),
        ...settledRows(event),
      ];
    },
    PaymentReversed: (event) => {
      const { payment_id: source_id, amount_cents, reversed_on, reason } = event.data;
      const reversed = { reversed_on, reversed_at: event.metadata.recorded_at, reverse_reason: reason };
      return [
        patch(payments, { id: source_id }, reversed),
        entryRow(event, {
          kind: 'reversal',
          source_id,
          amount_cents: -amount_cents,
          counts_on: reversed_on,
          reason,
        }),
        ...settledRows(event),
      ];
    },
    CreditNoteTaken: (event) => {
      const { correction_id: source_id, amount_cents, on: counts_on } = event.data;
      return [
        entryRow(event, { kind: 'credit_note', source_id, amount_cents, counts_on }),
        ...settledRows(event),
      ];
    },
    AccountSettled: settledRows,
    OpeningBalanceSet: (event) => {
      const { opening_id: source_id, amount_cents, on: counts_on } = event.data;
      const kind = amount_cents < 0 ? 'opening_credit' : 'opening_balance';
      return [
        entryRow(event, { kind, source_id, amount_cents: Math.abs(amount_cents), counts_on }),
        ...settledRows(event),
      ];
    },
  },
);

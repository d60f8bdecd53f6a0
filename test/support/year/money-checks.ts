/** What is always so of the money of all customers, folded from the journal. */
import type { RecordedLedgerEvent } from '../../../src/events/index.ts';

interface Purse {
  /** What came in and was not taken back, with credit notes. */
  received: number;
  /** What is paid and credited of each target. */
  targets: Map<string, number>;
  balance: number;
}

/** How much came in and what it pays, by customer. */
export function pursesOf(events: readonly RecordedLedgerEvent[]): Map<string, Purse> {
  const purses = new Map<string, Purse>();
  for (const event of events) {
    if (!('balance_cents' in event.data && 'targets' in event.data)) continue;
    const { tenant_id, balance_cents, targets } = event.data;
    const purse = purses.get(tenant_id) ?? { received: 0, targets: new Map<string, number>(), balance: 0 };
    purses.set(tenant_id, purse);
    purse.received += incoming(event);
    purse.balance = balance_cents;
    for (const { target_id, paid_cents, credited_cents } of targets)
      purse.targets.set(target_id, paid_cents + credited_cents);
  }
  return purses;
}

function incoming(event: RecordedLedgerEvent): number {
  switch (event.type) {
    case 'PaymentReceived':
    case 'CreditNoteTaken':
      return event.data.amount_cents;
    case 'PaymentReversed':
    case 'PaymentRefunded':
    case 'BalanceRefunded':
      return -event.data.amount_cents;
    default:
      return 0;
  }
}

/** Customers whose money is not, to the cent, what it pays and what is over. */
export function lostCents(events: readonly RecordedLedgerEvent[]): string[] {
  return [...pursesOf(events)].flatMap(([tenant, { received, targets, balance }]) => {
    const pays = [...targets.values()].reduce((sum, cents) => sum + cents, 0);
    return pays + balance === received
      ? []
      : [`${tenant}: received ${received}, pays ${pays}, is over ${balance}`];
  });
}

/** A tenant's account: what its commands read, and payments. */
import { accountStream, paymentId } from '../../../commands/receivables/account.ts';
import type { RecordPayment } from '../../../commands/receivables/record-payment.ts';
import type { AccountContext, InvoiceTarget } from '../../../commands/receivables/settlement.ts';
import type { AccountEvent, Allocation } from '../../../src/events/receivables.ts';
import { execution } from './command-spec.ts';

export const tenant_id = 'acme';
export const stream = accountStream(tenant_id);
export const june = execution({ now: '2026-06-20T08:00:00.000Z' });

/** An invoice of 100.00 that was issued on 1 May and is due on 15 May; override what a test is about. */
export const target = (invoice_id: string, changes: Partial<InvoiceTarget> = {}): InvoiceTarget => ({
  invoice_id,
  currency: 'AUD',
  is_void: false,
  due_on: '2026-05-15',
  position: 1,
  owed: [{ on: '2026-05-01', cents: 10_000 }],
  ...changes,
});

export const knowing = (...invoices: InvoiceTarget[]): AccountContext => ({ invoices, is_known: true });

const base: RecordPayment = {
  payment_id: paymentId(tenant_id, 'transfer', 'r-1'),
  tenant_id,
  amount_cents: 6_000,
  received_on: '2026-05-10',
  method: 'transfer',
  reference: 'sealed:r-1',
  invoice_id: null,
};

/** A payment of 60.00 that came in on 10 May. */
export const reported = (changes: Partial<RecordPayment> = {}): RecordPayment => ({ ...base, ...changes });

/** What an account settles to where nothing is over and nothing is paid. */
export const nothing = { allocations: [], targets: [], balance_cents: 0 };

/** That a source pays a target from a day on; negative: no longer. */
export const pays = (
  source_id: string,
  target_id: string,
  amount_cents: number,
  on = '2026-05-10',
): Allocation => ({ source_id, target_id, amount_cents, on });

/** What payments have paid of a target. */
export const paidOf = (target_id: string, paid_cents: number, credited_cents = 0) => ({
  target_id,
  paid_cents,
  credited_cents,
});

/** A payment that came in, and pays nothing; override what a test is about. */
export const receivedEvent = (
  payment: RecordPayment = reported(),
  settled: Partial<Pick<AccountEvent['data'], 'allocations' | 'targets' | 'balance_cents'>> = {},
): AccountEvent => ({
  type: 'PaymentReceived',
  data: { ...payment, currency: 'AUD', ...nothing, balance_cents: payment.amount_cents, ...settled },
});

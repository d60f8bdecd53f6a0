import { z } from 'zod';
import type { EventOf } from './define.ts';
import { sealedText } from './parties.ts';
import { cents, day, text } from './values.ts';

/**
 * A change of what a source pays of a target. A source is a payment, a credit note or a credit from an
 * opening balance; a target is an invoice or an opening balance that is owed.
 */
const allocation = z.object({
  source_id: text,
  target_id: text,
  /** Negative: it is released. */
  amount_cents: cents,
  /** The day from which it counts: not before the source, nor before the target. */
  on: day,
});
export type Allocation = z.output<typeof allocation>;

const account = {
  tenant_id: text,
  allocations: z.array(allocation),
  /** What is paid after this event of each target that `allocations` names. */
  targets: z.array(
    z.object({
      target_id: text,
      /** By payments and opening credits. */
      paid_cents: cents,
      /** By credit notes. */
      credited_cents: cents,
    }),
  ),
  /** What is left of all sources after this event: the tenant's credit balance. */
  balance_cents: cents,
};

/**
 * Events of a tenant's account (`account-<id>`, id from the tenant): the money that came in and went out, and
 * what it pays. One stream a tenant, so that no cent is allocated twice.
 */
export const accountEvents = {
  PaymentReceived: z.object({
    ...account,
    /** From tenant, method and reference. */
    payment_id: text,
    amount_cents: cents,
    currency: text,
    received_on: day,
    method: text,
    reference: sealedText,
    /** The invoice that the payer named. */
    invoice_id: text.nullable(),
  }),
  PaymentRefunded: z.object({
    ...account,
    payment_id: text,
    /** From the request. */
    refund_id: text,
    /** From 1 for each payment. */
    refund_no: z.int(),
    amount_cents: cents,
    reason: text,
    refunded_on: day,
  }),
  /** What was over is paid back, whatever it stems from: the oldest money first. */
  BalanceRefunded: z.object({
    ...account,
    /** From the request. */
    refund_id: text,
    amount_cents: cents,
    reason: text,
    refunded_on: day,
    /** What it takes from each source. */
    sources: z.array(z.object({ source_id: text, amount_cents: cents })),
  }),
  /** The payment never arrived, such as a direct debit that was returned. */
  PaymentReversed: z.object({
    ...account,
    payment_id: text,
    /** Of the whole payment. */
    amount_cents: cents,
    reason: text,
    reversed_on: day,
  }),
  /** A credit note is set against its invoice; what is over goes to the balance. */
  CreditNoteTaken: z.object({
    ...account,
    correction_id: text,
    invoice_id: text,
    /** Positive. */
    amount_cents: cents,
    on: day,
  }),
  /** The balance pays what was issued, and what void invoices no longer take returns to it. */
  AccountSettled: z.object(account),
  /** What a business that moved in was owed (positive) or owed its customer (negative) on a day. */
  OpeningBalanceSet: z.object({ ...account, opening_id: text, amount_cents: cents, on: day }),
};

export type AccountEvent = EventOf<typeof accountEvents>;

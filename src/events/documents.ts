import { z } from 'zod';
import type { EventOf } from './define.ts';
import { sealedText } from './parties.ts';
import { day, instant, json, text } from './values.ts';

/**
 * Events of a series of numbers, one series a year (`invoice-numbers-<year>`, `correction-numbers-<year>`):
 * document i of the list has the number `from` + i, written `<prefix>-<year>-<6 digits>`.
 */
export const numberSeriesEvents = {
  InvoicesNumbered: z.object({
    year: z.int(),
    prefix: text,
    from: z.int(),
    invoice_ids: z.array(text),
  }),
  CorrectionsNumbered: z.object({
    year: z.int(),
    prefix: text,
    from: z.int(),
    correction_ids: z.array(text),
  }),
};

/** What a document is made of: an issue of an invoice, a correction, or a payment. */
export const documentKinds = ['invoice', 'correction', 'receipt'] as const;

/** Events of one document (`document-<id>`, id from kind, subject and issue). */
export const documentEvents = {
  /** Its content is fixed, seller and buyer included. The content lies in table `documents`, by its hash. */
  DocumentFrozen: z.object({
    document_id: text,
    kind: z.enum(documentKinds),
    /** The id of the invoice, the correction or the payment. */
    subject_id: text,
    /** Of an invoice; null for the other kinds. */
    issue_no: z.int().nullable(),
    tenant_id: text,
    number: text,
    /** SHA-256 in hex of the canonical JSON of the content. */
    content_sha256: text,
    /** The last day on which the law keeps it. */
    retain_until: day,
    frozen_at: instant,
  }),
  /** Its bytes in one form, which are the same ever after. */
  DocumentRendered: z.object({
    document_id: text,
    tenant_id: text,
    form: z.enum(['pdf', 'ubl']),
    /** SHA-256 of the bytes, in hex. */
    sha256: text,
    bytes: z.int(),
  }),
};

/** Why a delivery ended before every address was settled. */
export const deliveryStops = ['invoice-void', 'reissued', 'no-address', 'paid'] as const;

/** What a notice says before a step of the automatic lifecycle. */
export const noticeKinds = ['trial-active', 'trial-suspended', 'past-due', 'suspended', 'recovered'] as const;

/**
 * A step that is announced: all that its mail says, but for seller and buyer. Of long lists the first ones
 * are kept, and how many more there are.
 */
const notice = z.object({
  kind: z.enum(noticeKinds),
  /** From when the step holds. */
  day,
  deployments: z.array(z.object({ deployment_id: text, slug: text, display_name: text })),
  more_deployments: z.int(),
  /** Overdue, the longest due first. */
  invoices: z.array(
    z.object({ invoice_id: text, number: text.nullable(), due_on: day, open_cents: z.int() }),
  ),
  more_invoices: z.int(),
  /** Of all of them. */
  open_cents: z.int(),
  currency: text,
  /** Of `past-due`: from when what stays unpaid may suspend; null where that day is not ahead. */
  suspends_on: day.nullable(),
});

/** `invoice_id` is null for a notice. */
const delivery = { delivery_id: text, tenant_id: text, invoice_id: text.nullable() };

/** Events of one mailing of an invoice or of a notice (`delivery-<id>`). */
export const deliveryEvents = {
  /** The intent: nothing is sent before it is recorded. */
  DeliveryRequested: z.object({
    ...delivery,
    /** Null for a notice. */
    issue_no: z.int().nullable(),
    notice: notice.optional(),
    /** JSON of the list of addresses. */
    recipients: sealedText,
    /** How many addresses. */
    addresses: z.int(),
    /** Derived from the delivery: every attempt has the same. */
    message_id: text,
    /** Whether it was decided by itself: by `invoices.send`, or as a notice. */
    automatic: z.boolean(),
    requested_at: instant,
  }),
  /** An attempt begins. */
  DeliveryAttempted: z.object({
    ...delivery,
    /** From 1. */
    attempt_no: z.int(),
    attempted_at: instant,
  }),
  /**
   * How an attempt ended. `unknown`: the connection was lost after the message had been sent, or the process
   * died; the mail may have arrived.
   */
  DeliveryAttemptEnded: z.object({
    ...delivery,
    attempt_no: z.int(),
    outcome: z.enum(['accepted', 'partly_accepted', 'deferred', 'rejected', 'unknown']),
    /** When to try again; null: the delivery is over. */
    retry_at: instant.nullable(),
    /** JSON of one item for each address that was tried; null where its outcome is not known at all. */
    details: sealedText.nullable(),
    /** Of all addresses, after this attempt. */
    accepted: z.int(),
    bounced: z.int(),
    ended_at: instant,
  }),
  /** It ends before every address is settled. */
  DeliveryStopped: z.object({ ...delivery, reason: z.enum(deliveryStops), stopped_at: instant }),
};

/** What finance receives of tenants. */
export const arKinds = ['invoice', 'credit_note', 'debit_note', 'payment'] as const;

/** Events of a document that finance receives (`finance-ar-<external id>`). */
export const financeArEvents = {
  ArDocumentPushed: z.object({
    external_id: text,
    kind: z.enum(arKinds),
    tenant_id: text,
    /** Hash of what was pushed: the same content is not pushed again. */
    content_hash: text,
    action: text,
    finance_id: text,
    pushed_at: instant,
  }),
  /**
   * What finance holds was read back; `differences` names field, ours and theirs. Of a personal field both
   * are null.
   */
  ArDocumentCompared: z.object({
    external_id: text,
    tenant_id: text,
    content_hash: text,
    differences: z.array(z.object({ field: text, ours: json, theirs: json })),
    compared_at: instant,
  }),
};

export type NumberSeriesEvent = EventOf<typeof numberSeriesEvents>;
export type DocumentEvent = EventOf<typeof documentEvents>;
export type Notice = z.output<typeof notice>;
export type DeliveryEvent = EventOf<typeof deliveryEvents>;
export type FinanceArEvent = EventOf<typeof financeArEvents>;

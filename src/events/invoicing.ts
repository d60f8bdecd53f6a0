import { z } from 'zod';
import type { EventOf } from './define.ts';
import { cents, day, decimal, instant, jsonObject, text } from './values.ts';

/** A line of a tenant invoice (spec 8, 11). `unit_price_cents` is exact: an LLM line's is not whole. */
const invoiceLine = z.object({
  line_no: z.int(),
  deployment_id: text.nullable(),
  kind: z.enum(['plan_base', 'addon', 'overage', 'llm_usage', 'charge', 'tax']),
  resource_kind: text.nullable(),
  description: text,
  qty: decimal,
  unit: text,
  unit_price_cents: decimal,
  amount_cents: cents,
  /** What explains the line: plan version or addon snapshot, days, allowance, … */
  meta: jsonObject,
});
export type InvoiceLine = z.output<typeof invoiceLine>;

const unpriced = z.array(z.object({ deployment_id: text, resource_kind: text, qty: decimal }));
const unbilled = z.array(z.object({ deployment_id: text, resource_kind: text, qty: decimal, reason: text }));
const unmetered = z.array(
  z.object({
    deployment_id: text,
    resource_id: text,
    resource_kind: text,
    days: z.int(),
    reason: text,
  }),
);

/** Usage that a fresh rollup does not bill, as an issue has it. */
const notBilled = z.object({ unpriced, unbilled, unmetered });
export type NotBilledUsage = z.output<typeof notBilled>;

export const correctionKinds = ['credit_note', 'debit_note'] as const;
export type CorrectionKind = (typeof correctionKinds)[number];
export const correctionPurposes = ['correction', 'goodwill'] as const;
export type CorrectionPurpose = (typeof correctionPurposes)[number];

/** Events of a tenant invoice's stream (`invoice-<id>`, id from tenant and period). */
export const invoiceEvents = {
  /** Issue `issue_no` (from 1), which replaces the one before. Its lines are the parts of `lines_hash`. */
  InvoiceIssued: z.object({
    invoice_id: text,
    tenant_id: text,
    period_start: day,
    period_end: day,
    currency: text,
    issue_no: z.int(),
    subtotal_cents: cents,
    tax_cents: cents,
    total_cents: cents,
    tax_name: text,
    tax_rate: decimal,
    /** Journal position at which the inputs were read. */
    inputs_position: z.int(),
    lines_hash: text,
    parts: z.int(),
    lines: z.int(),
    /** Kinds that were used and have no price. */
    unpriced,
    /** Usage of days not in force, with a code that says why. Issues of earlier versions lack it. */
    unbilled: unbilled.optional(),
    /**
     * Resources without known usage for so many days, with a code that says why. Issues of earlier versions
     * lack it.
     */
    unmetered: unmetered.optional(),
    issued_at: instant,
    /** The last day to pay. Issues of earlier versions lack it: 14 days after their issue. */
    due_on: day.optional(),
    /** How the issue before was voided, where it was. */
    replaces_void: z.object({ voided_at: instant, reason: text.nullable() }).optional(),
  }),
  /** Paid as a whole. Earlier versions recorded it; payments are events of the tenant's account now. */
  InvoicePaid: z.object({ invoice_id: text, tenant_id: text, paid_at: instant }),
  InvoiceVoided: z.object({ invoice_id: text, tenant_id: text, reason: text.nullable(), voided_at: instant }),
  /**
   * A credit or debit note for the invoice. Amounts are signed: those of a credit note are negative. Its
   * lines are the parts of `lines_hash`.
   */
  CorrectionIssued: z.object({
    correction_id: text,
    invoice_id: text,
    tenant_id: text,
    /** From 1 for each invoice. */
    correction_no: z.int(),
    kind: z.enum(correctionKinds),
    /** `correction`: invoice and corrections together are a fresh rollup. `goodwill`: outside of that. */
    purpose: z.enum(correctionPurposes),
    /** The issue that it corrects. */
    issue_no: z.int(),
    subtotal_cents: cents,
    tax_cents: cents,
    total_cents: cents,
    /** The tax of the fresh rollup; for goodwill the tax that it gives back. */
    tax_name: text,
    tax_rate: decimal,
    /** Journal position at which the inputs of the fresh rollup were read; null for goodwill. */
    inputs_position: z.int().nullable(),
    /** What the fresh rollup does not bill; null for goodwill. */
    not_billed: notBilled.nullable(),
    lines_hash: text,
    parts: z.int(),
    lines: z.int(),
    reason: text,
    issued_at: instant,
    due_on: day,
  }),
  /** Late facts of the month were taken in, and no line changed. */
  InvoiceReviewed: z.object({
    invoice_id: text,
    tenant_id: text,
    issue_no: z.int(),
    inputs_position: z.int(),
    not_billed: notBilled,
  }),
};

/** Events of a month's rollups over all tenants (`rollup-<first day of the month>`). */
export const rollupEvents = {
  /**
   * Every invoice of the month is issued, but of tenants whose month can't be billed. `invoices` counts the
   * month's invoices, void ones included.
   */
  MonthRolledUp: z.object({
    period: day,
    invoices: z.int(),
    /** The journal position at which every tenant without an invoice was judged. */
    inputs_position: z.int().optional(),
    /** Tenants whose month can't be billed, and why; absent without any, or from an earlier release. */
    not_billable: z.array(z.object({ tenant_id: text, reason: text })).optional(),
  }),
  /** The decision to issue the month. It comes before the invoices. */
  MonthClosed: z.object({
    period: day,
    /** Whether it was decided though something stood in the way. */
    forced: z.boolean(),
    /** Why it was forced. */
    reason: text.nullable(),
    /** The items of the close list that stood in the way. */
    blocked_by: z.array(text),
  }),
};

/** Parts of an invoice's lines, on a stream named by content hash (`invoice-lines-<invoice id>-<hash>`). */
export const invoicePartEvents = {
  InvoiceLinesStored: z.object({
    invoice_id: text,
    tenant_id: text,
    lines_hash: text,
    part: z.int(),
    parts: z.int(),
    lines: z.array(invoiceLine),
  }),
};

export type InvoiceEvent = EventOf<typeof invoiceEvents>;
export type RollupEvent = EventOf<typeof rollupEvents>;
export type InvoicePartEvent = EventOf<typeof invoicePartEvents>;

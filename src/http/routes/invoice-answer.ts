import { z } from 'zod';
import { correctionKinds, correctionPurposes } from '../../events/invoicing.ts';
import { invoiceStatuses } from '../../pricing/invoice-figures.ts';
import { invoiceLineKinds } from '../../pricing/types.ts';
import { frozenParts } from './document-answer.ts';
import { centsSchema, daySchema, instantSchema, priceCentsSchema, signedDecimalSchema } from '../schemas.ts';

/** `draft` is reserved: a rollup issues at once. */
export const invoiceStatus = z.enum(invoiceStatuses);

/**
 * An invoice without its lines. `number` is null until it is handed out, and `due_on` the last day to pay.
 * `period_end` is the last day, included; `inputs_position` the journal position that it was computed at,
 * `reviewed_position` the one up to which later facts are taken in.
 * `paid_cents` are of payments, `credited_cents` of credit notes; what is open holds its debit notes too.
 */
export const invoiceRow = z.strictObject({
  id: z.string(),
  number: z.string().nullable(),
  tenant_id: z.string(),
  period_start: daySchema,
  period_end: daySchema,
  currency: z.string(),
  issue_no: z.int().min(1),
  subtotal_cents: centsSchema,
  tax_cents: centsSchema,
  total_cents: centsSchema,
  status: invoiceStatus,
  tax_name: z.string(),
  tax_rate: signedDecimalSchema,
  inputs_position: z.int(),
  unpriced: z.array(
    z.strictObject({ deployment_id: z.string(), resource_kind: z.string(), qty: signedDecimalSchema }),
  ),
  unbilled: z.array(
    z.strictObject({
      deployment_id: z.string(),
      resource_kind: z.string(),
      qty: signedDecimalSchema,
      reason: z.string(),
    }),
  ),
  unmetered: z.array(
    z.strictObject({
      deployment_id: z.string(),
      resource_id: z.string(),
      resource_kind: z.string(),
      days: z.int().min(0),
      reason: z.string(),
    }),
  ),
  issued_at: instantSchema,
  due_on: daySchema,
  paid_cents: centsSchema,
  credited_cents: centsSchema,
  open_cents: priceCentsSchema,
  overdue: z.boolean(),
  paid_at: instantSchema.nullable(),
  voided_at: instantSchema.nullable(),
  void_reason: z.string().nullable(),
  finance_invoice_id: z.string().nullable(),
  pushed_to_finance_at: instantSchema.nullable(),
  reviewed_position: z.int(),
});

/** A line of an invoice. */
export const invoiceLineAnswer = z.strictObject({
  line_no: z.int().min(1),
  deployment_id: z.string().nullable(),
  kind: z.enum(invoiceLineKinds),
  resource_kind: z.string().nullable(),
  description: z.string(),
  qty: signedDecimalSchema,
  unit: z.string(),
  unit_price_cents: centsSchema,
  amount_cents: centsSchema,
  meta: z.record(z.string(), z.json()),
});

/** A credit or debit note with its lines. Amounts are signed: those of a credit note are negative. */
export const correctionAnswer = z.strictObject({
  id: z.string(),
  invoice_id: z.string(),
  tenant_id: z.string(),
  correction_no: z.int().min(1),
  number: z.string().nullable(),
  kind: z.enum(correctionKinds),
  purpose: z.enum(correctionPurposes),
  issue_no: z.int().min(1),
  subtotal_cents: centsSchema,
  tax_cents: centsSchema,
  total_cents: centsSchema,
  tax_name: z.string(),
  tax_rate: signedDecimalSchema,
  inputs_position: z.int().nullable(),
  reason: z.string(),
  issued_at: instantSchema,
  due_on: daySchema,
  lines: z.array(invoiceLineAnswer),
});

/** An invoice with its lines, all its issues, and what was recorded too late for it. */
export const invoiceAnswer = invoiceRow.extend({
  lines: z.array(invoiceLineAnswer),
  deployments: z.array(
    z.strictObject({
      deployment_id: z.string(),
      slug: z.string().nullable(),
      display_name: z.string().nullable(),
      lines: z.int().min(1),
      amount_cents: centsSchema,
    }),
  ),
  history: z.array(
    z.strictObject({
      issue_no: z.int().min(1),
      number: z.string().nullable(),
      issued_at: instantSchema,
      replaced_at: instantSchema.nullable(),
      subtotal_cents: centsSchema,
      tax_cents: centsSchema,
      total_cents: centsSchema,
      inputs_position: z.int(),
      voided_at: instantSchema.nullable(),
      void_reason: z.string().nullable(),
      lines: z.array(invoiceLineAnswer),
    }),
  ),
  late: z.array(
    z.strictObject({
      kind: z.enum([
        'usage',
        'llm_usage',
        'llm_usage_voided',
        'reported_usage',
        'reported_usage_voided',
        'charge',
        'charge_voided',
        'subscription',
        'resource_price',
        'tax_rate',
      ]),
      deployment_id: z.string().nullable(),
      day: daySchema,
      recorded_at: instantSchema,
      position: z.int(),
      detail: z.record(z.string(), z.json()),
    }),
  ),
  late_count: z.int().min(0),
  ...frozenParts,
  corrections: z.array(correctionAnswer),
  corrected_total_cents: centsSchema,
  goodwill_cents: centsSchema,
});

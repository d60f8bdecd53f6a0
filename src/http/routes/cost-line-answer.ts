import { z } from 'zod';
import { unmatchedReasons } from '../../events/costs.ts';
import { attributedBy, borneBy, matchedBy, type BorneLine } from '../../invoicing/borne-lines.ts';
import { centsSchema, instantSchema, signedDecimalSchema } from '../schemas.ts';

/** A line of the provider's invoices as answers have it. */
export const costLine = z.strictObject({
  id: z.string(),
  invoice_uuid: z.string(),
  line_no: z.int().min(0),
  product: z.string(),
  group_description: z.string().nullable(),
  description: z.string(),
  kind: z.string().nullable(),
  name: z.string().nullable(),
  hours: signedDecimalSchema.nullable(),
  started_at: instantSchema.nullable(),
  ended_at: instantSchema.nullable(),
  amount_cents: centsSchema,
  currency: z.string(),
  project_name: z.string().nullable(),
  resource_id: z.string().nullable(),
  resource: z.strictObject({ kind: z.string(), name: z.string() }).nullable(),
  matched: z.boolean(),
  matched_by: z.enum(matchedBy).nullable(),
  unmatched_reason: z.enum(unmatchedReasons).nullable(),
  nearest: z.strictObject({ resource_id: z.string(), name: z.string() }).nullable(),
  link: z
    .strictObject({
      resource_id: z.string().nullable(),
      reason: z.string(),
      linked_at: instantSchema,
      by: z.string(),
    })
    .nullable(),
  is_tax: z.boolean(),
  tax_by_description: z.boolean(),
  borne: z.strictObject({
    by: z.enum(borneBy),
    tenant_id: z.string().nullable(),
    deployment_id: z.string().nullable(),
    rule: z.enum(attributedBy).nullable(),
    cents: centsSchema,
    currency: z.string(),
  }),
});

/** A line without what only its place and its bearer are found by. */
export function showCostLine(line: BorneLine): z.output<typeof costLine> {
  const { period: _period, last_day: _lastDay, provider_resource_id: _providerId, ...shown } = line;
  return shown;
}

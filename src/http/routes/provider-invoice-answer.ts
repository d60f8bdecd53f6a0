import { z } from 'zod';
import { centsSchema, daySchema, instantSchema } from '../schemas.ts';

const count = z.int().min(0);

/** The values of a CSV that could not be read. */
export const warnings = {
  warnings: z.array(z.strictObject({ row: count, column: z.string(), value: z.string() })),
  warnings_count: count,
};

/** One of the provider's invoices as answers have it. */
export const providerInvoice = z.strictObject({
  uuid: z.string(),
  period: daySchema,
  amount_cents: centsSchema,
  currency: z.string(),
  status: z.enum(['discovered', 'ingested', 'replaced']),
  lines: count,
  matched: count,
  difference_cents: centsSchema.nullable(),
  pushed_to_finance_at: instantSchema.nullable(),
  finance_invoice_id: z.string().nullable(),
  error: z.string().nullable(),
  ...warnings,
  reissue: z
    .strictObject({
      found_at: instantSchema,
      ingested: z.boolean(),
      amount_cents: centsSchema,
      replaced_by: z.string().nullable(),
      before: z.strictObject({ amount_cents: centsSchema, lines: count, lines_total_cents: centsSchema }),
    })
    .nullable(),
});

import { z } from 'zod';
import { centsSchema, decimalSchema } from '../schemas.ts';

/** The figures of a margin; the percentage has one decimal and is null at revenue 0. */
export const figuresOfMargin = {
  revenue_cents: centsSchema,
  cogs_cents: centsSchema,
  margin_cents: centsSchema,
  margin_pct: z.number().nullable(),
};

/** What costs are made of, beside what is unattributed. */
export const costSplit = { direct_cents: centsSchema, shared_cents: centsSchema };

/** The exchange rate that costs were converted at. */
export const fxAnswer = z.strictObject({
  from: z.string(),
  to: z.string(),
  rate: decimalSchema,
  source: z.enum(['default', 'fx_rate']),
});

/** Tenants that are left out since their month can't be billed. */
export const notBillableAnswer = z.array(z.strictObject({ tenant_id: z.string(), reason: z.string() }));

/** The provider's invoices of a month that are not ingested: its costs lack them. */
export const pendingAnswer = z.array(
  z.strictObject({ uuid: z.string(), amount_cents: centsSchema, error: z.string().nullable() }),
);

import { z } from 'zod';
import type { Forecast } from '../../pricing/forecast.ts';
import { centsSchema } from '../schemas.ts';

/** What the month comes to at either pace; null where a pace has no day to go by. */
export const forecastAnswer = z.strictObject({
  so_far_cents: centsSchema.nullable(),
  last_7_days_cents: centsSchema.nullable(),
}) satisfies z.ZodType<Forecast>;

/** A deployment's share of the running month. */
export const accruedSubscription = {
  deployment_id: z.string(),
  tenant_id: z.string(),
  plan_code: z.string().nullable(),
  recurring_cents: centsSchema,
  overage_cents: centsSchema,
  llm_cents: centsSchema,
  charges_cents: centsSchema,
  total_cents: centsSchema,
  forecast: forecastAnswer,
};

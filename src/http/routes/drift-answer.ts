import { z } from 'zod';
import { centsSchema, daySchema } from '../schemas.ts';

const atSize = z.strictObject({
  cogs_cents: centsSchema,
  margin_cents: centsSchema,
  margin_pct: z.number().nullable(),
});

/** What a finding costs; see `DriftMoney`. */
export const driftMoneyAnswer = {
  monthly_delta_cents: centsSchema.nullable(),
  currency: z.string(),
  margin: z
    .strictObject({
      period: daySchema,
      deployment_id: z.string(),
      revenue_cents: centsSchema,
      actual: atSize,
      desired: atSize,
    })
    .nullable(),
};

/** What the description of the list says of it. */
export const driftMoneyDescription = [
  '`monthly_delta_cents` is what the live size of a droplet costs a month more than the desired one, at list',
  'prices and the rate of today: null where a price is not known, and for a finding that is not about a',
  'size. `margin` is that of the deployment that holds the droplet, in the last full month, with a full',
  'month at the list price of either size in place of what the droplet cost: null also where it is tied to',
  'no deployment and where the month has neither revenue nor costs of the deployment.',
].join(' ');

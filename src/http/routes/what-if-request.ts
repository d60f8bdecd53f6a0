import { z } from 'zod';
import { idSchema, periodSchema, priceCentsSchema, quantitySchema } from '../schemas.ts';

/** The most months of one what-if. */
const mostPeriods = 12;
/** The most plans, items of a plan, and addons that one what-if overrides. */
const mostOverrides = 200;

/** A record of limited size by codes or kinds. `__proto__`, which zod's record would ignore, is refused. */
function byCode<Value extends z.ZodType>(value: Value) {
  const record = z
    .record(idSchema, value)
    .refine((entries) => Object.keys(entries).length <= mostOverrides, { error: `at most ${mostOverrides}` });
  return z.preprocess((sent, context) => {
    if (typeof sent === 'object' && sent !== null && Object.hasOwn(sent, '__proto__'))
      context.addIssue({ code: 'custom', path: ['__proto__'], message: 'can not be overridden' });
    return sent;
  }, record);
}

const version = z.int().min(1);

const itemOverride = z.strictObject({
  included_qty: quantitySchema.optional(),
  overage_price_cents: priceCentsSchema.optional(),
  hard_cap_qty: quantitySchema.nullable().optional(),
});

const planOverride = z.strictObject({
  version: version.optional(),
  terms_of_version: version.optional(),
  base_price_cents: priceCentsSchema.optional(),
  items: byCode(itemOverride).optional(),
});

/** A share of the price, like `TAX_RATE`. */
const taxRate = quantitySchema.refine((rate) => /^(0(\.\d+)?|1(\.0+)?)$/.test(rate), {
  error: 'expected a decimal from 0 to 1, such as 0.15',
});

/** The terms that are replaced. */
export const overridesSchema = z
  .strictObject({
    plans: byCode(planOverride).optional(),
    addons: byCode(z.strictObject({ price_cents: priceCentsSchema })).optional(),
    tax_rate: taxRate.optional(),
  })
  .meta({ id: 'WhatIfOverrides' });

/** The body of a what-if: one month or several, and the overrides. */
export const whatIfRequest = z
  .strictObject({
    period: periodSchema.optional(),
    periods: z.array(periodSchema).min(1).max(mostPeriods).optional(),
    overrides: overridesSchema.default({}),
    async: z.boolean().default(false),
  })
  .superRefine(({ period: month, periods }, context) => {
    if (month === undefined && periods === undefined)
      context.addIssue({ code: 'custom', path: ['period'], message: 'expected a month, or `periods`' });
    if (month !== undefined && periods !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['periods'],
        message: 'expected either `period` or `periods`',
      });
    periods?.forEach((one, index) => {
      if (periods.indexOf(one) < index)
        context.addIssue({ code: 'custom', path: ['periods', index], message: 'is in the list already' });
    });
  });

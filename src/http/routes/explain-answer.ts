/** The parts of an explanation, of an issue's lines and of its notes. */
import { z } from 'zod';
import { stepOperations } from '../../pricing/step.ts';
import { centsSchema, daySchema, instantSchema, priceCentsSchema, signedDecimalSchema } from '../schemas.ts';

/** An event, by its place. */
export const event = z
  .strictObject({
    id: z.string(),
    stream: z.string(),
    revision: z.int().min(0),
    position: z.int().min(1),
    type: z.string(),
    recorded_at: instantSchema,
    actor: z.string(),
  })
  .meta({ id: 'EventOrigin' });

const setBy = { set_by: event.nullable() };

const planItem = z.strictObject({
  resource_kind: z.string(),
  included_qty: signedDecimalSchema,
  overage_unit: z.string(),
  overage_price_cents: priceCentsSchema,
  hard_cap_qty: signedDecimalSchema.nullable(),
});

/** What a line was computed from; what does not apply is null or empty. */
export const inputs = z.strictObject({
  plan: z
    .strictObject({
      plan_code: z.string(),
      plan_version: z.int(),
      name: z.string(),
      base_price_cents: priceCentsSchema,
      currency: z.string(),
      item: planItem.nullable(),
      ...setBy,
      drafted_by: event.nullable(),
    })
    .nullable(),
  addons: z.array(
    z.strictObject({
      attachment_id: z.string(),
      code: z.string(),
      resource_kind: z.string(),
      packs: z.int(),
      qty: signedDecimalSchema,
      price_cents: priceCentsSchema,
      ...setBy,
    }),
  ),
  resource_price: z
    .strictObject({
      resource_kind: z.string(),
      unit: z.string(),
      price_cents: priceCentsSchema,
      effective_from: daySchema,
      ...setBy,
    })
    .nullable(),
  charge: z
    .strictObject({
      charge_id: z.string(),
      description: z.string(),
      amount_cents: centsSchema,
      day: daySchema,
      ...setBy,
    })
    .nullable(),
  tax: z
    .strictObject({
      name: z.string(),
      rate: signedDecimalSchema,
      effective_from: daySchema.nullable(),
      rate_set_by: event.nullable(),
      ...setBy,
    })
    .nullable(),
  in_force: z.array(z.strictObject({ from: daySchema, to: daySchema, days: z.int().min(1), ...setBy })),
  changes: z.array(z.strictObject({ day: daySchema, type: z.string(), event: event.nullable() })),
  allows: z.array(
    z.strictObject({
      from: daySchema,
      to: daySchema,
      days: z.int().min(1),
      plan_code: z.string(),
      plan_version: z.int(),
      included_qty: signedDecimalSchema,
      addon_qty: signedDecimalSchema,
      hard_cap_qty: signedDecimalSchema.nullable(),
    }),
  ),
});

const figure = z.union([z.int(), signedDecimalSchema]);

/** A step of the arithmetic. */
export const step = z.strictObject({
  name: z.string(),
  operation: z.enum(stepOperations),
  operands: z.array(z.strictObject({ name: z.string(), value: figure })),
  result: figure,
  rounding: z.literal('half-away-from-zero').nullable(),
  places: z.int().min(0).optional(),
});

/** The usage behind a quantity. */
export const usageEvents = z.strictObject({
  count: z.int().min(0),
  sum: signedDecimalSchema,
  data: z.array(
    z.strictObject({
      id: z.string(),
      position: z.int().min(1),
      recorded_at: instantSchema,
      day: daySchema,
      qty: signedDecimalSchema,
      resource_id: z.string().nullable(),
      hour: z.int().nullable(),
      gateway_request_id: z.string().nullable(),
      source: z.string().nullable(),
      external_id: z.string().nullable(),
    }),
  ),
  next_cursor: z.string().nullable(),
});

/** The usage behind a quantity, by day and by what it stems from. */
export const usageByDay = z.strictObject({
  allowance_qty: signedDecimalSchema.nullable(),
  over_from: daySchema.nullable(),
  days: z.array(
    z.strictObject({ day: daySchema, qty: signedDecimalSchema, cumulative_qty: signedDecimalSchema }),
  ),
  resources: z.array(
    z.strictObject({
      resource_id: z.string().nullable(),
      name: z.string().nullable(),
      kind: z.string().nullable(),
      source: z.string().nullable(),
      qty: signedDecimalSchema,
      records: z.int().min(1),
      from: daySchema,
      to: daySchema,
    }),
  ),
  resource_count: z.int().min(0),
});

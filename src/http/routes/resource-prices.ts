import { z } from 'zod';
import { listResourcePrices } from '../../../projections/catalog/price-queries.ts';
import { commands } from '../../processes/commands.ts';
import { answerCommand } from '../answer-command.ts';
import { defineRoute } from '../route.ts';
import { daySchema, idSchema, list, one, pageQuery, priceCentsSchema } from '../schemas.ts';

const priceRow = z.object({
  resource_kind: z.string(),
  unit: z.string(),
  price_cents: priceCentsSchema,
  effective_from: daySchema,
});

/** Prices of kinds that no plan covers. */
export const pricesRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/catalog/resource-prices',
  tag: 'catalog',
  summary: 'Every resource price ever set; of two for one kind and day the later holds',
  access: 'tenant',
  query: z.strictObject(pageQuery),
  response: list(priceRow),
  async handle({ page: { after, limit, of } }, { ledger }) {
    const last = after(z.tuple([z.string(), z.string(), z.int()]));
    const rows = await ledger.query((db) => listResourcePrices(db, { after: last, limit: limit + 1 }));
    const { data, next_cursor } = of(rows, (row) => [row.resource_kind, row.effective_from, row.position]);
    return { body: { data: data.map(({ position: _position, ...price }) => price), next_cursor } };
  },
});

/** Sets one, from a day on. */
export const setPriceRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/catalog/resource-prices',
  tag: 'catalog',
  summary: 'Set what a unit of a kind costs where a plan does not cover it, from a day on (default today)',
  access: 'admin',
  body: z.strictObject({
    resource_kind: idSchema,
    unit: idSchema,
    price_cents: priceCentsSchema,
    effective_from: daySchema.optional(),
  }),
  response: one(priceRow),
  status: 201,
  async handle({ body, meta }, { ledger }) {
    const input = { ...body, effective_from: body.effective_from ?? ledger.now().slice(0, 10) };
    return answerCommand(ledger, commands.setResourcePrice, input, meta);
  },
});

/** Prices of resources outside plans (spec 6). */
export const resourcePriceRoutes = [pricesRoute, setPriceRoute];

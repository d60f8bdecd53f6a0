import { z } from 'zod';
import { listFxRates } from '../../../projections/catalog/price-queries.ts';
import { commands } from '../../processes/commands.ts';
import { answerCommand } from '../answer-command.ts';
import { defineRoute } from '../route.ts';
import { daySchema, decimalSchema, list, one, pageQuery, quantitySchema } from '../schemas.ts';
import { currencyCode } from './catalog.ts';

const rate = z.object({ from: z.string(), to: z.string(), rate: decimalSchema, effective_from: daySchema });

/** The exchange rates. */
export const listFxRatesRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/fx-rates',
  tag: 'margin',
  summary: 'Every exchange rate ever set; of two for one pair and day the later holds',
  access: 'admin',
  query: z.strictObject(pageQuery),
  response: list(rate.extend({ recorded_at: z.string() })),
  async handle({ page: { after, limit, of } }, { ledger }) {
    const last = after(z.tuple([z.string(), z.string(), z.string(), z.int()]));
    const rows = await ledger.query((db) => listFxRates(db, { after: last, limit: limit + 1 }));
    const { data, next_cursor } = of(rows, (row) => [row.from, row.to, row.effective_from, row.position]);
    return { body: { data: data.map(({ position: _position, ...shown }) => shown), next_cursor } };
  },
});

/** Sets an exchange rate. */
export const setFxRateRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/fx-rates',
  tag: 'margin',
  summary: 'Set an exchange rate from a day on (default today): one `from` buys `rate` of `to`',
  access: 'admin',
  body: z.strictObject({
    from: currencyCode,
    to: currencyCode,
    rate: quantitySchema,
    effective_from: daySchema.optional(),
  }),
  response: one(rate),
  status: 201,
  async handle({ body, meta }, { ledger }) {
    const input = { ...body, effective_from: body.effective_from ?? ledger.now().slice(0, 10) };
    return answerCommand(ledger, commands.setFxRate, input, meta);
  },
});

/** Exchange rates (spec 12). */
export const fxRoutes = [listFxRatesRoute, setFxRateRoute];

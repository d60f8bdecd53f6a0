import { z } from 'zod';
import { listTaxRates } from '../../../projections/catalog/tax-queries.ts';
import { commands } from '../../processes/commands.ts';
import { answerCommand } from '../answer-command.ts';
import { defineRoute } from '../route.ts';
import {
  daySchema,
  decimalSchema,
  idSchema,
  list,
  one,
  pageQuery,
  quantitySchema,
  textSchema,
} from '../schemas.ts';

const taxRate = z.strictObject({
  name: z.string(),
  rate: decimalSchema,
  effective_from: daySchema,
  tenant_id: z.string().nullable(),
  reason: z.string().nullable(),
});

/** The tax rates. */
export const listTaxRatesRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/tax-rates',
  tag: 'invoices',
  summary: 'Every tax rate ever set, the general ones first; of two for one tenant and day the later holds',
  access: 'admin',
  query: z.strictObject(pageQuery),
  response: list(taxRate.extend({ recorded_at: z.string() })),
  async handle({ page: { after, limit, of } }, { ledger }) {
    const last = after(z.tuple([z.string(), z.string(), z.int()]));
    const rows = await ledger.query((db) => listTaxRates(db, { after: last, limit: limit + 1 }));
    const { data, next_cursor } = of(rows, (row) => [row.tenant_id ?? '', row.effective_from, row.position]);
    return { body: { data: data.map(({ position: _position, ...shown }) => shown), next_cursor } };
  },
});

/** Sets a tax rate. */
export const setTaxRateRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/tax-rates',
  tag: 'invoices',
  summary: 'Set a tax rate from a day on, for all tenants or for one',
  description:
    "A month bears the rate in force on its last day, a tenant's own before the general one. A " +
    "tenant's rate of 0 needs a `reason`: its invoices then have no tax line. Where a rate changes " +
    'what an invoiced month bears, it is listed as `late` on the invoice until a forced rollup bills ' +
    'it.',
  access: 'admin',
  body: z.strictObject({
    name: z.string().min(1).max(50),
    rate: quantitySchema,
    effective_from: daySchema,
    tenant_id: idSchema.nullable().default(null),
    reason: textSchema.nullable().default(null),
  }),
  response: one(taxRate),
  status: 201,
  handle: ({ body, meta }, { ledger }) => answerCommand(ledger, commands.setTaxRate, body, meta),
});

/** Tax rates (spec 11). */
export const taxRoutes = [listTaxRatesRoute, setTaxRateRoute];

import { z } from 'zod';
import {
  receivablesByTenant,
  receivablesTotal,
} from '../../../projections/receivables/receivable-queries.ts';
import { dayOf } from '../../pricing/calendar.ts';
import { defineRoute } from '../route.ts';
import { centsSchema, daySchema, list, pageQuery, priceCentsSchema } from '../schemas.ts';

/** What is open by age, and what is over. */
export const aged = {
  current_cents: priceCentsSchema,
  days_1_30_cents: priceCentsSchema,
  days_31_60_cents: priceCentsSchema,
  days_61_90_cents: priceCentsSchema,
  over_90_cents: priceCentsSchema,
  total_cents: priceCentsSchema,
  opening_balance_cents: priceCentsSchema,
  balance_cents: centsSchema,
};

/** What is owed. */
export const receivablesRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/receivables',
  tag: 'payments',
  summary: 'What tenants owe at the end of a day, by age',
  description:
    'Age counts the days past the last day to pay. The sums are those of the open invoices on that day, ' +
    'with their debit notes and with opening balances; what was paid, credited or voided later does not ' +
    'count. `balance_cents` is what a tenant has over, and is not taken off. `as_of` is today by default.',
  access: 'admin',
  heavy: true,
  query: z.strictObject({ ...pageQuery, as_of: daySchema.optional() }),
  response: list(z.strictObject({ tenant_id: z.string(), ...aged })).extend({
    as_of: daySchema,
    currency: z.string(),
    totals: z.strictObject(aged),
  }),
  async handle({ query, page: requested }, { ledger, currency }) {
    const as_of = query.as_of ?? dayOf(ledger.now());
    const after = requested.after(z.tuple([z.string(), daySchema]));
    // The pages of one list are of one day, also past midnight.
    const day = query.as_of ?? after?.[1] ?? as_of;
    const { rows, totals } = await ledger.read(async (db) => ({
      rows: await receivablesByTenant(db, day, { after: after?.[0] ?? null, limit: requested.limit + 1 }),
      totals: await receivablesTotal(db, day),
    }));
    const page = requested.of(rows, ({ tenant_id }) => [tenant_id, day]);
    return { body: { ...page, as_of: day, currency, totals } };
  },
});

/** What is owed, over all tenants (spec 18). */
export const receivableRoutes = [receivablesRoute];

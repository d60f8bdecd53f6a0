import { z } from 'zod';
import {
  receivablesByTenant,
  receivablesTotal,
  type ReceivableRow,
} from '../../../projections/receivables/receivable-queries.ts';
import { dayOf } from '../../pricing/calendar.ts';
import { centsCell, csvTable, type CsvTable } from '../csv.ts';
import { defineRoute } from '../route.ts';
import { centsSchema, daySchema, list, priceCentsSchema } from '../schemas.ts';
import { csvForm, csvRows, exportRows, listQuery, wantsCsv } from './csv-export.ts';

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

/** What tenants owe as a table for spreadsheets. */
const receivablesCsv = (day: string, currency: string): CsvTable<ReceivableRow> =>
  csvTable([
    ['as_of', () => day],
    ['tenant_id', ({ tenant_id }) => tenant_id],
    ['currency', () => currency],
    ['current', (row) => centsCell(row.current_cents)],
    ['days_1_30', (row) => centsCell(row.days_1_30_cents)],
    ['days_31_60', (row) => centsCell(row.days_31_60_cents)],
    ['days_61_90', (row) => centsCell(row.days_61_90_cents)],
    ['over_90', (row) => centsCell(row.over_90_cents)],
    ['total', (row) => centsCell(row.total_cents)],
    ['opening_balance', (row) => centsCell(row.opening_balance_cents)],
    ['balance', (row) => centsCell(row.balance_cents)],
  ]);

/** What is owed. */
export const receivablesRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/receivables',
  tag: 'payments',
  summary: 'What tenants owe at the end of a day, by age',
  description:
    'Age counts the days past the last day to pay. The sums are those of the open invoices on that day, ' +
    'with their debit notes and with opening balances; what was paid, credited or voided later does not ' +
    'count. `balance_cents` is what a tenant has over, and is not taken off. `as_of` is today by default. ' +
    'As CSV it has a line for each tenant, amounts as decimals.',
  access: 'admin',
  heavy: true,
  query: z.strictObject({ ...listQuery, as_of: daySchema.optional() }),
  response: list(z.strictObject({ tenant_id: z.string(), ...aged })).extend({
    as_of: daySchema,
    currency: z.string(),
    totals: z.strictObject(aged),
  }),
  streamed: csvForm('A head and a line for each tenant'),
  async handle({ query, page: requested, prefers }, { ledger, currency }) {
    const as_of = query.as_of ?? dayOf(ledger.now());
    if (wantsCsv(query, prefers)) {
      const read = (last: ReceivableRow | null) =>
        ledger.read((db) =>
          receivablesByTenant(db, as_of, { after: last?.tenant_id ?? null, limit: exportRows }),
        );
      return { stream: csvRows(receivablesCsv(as_of, currency), read), name: `receivables-${as_of}.csv` };
    }
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

import { z } from 'zod';
import { providerCurrency } from '../../../commands/costs/provider-invoice.ts';
import {
  costGroupings,
  costSums,
  invoicesByMonth,
  type CostSum,
} from '../../../projections/costs/cost-sum-queries.ts';
import { providerInvoiceOf } from '../../../projections/costs/provider-invoice-queries.ts';
import { sumCents } from '../../pricing/money.ts';
import { groupBy } from '../../runtime/group-by.ts';
import { foundOr404 } from '../caller.ts';
import { monthsAsked } from '../months-asked.ts';
import { defineRoute } from '../route.ts';
import { centsSchema, daySchema, one, periodSchema, uuidSchema } from '../schemas.ts';
import { providerInvoice } from './provider-invoice-answer.ts';

const count = z.int().min(0);

const sums = {
  lines: count,
  matched: count,
  cents: centsSchema,
  unmatched_cents: centsSchema,
};

const groups = z.array(z.strictObject({ key: z.string().nullable(), ...sums }));

const summed = (lines: readonly CostSum[]): Omit<CostSum, 'period' | 'key'> => ({
  lines: lines.reduce((sum, one) => sum + one.lines, 0),
  matched: lines.reduce((sum, one) => sum + one.matched, 0),
  cents: sumCents(lines.map(({ cents }) => cents)),
  unmatched_cents: sumCents(lines.map(({ unmatched_cents }) => unmatched_cents)),
});

const grouped = (lines: readonly CostSum[]): Omit<CostSum, 'period'>[] =>
  lines.map(({ period: _period, ...group }) => group);

export const costMonthsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/billing/months',
  tag: 'billing',
  summary: 'What DigitalOcean bills each month, by kind, project or product',
  description:
    'Cents of a US dollar, over the lines of ingested invoices, tax included. `invoiced_cents` is what ' +
    'these invoices come to by themselves, `pending_cents` what those come to that are not ingested. By ' +
    '`kind` (the default) a group may also be `tax`, or `other` for lines of no kind; by `project` null is ' +
    'for lines of none. `unmatched_cents`: of lines that are no tax and have no resource. Default: the ' +
    'twelve months up to the last one that has ended; at most 24.',
  access: 'admin',
  query: z.strictObject({
    from: periodSchema.optional(),
    to: periodSchema.optional(),
    by: z.enum(costGroupings).optional(),
  }),
  response: one(
    z.strictObject({
      from: daySchema,
      to: daySchema,
      by: z.enum(costGroupings),
      currency: z.string(),
      months: z.array(
        z.strictObject({
          period: daySchema,
          invoices: count,
          invoiced_cents: centsSchema,
          pending: count,
          pending_cents: centsSchema,
          ...sums,
          groups,
        }),
      ),
    }),
  ),
  async handle({ query }, { ledger }) {
    const { from, to, periods } = monthsAsked(query, ledger.now().slice(0, 10));
    const by = query.by ?? 'kind';
    // One snapshot, so that invoices and their lines agree.
    const { invoices, lines } = await ledger.read(async (db) => ({
      invoices: await invoicesByMonth(db, { from, to }),
      lines: await costSums(db, by, { from, to }),
    }));
    const invoicesOf = new Map(invoices.map((month) => [month.period, month]));
    const linesOf = groupBy(lines, ({ period }) => period);
    const none = { invoices: 0, invoiced_cents: 0, pending: 0, pending_cents: 0 };
    const months = periods.map((period) => {
      const own = linesOf.get(period) ?? [];
      return { ...none, ...invoicesOf.get(period), period, ...summed(own), groups: grouped(own) };
    });
    return { body: { data: { from, to, by, currency: providerCurrency, months } } };
  },
});

export const providerInvoiceRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/billing/invoices/:uuid',
  tag: 'billing',
  summary: "One of DigitalOcean's invoices, with what its lines come to by kind, project and product",
  description:
    '`total` is over all of its lines, zeros before it is ingested; the groups of each kind add up to it. ' +
    'What the invoice itself says is `amount_cents`, and `difference_cents` what lies between.',
  access: 'admin',
  params: z.strictObject({ uuid: uuidSchema }),
  response: one(
    providerInvoice.extend({
      total: z.strictObject(sums),
      by_kind: groups,
      by_project: groups,
      by_product: groups,
    }),
  ),
  async handle({ params: { uuid } }, { ledger }) {
    const found = await ledger.read(async (db) => {
      const of = { invoice_uuid: uuid };
      const [invoice, kinds, projects, products] = await Promise.all([
        providerInvoiceOf(db, uuid),
        costSums(db, 'kind', of),
        costSums(db, 'project', of),
        costSums(db, 'product', of),
      ]);
      return invoice === null ? null : { invoice, kinds, projects, products };
    });
    const { invoice, kinds, projects, products } = foundOr404(found, 'invoice');
    return {
      body: {
        data: {
          ...invoice,
          total: summed(kinds),
          by_kind: grouped(kinds),
          by_project: grouped(projects),
          by_product: grouped(products),
        },
      },
    };
  },
});

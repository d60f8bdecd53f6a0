import { z } from 'zod';
import { previewMonth } from '../../invoicing/preview.ts';
import { Refused, refuseField } from '../../ledger/refusal.ts';
import { addMonths, dayOf, monthOf } from '../../pricing/calendar.ts';
import { defineRoute } from '../route.ts';
import { centsSchema, daySchema, idSchema, list, pageQuery, periodSchema } from '../schemas.ts';
import { invoiceLineAnswer, invoiceRow } from './invoice-answer.ts';
import { notBillableAnswer } from './margin-answer.ts';

const tag = 'invoices';

/**
 * The month to look at: by default the last one that has ended.
 * @throws {Refused} `invalid-input` for a month after the running one: it has no facts yet
 */
function shownMonth(period: string | undefined, today: string): string {
  const running = monthOf(today);
  if (period !== undefined && period > running)
    throw new Refused(refuseField('period', `${period.slice(0, 7)} has not begun (UTC)`));
  return period ?? addMonths(running, -1);
}

const previewed = invoiceRow
  .pick({
    tenant_id: true,
    period_start: true,
    period_end: true,
    currency: true,
    subtotal_cents: true,
    tax_cents: true,
    total_cents: true,
    tax_name: true,
    tax_rate: true,
    unpriced: true,
    unbilled: true,
    unmetered: true,
  })
  .extend({ invoice_id: z.string(), lines: z.array(invoiceLineAnswer) });

const previewRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/invoices/preview',
  tag,
  summary: 'What closing a month would issue, line for line',
  description: [
    'By the code that issues, in the order of tenant ids. Default: the last month that has ended. A tenant',
    'whose invoice is there already is left out, since closing leaves that as it is: `standing` counts',
    'those. `is_final` says whether the month has ended; the running month is shown as if it ended with what',
    'is known so far. `summary` covers the whole filter, whatever the page, as of journal position',
    "`position`. `not_billable` names tenants whose month can't be billed.",
  ].join(' '),
  access: 'admin',
  heavy: true,
  query: z.strictObject({ ...pageQuery, period: periodSchema.optional(), tenant_id: idSchema.optional() }),
  response: list(previewed).extend({
    summary: z.strictObject({
      period: daySchema,
      is_final: z.boolean(),
      position: z.int(),
      currency: z.string(),
      invoices: z.int(),
      subtotal_cents: centsSchema,
      tax_cents: centsSchema,
      total_cents: centsSchema,
      standing: z.int(),
      not_billable: notBillableAnswer,
    }),
  }),
  async handle({ query, page }, { ledger, currency, jobDeps: { tax: seedTax } }) {
    const today = dayOf(ledger.now());
    const period = shownMonth(query.period, today);
    const { tenant_id } = query;
    const after = page.after(z.tuple([z.string()]))?.[0] ?? null;
    const { invoices, summary } = await ledger.readLatest((db, position) =>
      previewMonth(
        db,
        position,
        { period, tenant_id, currency, seedTax, today },
        { after, limit: page.limit + 1 },
      ),
    );
    return { body: { ...page.of(invoices, (row) => [row.tenant_id]), summary } };
  },
});

/** The close of a month (spec 19): what would be issued. */
export const invoiceCloseRoutes = [previewRoute];

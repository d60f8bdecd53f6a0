import { z } from 'zod';
import { deadRuns } from '../../jobs/dead-runs.ts';
import { previewMonth } from '../../invoicing/preview.ts';
import { freshMeta } from '../../ledger/fresh-meta.ts';
import { Refused, refuseField } from '../../ledger/refusal.ts';
import { addMonths, dayOf, monthOf } from '../../pricing/calendar.ts';
import { closeMonth, decideClose, readMonthClose } from '../../processes/close-month.ts';
import { defineRoute } from '../route.ts';
import {
  centsSchema,
  daySchema,
  idSchema,
  list,
  one,
  pageQuery,
  periodSchema,
  reasonSchema,
} from '../schemas.ts';
import { closedMonthAnswer, monthCloseAnswer, startedCloseAnswer } from './close-answer.ts';
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

/** What closing a month would issue. */
export const previewMonthRoute = defineRoute({
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

/** The close list of a month. */
export const closeListRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/invoices/close',
  tag,
  summary: 'What stands between a month and its issue',
  description: [
    'Default: the last month that has ended. `status`: `open` before the month has ended (`items` are',
    'what stands in the way so far), then `blocked` or `ready`, and `closed` once it is decided that it is',
    'issued: `closed` has who decided, when and why, and is null for a month that was rolled up by hand.',
    '`rolled_up` says whether its invoices are issued. Each item `blocks`, `warns` or is `ok`, with how',
    'many there are, what they come to, and the path of the API that shows them.',
  ].join(' '),
  access: 'admin',
  heavy: true,
  query: z.strictObject({ period: periodSchema.optional() }),
  response: one(monthCloseAnswer),
  async handle({ query }, { ledger, jobDeps }) {
    const period = shownMonth(query.period, dayOf(ledger.now()));
    return { body: { data: await readMonthClose({ ...jobDeps, ledger, deadRuns }, period) } };
  },
});

/** Closes a month. */
export const closeMonthRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/invoices/close',
  tag,
  summary: 'Close a month: issue its invoices when nothing stands in the way',
  description: [
    'Something that blocks is a 409 `close-blocked` with the whole list as `items`. With `force` the month',
    'is closed all the same, and `reason` (needed then, kept without it too) is recorded. The decision is',
    'recorded before the first invoice, once: closing again answers the first decision, and finishes what',
    'a crash has interrupted. The answer is that of a roll-up over all tenants, and `closed`. With',
    '`async: true` it is a 202 once the decision is recorded: `GET jobs/runs/:run_id` shows how the roll-up',
    'goes on, and its result.',
  ].join(' '),
  access: 'admin',
  body: z.strictObject({
    period: periodSchema,
    force: z.boolean().default(false),
    reason: reasonSchema.nullable().default(null),
    async: z.boolean().default(false),
  }),
  response: one(z.union([closedMonthAnswer, startedCloseAnswer])),
  status: [200, 202],
  async handle({ body: { async: inBackground, ...request }, meta }, { ledger, jobDeps, jobs }) {
    // Like a roll-up: a month takes longer than one command, and each invoice is a command of its own.
    const deps = { ...jobDeps, deadRuns };
    const further = () => freshMeta(ledger, meta);
    if (inBackground) {
      const { period } = request;
      const closed = await decideClose(deps, request, further);
      const { run, finished } = await jobs.start('invoices.rollup', { period }, { actor: meta.actor });
      // The run's record says how it ended; this request does not wait for it.
      finished.catch(() => undefined);
      const data = { period, closed, run_id: run.id };
      return { body: { data }, status: 202, position: await ledger.position() };
    }
    const data = await closeMonth(deps, request, further);
    return { body: { data }, position: await ledger.position() };
  },
});

/** The close of a month (spec 19): what stands in its way, what it issues, and the decision. */
export const invoiceCloseRoutes = [closeListRoute, closeMonthRoute, previewMonthRoute];

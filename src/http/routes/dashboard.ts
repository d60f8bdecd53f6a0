import { z } from 'zod';
import { endOf } from '../../../projections/deployments/as-of.ts';
import { accrualAt } from '../../invoicing/accrual.ts';
import { leakageOfPeriod } from '../../invoicing/leakage.ts';
import { leakageReasons } from '../../invoicing/leakage-item.ts';
import { marginOfPeriod } from '../../invoicing/margin.ts';
import { Refused, refuseField } from '../../ledger/refusal.ts';
import { addMonths, monthOf } from '../../pricing/calendar.ts';
import { defineRoute } from '../route.ts';
import {
  centsSchema,
  daySchema,
  decimalSchema,
  instantSchema,
  momentSchema,
  one,
  periodSchema,
  queryBoolean,
} from '../schemas.ts';
import { accruedSubscription, forecastAnswer } from './accrual-answer.ts';
import { csvForm, formatQuery, wantsCsv } from './csv-export.ts';
import { costSplit, figuresOfMargin, fxAnswer, notBillableAnswer, pendingAnswer } from './margin-answer.ts';
import { marginCsv } from './margin-csv.ts';
import { marginLinesRoute } from './margin-lines.ts';
import { marginMonthsRoute } from './margin-months.ts';

const tag = 'dashboard';

const margin = z.strictObject({
  period: daySchema,
  currency: z.string(),
  fx: fxAnswer,
  overall: z.strictObject({ ...figuresOfMargin, ...costSplit, unattributed_cents: centsSchema }),
  tenants: z.array(z.strictObject({ tenant_id: z.string(), ...figuresOfMargin, ...costSplit })),
  deployments: z.array(
    z.strictObject({ deployment_id: z.string(), tenant_id: z.string(), ...figuresOfMargin, ...costSplit }),
  ),
  by_kind: z.strictObject({
    revenue: z.array(z.strictObject({ resource_kind: z.string(), cents: centsSchema })),
    cogs: z.array(z.strictObject({ kind: z.string(), cents: centsSchema })),
  }),
  pending: pendingAnswer,
  not_billable: notBillableAnswer,
});

export const marginRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/dashboard/margin',
  tag,
  summary: 'What a month earned and what it cost',
  description: [
    "Revenue is that of issued and paid invoices, before tax; costs are the provider's ingested invoices,",
    "tax included, in the ledger's currency. `unattributed_cents` are the costs of no tenant;",
    '`direct_cents` are those of lines matched to a tenant, `shared_cents` its share of the rest by',
    '`PUT /api/v1/cost-sharing`; the three add up to the whole. `pending` are',
    "the month's invoices of the provider that are not ingested, which its costs lack, with the last error",
    '(null: not tried yet). Default: the last month that has ended. With `known_at` all of it is as it had',
    'been recorded by then: the very answer that was given at that moment. `not_billable` names tenants',
    "whose month can't be billed, so that they have no revenue. As CSV it has a line for each deployment,",
    'for what a tenant has beside them, and for what is unattributed; they add up to the whole. With',
    '`deployments=false` the answer has no deployments, which is quicker where there are thousands.',
  ].join(' '),
  access: 'admin',
  heavy: true,
  query: z.strictObject({
    period: periodSchema.optional(),
    deployments: queryBoolean.optional(),
    known_at: momentSchema.optional(),
    ...formatQuery,
  }),
  response: one(margin),
  streamed: csvForm('A head and a line for each part of the margin'),
  async handle({ query, prefers }, { ledger, currency, jobDeps: { tax: seedTax } }) {
    const at = query.known_at === undefined ? undefined : endOf(query.known_at);
    const now = ledger.now();
    // A moment in the future has the same default month as now.
    const day = (at === undefined || at > now ? now : at).slice(0, 10);
    const isTable = wantsCsv(query, prefers);
    const withoutDeployments = query.deployments === false;
    if (isTable && withoutDeployments)
      throw new Refused(refuseField('deployments', 'an export has them all'));
    const period = query.period ?? addMonths(monthOf(day), -1);
    const scope = { period, currency, seedTax, withoutDeployments };
    const data =
      at === undefined
        ? await ledger.read((db) => marginOfPeriod(db, scope))
        : await ledger.readLatest((db, position) =>
            marginOfPeriod(db, { ...scope, known: { at, position } }),
          );
    if (isTable) return { stream: marginCsv(data), name: `margin-${scope.period.slice(0, 7)}.csv` };
    return { body: { data: withoutDeployments ? { ...data, deployments: [] } : data } };
  },
});

const accrual = z.strictObject({
  period: daySchema,
  as_of: instantSchema,
  total_cents: centsSchema,
  forecast: forecastAnswer,
  subscriptions: z.array(z.strictObject(accruedSubscription)),
  not_billable: notBillableAnswer,
});

export const accrualRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/dashboard/accrual',
  tag,
  summary: 'The current month as if it were invoiced with the usage so far, and at the pace of its usage',
  description: [
    'Before tax. `plan_code` is null where only charges are due. `forecast` is what the month comes to at',
    'the pace of its ended days (`so_far_cents`) and at that of the last seven ended days',
    '(`last_7_days_cents`), null where no such day was in force, as on the first of a month; in the total a',
    'subscription without a figure counts with what it comes to so far. `not_billable` names tenants whose',
    "month comes to more than can be billed, or can't be computed: the figures leave them out. Where that",
    'is so at a pace alone, only the forecast of the tenant at that pace is missing.',
  ].join(' '),
  access: 'admin',
  heavy: true,
  response: one(accrual),
  async handle(_request, { ledger, currency, jobDeps: { tax } }) {
    return { body: { data: await ledger.read((db) => accrualAt(db, { now: ledger.now(), currency, tax })) } };
  },
});

const leakageItem = z.strictObject({
  reason: z.enum(leakageReasons),
  tenant_id: z.string().nullable(),
  deployment_id: z.string().nullable(),
  resource_kind: z.string().nullable(),
  qty: decimalSchema.nullable(),
  amount_cents: centsSchema.nullable(),
  value_cents: centsSchema.nullable(),
  detail: z.record(z.string(), z.json()),
});

const leakage = z.strictObject({
  period: daySchema,
  currency: z.string(),
  items: z.array(leakageItem),
  total_cents: centsSchema,
  at_billed_tenants: z.array(leakageItem),
  at_billed_tenants_cents: centsSchema,
});

export const leakageRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/dashboard/leakage',
  tag,
  summary: 'What of a month costs or is used, and no tenant is billed for',
  description: [
    'Default: the last month that has ended. `amount_cents` is a cost; the amounts add up to `total_cents`,',
    'which is what the margin of the month calls unattributed and the costs of tenants without revenue.',
    '`value_cents` is what something that is no cost would be billed at, or was billed, before tax: null',
    'where no price applies or more than a month can come to. `at_billed_tenants` are costs at tenants with',
    'revenue that no subscription in force covers; they are not in the total. `detail` has the objects to',
    'look at.',
  ].join(' '),
  access: 'admin',
  heavy: true,
  query: z.strictObject({ period: periodSchema.optional() }),
  response: one(leakage),
  async handle({ query }, { ledger, currency, jobDeps: { tax: seedTax } }) {
    const today = ledger.now().slice(0, 10);
    const scope = { period: query.period ?? addMonths(monthOf(today), -1), currency, seedTax, today };
    return { body: { data: await ledger.read((db) => leakageOfPeriod(db, scope)) } };
  },
});

/** The operator's figures (spec 4, 11, 12). */
export const dashboardRoutes = [marginRoute, marginMonthsRoute, marginLinesRoute, accrualRoute, leakageRoute];

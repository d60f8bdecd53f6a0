import { z } from 'zod';
import { deploymentTenants } from '../../../projections/usage/deployment-tenants.ts';
import { forecastAt } from '../../invoicing/forecast.ts';
import { foundOr404, scopeOf, tenantFor } from '../caller.ts';
import { defineRoute } from '../route.ts';
import { centsSchema, daySchema, idSchema, instantSchema, one, signedDecimalSchema } from '../schemas.ts';
import { accruedSubscription, forecastAnswer } from './accrual-answer.ts';
import { notBillableAnswer } from './margin-answer.ts';

const kind = z.strictObject({
  resource_kind: z.string(),
  used_qty: signedDecimalSchema,
  allowance_qty: signedDecimalSchema,
  forecast: z.strictObject({
    so_far_qty: signedDecimalSchema.nullable(),
    so_far_overage_cents: centsSchema.nullable(),
    last_7_days_qty: signedDecimalSchema.nullable(),
    last_7_days_overage_cents: centsSchema.nullable(),
  }),
});

const usageForecast = z.strictObject({
  period: daySchema,
  as_of: instantSchema,
  currency: z.string(),
  days: z.strictObject({ in_month: z.int(), complete: z.int() }),
  total_cents: centsSchema,
  forecast: forecastAnswer,
  deployments: z.array(
    z.strictObject({ ...accruedSubscription, llm_forecast: forecastAnswer, kinds: z.array(kind) }),
  ),
  not_billable: notBillableAnswer,
});

export const usageForecastRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/usage/forecast',
  tag: 'usage',
  summary: 'What the current month comes to if usage goes on at its pace, by deployment and billing kind',
  description: [
    'Before tax. `so_far` goes by the days of the month that have ended, `last_7_days` by the last seven',
    'that have ended, also of the month before; both by days in force only. A figure is null where no such',
    'day is there to go by, as on the first of a month. `total_cents` and `used_qty` are those so far,',
    '`allowance_qty` that of the whole month. In the total a deployment without a figure counts with what',
    'it comes to so far. `not_billable` names tenants whose month comes to more than can be billed. A tenant',
    'sees its own; an admin sees all, or those of `tenant_id`.',
  ].join(' '),
  access: 'tenant',
  heavy: true,
  query: z.strictObject({ tenant_id: idSchema.optional(), deployment_id: idSchema.optional() }),
  response: one(usageForecast),
  async handle({ query, caller }, { ledger, currency, jobDeps: { tax } }) {
    const deploymentId = query.deployment_id;
    const tenant = scopeOf(caller) === null ? query.tenant_id : tenantFor(caller, query.tenant_id);
    const { subscriptions: deployments, ...month } = await ledger.read(async (db) => {
      const owner =
        deploymentId === undefined
          ? undefined
          : (await deploymentTenants(db, [deploymentId])).get(deploymentId);
      const isAsked = tenant === undefined || owner === tenant;
      if (deploymentId !== undefined) foundOr404(isAsked ? owner : null, 'deployment');
      const now = ledger.now();
      const scope = { now, currency, tax, tenantId: tenant ?? owner, deploymentId };
      return forecastAt(db, scope, ({ kinds, ...one }) => ({ ...one, kinds: kinds() }));
    });
    return { body: { data: { ...month, currency, deployments } } };
  },
});

/** What the running month comes to (spec 12). */
export const usageForecastRoutes = [usageForecastRoute];

import { z } from 'zod';
import { listDeployments } from '../../../projections/deployments/deployment-queries.ts';
import { deploymentTenants } from '../../../projections/usage/deployment-tenants.ts';
import { usageDaysOf } from '../../invoicing/usage-days.ts';
import { dayOf, daysInMonth, monthOf } from '../../pricing/calendar.ts';
import { foundOr404, listScope, tenantFor } from '../caller.ts';
import { defineRoute } from '../route.ts';
import { daySchema, idSchema, list, pageQuery, periodSchema, signedDecimalSchema } from '../schemas.ts';

const kindByDay = z.strictObject({
  resource_kind: z.string(),
  used_qty: signedDecimalSchema,
  allowance_qty: signedDecimalSchema,
  hard_cap_qty: signedDecimalSchema.nullable(),
  days: z.array(
    z.strictObject({
      day: daySchema,
      qty: signedDecimalSchema,
      in_force: z.boolean(),
      so_far_qty: signedDecimalSchema,
    }),
  ),
});

const deploymentByDay = z.strictObject({
  deployment_id: z.string(),
  slug: z.string(),
  display_name: z.string(),
  status: z.array(
    z.strictObject({
      from: daySchema,
      to: daySchema,
      /** Null: in force. */
      reason: z.enum(['no-subscription', 'before-start', 'trial', 'paused', 'cancelled']).nullable(),
    }),
  ),
  kinds: z.array(kindByDay),
});

/** Usage by day. */
export const usageDaysRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/usage/days',
  tag: 'usage',
  summary: 'What deployments used on each day of a month, against what the month allows',
  description: [
    'By deployment and billing kind, those of a tenant (an admin names `tenant_id` or `deployment_id`); this',
    "month unless `period` names another. A day's `qty` is exact: what was metered and reported, and the",
    "gateway's tokens on days in LLM mode `allowance`; days without a record are missing. Days that are not",
    '`in_force` do not count in `used_qty` and in `so_far_qty`, the sum up to the day; `status` says why',
    'they are not. `allowance_qty` and `hard_cap_qty` are those of the whole month, as its invoice counts',
    'them.',
  ].join(' '),
  access: 'tenant',
  heavy: true,
  query: z.strictObject({
    ...pageQuery,
    tenant_id: idSchema.optional(),
    deployment_id: idSchema.optional(),
    period: periodSchema.optional(),
  }),
  response: list(deploymentByDay).extend({ period: daySchema, days_in_month: z.int() }),
  async handle({ query, caller, page: { after, limit, of } }, { ledger }) {
    const { deployment_id, period = monthOf(dayOf(ledger.now())) } = query;
    const last = after(z.tuple([z.string()]))?.[0] ?? null;
    const asked = listScope(caller, query.tenant_id);
    const found = await ledger.read(async (db) => {
      const owner =
        deployment_id === undefined
          ? tenantFor(caller, asked ?? undefined)
          : (await deploymentTenants(db, [deployment_id])).get(deployment_id);
      const tenantId = foundOr404(asked === null || owner === asked ? owner : null, 'deployment');
      const rows = await listDeployments(db, {
        ...{ tenantId, id: deployment_id },
        ...{ after: last, limit: limit + 1 },
      });
      const page = of(rows, ({ id }) => [id]);
      const deploymentIds = page.data.map(({ id }) => id);
      return { page, months: await usageDaysOf(db, { period, tenantId, deploymentIds }) };
    });
    const { page, months } = found;
    const data = page.data.flatMap(({ id: deployment_id, slug, display_name }, at) => {
      const month = months[at];
      return month === undefined ? [] : [{ deployment_id, slug, display_name, ...month }];
    });
    return {
      body: { data, next_cursor: page.next_cursor, period, days_in_month: daysInMonth(period) },
    };
  },
});

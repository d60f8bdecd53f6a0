import { z } from 'zod';
import { heldVersions, planHolders } from '../../../projections/catalog/holder-queries.ts';
import { planWithVersions } from '../../../projections/catalog/plan-queries.ts';
import { deploymentStates } from '../../events/deployments.ts';
import { dayOf } from '../../pricing/calendar.ts';
import { foundOr404 } from '../caller.ts';
import { defineRoute } from '../route.ts';
import {
  centsSchema,
  daySchema,
  idSchema,
  instantSchema,
  list,
  pageQuery,
  priceCentsSchema,
  queryInteger,
} from '../schemas.ts';

const count = z.int().min(0);

const heldVersion = z.strictObject({
  plan_code: z.string(),
  plan_name: z.string(),
  version: z.int(),
  status: z.enum(['draft', 'active', 'retired']),
  base_price_cents: priceCentsSchema,
  currency: z.string(),
  published_at: instantSchema.nullable(),
  retired_at: instantSchema.nullable(),
  subscriptions: count,
  billed: count,
  tenants: count,
  monthly_base_cents: centsSchema,
});

const holder = z.strictObject({
  deployment_id: z.string(),
  slug: z.string(),
  display_name: z.string(),
  tenant_id: z.string(),
  state: z.enum(deploymentStates),
  plan_version: z.int(),
  subscription_status: z.enum(['active', 'paused']),
  starts_on: daySchema,
  billed: z.boolean(),
  base_price_cents: priceCentsSchema,
  grandfathered: z.boolean(),
});

/** The versions of all plans, with what their holders come to. */
export const planVersionsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/catalog/plan-versions',
  tag: 'catalog',
  summary: 'Every version of every plan, drafts too, with how many hold it',
  description:
    '`subscriptions` are those that were not cancelled, `billed` those of them that are neither paused nor ' +
    'in trial and have started. `monthly_base_cents` is what the base prices of the billed ones come to in ' +
    'a whole month, before tax; addons and overage come on top.',
  access: 'admin',
  query: z.strictObject({ ...pageQuery, plan_code: idSchema.optional() }),
  response: list(heldVersion),
  async handle({ query: { plan_code }, page: { after, limit, of } }, { ledger }) {
    const last = after(z.tuple([z.string(), z.int()]));
    const today = dayOf(ledger.now());
    const rows = await ledger.query((db) =>
      heldVersions(db, { planCode: plan_code, today, after: last, limit: limit + 1 }),
    );
    return { body: of(rows, (row) => [row.plan_code, row.version]) };
  },
});

/** The subscriptions to a plan. */
export const planHoldersRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/catalog/plans/:code/holders',
  tag: 'catalog',
  summary: 'Who holds a plan, and in which version',
  description:
    '`grandfathered` subscriptions hold another version than the active one, which a new subscription ' +
    'would get. Those that were cancelled are left out.',
  access: 'admin',
  query: z.strictObject({
    ...pageQuery,
    version: queryInteger(1, Number.MAX_SAFE_INTEGER).optional(),
  }),
  response: list(holder),
  async handle({ params: { code }, query: { version }, page: { after, limit, of } }, { ledger }) {
    const last = after(z.tuple([z.string(), z.string()]));
    const today = dayOf(ledger.now());
    const rows = await ledger.read(async (db) => {
      foundOr404(await planWithVersions(db, code, null), 'plan');
      return planHolders(db, { planCode: code, version, today, after: last, limit: limit + 1 });
    });
    return {
      body: of(rows as z.output<typeof holder>[], (row) => [row.tenant_id, row.deployment_id]),
    };
  },
});

/** Who holds what of the catalog. */
export const planHolderRoutes = [planVersionsRoute, planHoldersRoute];

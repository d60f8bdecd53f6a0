import { z } from 'zod';
import { listPlans, planWithVersions } from '../../../projections/catalog/plan-queries.ts';
import { listAddons } from '../../../projections/catalog/price-queries.ts';
import { commands } from '../../processes/commands.ts';
import { foundOr404, scopeOf } from '../caller.ts';
import { answerCommand } from '../answer-command.ts';
import { defineRoute } from '../route.ts';
import {
  decimalSchema,
  idSchema,
  list,
  nameSchema,
  one,
  pageQuery,
  priceCentsSchema,
  quantitySchema,
  queryInteger,
} from '../schemas.ts';
import { planHolderRoutes } from './plan-holders.ts';
import { resourcePriceRoutes } from './resource-prices.ts';

const planItem = z.object({
  resource_kind: idSchema,
  included_qty: decimalSchema,
  overage_unit: z.string(),
  overage_price_cents: priceCentsSchema,
  hard_cap_qty: decimalSchema.nullable(),
});

/** ISO 4217 code. */
export const currencyCode = z.string().regex(/^[A-Z]{3}$/, 'expected three capital letters');

const planRow = z.object({
  code: z.string(),
  name: z.string(),
  active_version: z.int().nullable(),
  base_price_cents: priceCentsSchema.nullable(),
  currency: z.string().nullable(),
  items: z.array(planItem).nullable(),
});

const versionTerms = z.object({
  version: z.int(),
  status: z.enum(['draft', 'active', 'retired']),
  base_price_cents: priceCentsSchema,
  currency: z.string(),
  items: z.array(planItem),
});
const versionRow = versionTerms.extend({
  published_at: z.string().nullable(),
  retired_at: z.string().nullable(),
});
const versionAnswer = one(versionTerms.extend({ plan_code: z.string() }));

const addonRow = z.object({
  code: z.string(),
  name: z.string(),
  resource_kind: z.string(),
  qty: decimalSchema,
  price_cents: priceCentsSchema,
});
/** Plans by code. */
export const plansRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/catalog/plans',
  tag: 'catalog',
  summary: 'Plans with the terms of their active version',
  access: 'tenant',
  query: z.strictObject(pageQuery),
  response: list(planRow),
  async handle({ caller, page: { after, limit, of } }, { ledger }) {
    const last = after(z.tuple([z.string()]));
    const rows = await ledger.query((db) =>
      listPlans(db, { tenantId: scopeOf(caller), after: last?.[0] ?? null, limit: limit + 1 }),
    );
    return { body: of(rows, (row) => [row.code]) };
  },
});

/** A plan with its versions. */
export const planRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/catalog/plans/:code',
  tag: 'catalog',
  summary: 'A plan with its versions',
  description:
    'A tenant sees the active version and those that its subscriptions hold; an admin sees all, drafts ' +
    'included.',
  access: 'tenant',
  response: one(
    z.object({
      code: z.string(),
      name: z.string(),
      active_version: z.int().nullable(),
      versions: z.array(versionRow),
    }),
  ),
  async handle({ params, caller }, { ledger }) {
    const plan = foundOr404(
      await ledger.read((db) => planWithVersions(db, params.code, scopeOf(caller))),
      'plan',
    );
    return {
      body: { data: { ...plan, versions: plan.versions.map(({ plan_code: _code, ...version }) => version) } },
    };
  },
});

/** Creates a plan. */
export const createPlanRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/catalog/plans',
  tag: 'catalog',
  summary: 'Create a plan; its terms come with its versions',
  access: 'admin',
  body: z.strictObject({ code: idSchema, name: nameSchema }),
  response: one(z.object({ code: z.string(), name: z.string() })),
  status: 201,
  handle: ({ body, meta }, { ledger }) => answerCommand(ledger, commands.createPlan, body, meta),
});

/** Drafts a version. */
export const draftRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/catalog/plans/:code/versions',
  tag: 'catalog',
  summary: 'Draft the next version of a plan',
  description:
    'Quantities are decimal strings; a JSON number of at most 15 significant digits is taken as well. ' +
    'What the latest draft says already adds no version.',
  access: 'admin',
  body: z.strictObject({
    base_price_cents: priceCentsSchema,
    currency: currencyCode.optional(),
    items: z
      .array(
        z.strictObject({
          resource_kind: idSchema,
          included_qty: quantitySchema,
          overage_unit: idSchema,
          overage_price_cents: priceCentsSchema,
          hard_cap_qty: quantitySchema.nullable().default(null),
        }),
      )
      .max(500),
  }),
  response: versionAnswer,
  status: 201,
  async handle({ params, body: { currency, ...terms }, meta }, { ledger }) {
    const { result, position } = await ledger.execute(
      commands.draftPlanVersion,
      { plan_code: params.code, ...terms, ...(currency === undefined ? {} : { currency }) },
      meta,
    );
    if (result === null) throw new Error(`plan ${params.code} has no version after a draft`);
    return { body: { data: { plan_code: params.code, ...result } }, position };
  },
});

/** Publishes a draft. */
export const publishRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/catalog/plans/:code/versions/:n/publish',
  tag: 'catalog',
  summary: 'Put a draft on sale; the version that was active is retired in the same step',
  access: 'admin',
  params: z.strictObject({ code: idSchema, n: queryInteger(1, Number.MAX_SAFE_INTEGER) }),
  response: versionAnswer,
  async handle({ params: { code, n }, meta }, { ledger }) {
    const { result, position } = await ledger.execute(
      commands.publishPlanVersion,
      { plan_code: code, version: n },
      meta,
    );
    if (result === null) throw new Error(`plan ${code} has no version ${n} after it was published`);
    return { body: { data: { plan_code: code, ...result } }, position };
  },
});

/** Addons on sale. */
export const addonsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/catalog/addons',
  tag: 'catalog',
  summary: 'Addons on sale',
  access: 'tenant',
  query: z.strictObject(pageQuery),
  response: list(addonRow),
  async handle({ page: { after, limit, of } }, { ledger }) {
    const last = after(z.tuple([z.string()]));
    const rows = await ledger.query((db) => listAddons(db, { after: last?.[0] ?? null, limit: limit + 1 }));
    return { body: of(rows, (row) => [row.code]) };
  },
});

/** Defines an addon. */
export const defineAddonRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/catalog/addons',
  tag: 'catalog',
  summary: 'Define an addon, or give it other terms for new attachments',
  access: 'admin',
  body: z.strictObject({
    code: idSchema,
    name: nameSchema,
    resource_kind: idSchema,
    qty: quantitySchema,
    price_cents: priceCentsSchema,
  }),
  response: one(addonRow),
  status: 201,
  handle: ({ body, meta }, { ledger }) => answerCommand(ledger, commands.defineAddon, body, meta),
});

/** The catalog (spec 6). */
export const catalogRoutes = [
  plansRoute,
  planRoute,
  createPlanRoute,
  draftRoute,
  publishRoute,
  addonsRoute,
  defineAddonRoute,
  ...resourcePriceRoutes,
  ...planHolderRoutes,
];

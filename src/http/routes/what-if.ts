import { z } from 'zod';
import { whatIf } from '../../invoicing/what-if.ts';
import { findWhatIf } from '../../invoicing/what-if-store.ts';
import { foundOr404 } from '../caller.ts';
import { defineRoute } from '../route.ts';
import { centsSchema, daySchema, instantSchema, one } from '../schemas.ts';
import { figuresOfMargin, fxAnswer, notBillableAnswer } from './margin-answer.ts';
import { overridesSchema, whatIfRequest } from './what-if-request.ts';

const tag = 'what-if';

const total = z.strictObject({ total_cents: centsSchema });
const figures = z.strictObject(figuresOfMargin).meta({ id: 'MarginFigures' });
const marginSides = { before: figures, after: figures };
const margin = { currency: z.string(), unattributed_cents: centsSchema, issued: figures, ...marginSides };
const sides = { before_cents: centsSchema, after_cents: centsSchema, delta_cents: centsSchema };
const totals = { before: total, after: total, issued: total, delta_cents: centsSchema };

const line = z.strictObject({
  deployment_id: z.string().nullable(),
  kind: z.enum(['plan_base', 'addon', 'overage', 'llm_usage', 'charge', 'tax']),
  resource_kind: z.string().nullable(),
  ...sides,
});

const tenant = z
  .strictObject({
    tenant_id: z.string(),
    ...sides,
    issued_cents: centsSchema.nullable(),
    margin: z.strictObject(marginSides).nullable(),
    affected: z.array(z.string()),
    grandfathered: z.array(z.string()),
    lines: z.array(line),
  })
  .meta({ id: 'WhatIfTenant' });

const month = {
  period: daySchema,
  ended: z.boolean(),
  ...totals,
  margin: z.strictObject({ ...margin, fx: fxAnswer }).nullable(),
  margin_unavailable: z.string().nullable(),
  subscriptions: z.strictObject({ affected: z.int(), grandfathered: z.int(), untouched: z.int() }),
  not_billable: notBillableAnswer,
  tenants: z.array(tenant),
};

const head = {
  id: z.string(),
  created_at: instantSchema,
  inputs_position: z.int(),
  overrides: overridesSchema,
};

const ofMonth = z.strictObject({ ...head, ...month });
const ofMonths = z.strictObject({
  ...head,
  ...totals,
  margin: z.strictObject(margin).nullable(),
  tenants: z.array(z.strictObject({ tenant_id: z.string(), ...sides, issued_cents: centsSchema.nullable() })),
  periods: z.array(z.strictObject(month)),
});
const result = z.union([ofMonth, ofMonths]).meta({ id: 'WhatIf' });

const createRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/what-if',
  tag,
  summary: 'What months would come to under another catalog or tax',
  description: [
    'Computes a month (`period`), or several at once (`periods`), twice from the same inputs: as it is, and',
    'with the overrides in place of what subscribers hold. Nothing live changes; the result is kept.',
    "A plan's override concerns every version of it, or `version` alone; `terms_of_version` takes all terms",
    "of another version, such as a draft, and the other members come on top. An addon's concerns every",
    'snapshot. One that names what the catalog does not have is a 422 with its path.',
    "Totals include tax, margins don't. `before` is computed anew; `issued` is what tenants were invoiced. A",
    'subscription is `affected` when it held, on a day of the month, terms that are replaced, and',
    '`grandfathered` when its plan is named but the versions that it held keep their terms.',
    'The running month is taken with its usage so far, as in the accrual. With `periods` the answer has each',
    'month under `periods`, and their sums beside it.',
  ].join(' '),
  access: 'admin',
  heavy: true,
  body: whatIfRequest,
  response: one(result),
  status: 201,
  async handle({ body, meta }, { ledger, sql, jobDeps: { tax } }) {
    return { body: { data: await whatIf({ ledger, sql, tax }, body, meta) } };
  },
});

const singleRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/what-if/:id',
  tag,
  summary: 'A what-if as it was answered, for 90 days',
  access: 'admin',
  response: one(result),
  async handle({ params: { id } }, { ledger, sql }) {
    return { body: { data: foundOr404(await findWhatIf(sql, id, ledger.now()), 'what-if') } };
  },
});

/** What-ifs (spec 13). */
export const whatIfRoutes = [createRoute, singleRoute];

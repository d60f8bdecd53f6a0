import { z } from 'zod';
import { endOf } from '../../../projections/deployments/as-of.ts';
import { unmatchedReasons } from '../../events/costs.ts';
import { borneBy } from '../../invoicing/borne-lines.ts';
import { marginLines, type MarginCostLine } from '../../invoicing/margin-lines.ts';
import { addMonths, monthOf } from '../../pricing/calendar.ts';
import { defineRoute } from '../route.ts';
import {
  centsSchema,
  daySchema,
  idSchema,
  list,
  momentSchema,
  periodSchema,
  queryBoolean,
} from '../schemas.ts';
import { csvForm, listQuery, wantsCsv } from './csv-export.ts';
import { costSplit, figuresOfMargin, fxAnswer } from './margin-answer.ts';
import { marginLinesCsv } from './margin-csv.ts';

const costOfMargin = z.strictObject({
  id: z.string(),
  invoice_uuid: z.string(),
  line_no: z.int().min(0),
  description: z.string(),
  kind: z.string().nullable(),
  is_tax: z.boolean(),
  first_day: daySchema,
  last_day: daySchema,
  amount_cents: centsSchema,
  amount_currency: z.string(),
  cost_cents: centsSchema,
  borne_by: z.enum(borneBy),
  tenant_id: z.string().nullable(),
  deployment_id: z.string().nullable(),
  resource_id: z.string().nullable(),
  resource: z.strictObject({ kind: z.string(), name: z.string() }).nullable(),
  unmatched_reason: z.enum(unmatchedReasons).nullable(),
});

const revenueOfMargin = z.strictObject({
  tenant_id: z.string(),
  deployment_id: z.string().nullable(),
  invoice_id: z.string(),
  correction_id: z.string().nullable(),
  line_no: z.int().min(0),
  kind: z.string(),
  resource_kind: z.string().nullable(),
  description: z.string(),
  amount_cents: centsSchema,
});

const shownCost = (line: MarginCostLine): z.output<typeof costOfMargin> => ({
  id: `${line.invoice_uuid}:${line.line_no}`,
  invoice_uuid: line.invoice_uuid,
  line_no: line.line_no,
  description: line.description,
  kind: line.kind,
  is_tax: line.is_tax,
  first_day: line.first_day,
  last_day: line.last_day,
  amount_cents: line.amount_cents,
  amount_currency: line.currency,
  cost_cents: line.converted_cents,
  borne_by: line.borne_by,
  tenant_id: line.tenant_id,
  deployment_id: line.deployment_id,
  resource_id: line.resource_id,
  resource: line.resource,
  unmatched_reason: line.unmatched_reason as z.output<typeof costOfMargin>['unmatched_reason'],
});

export const marginLinesRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/dashboard/margin/lines',
  tag: 'dashboard',
  summary: "The provider's lines and the invoice lines that a month's margin is made of",
  description: [
    'The cost lines by invoice and number: each once converted (`cost_cents`), `borne_by` a tenant, `shared`',
    'over the tenants in force, or `unattributed`. Filters: `tenant_id`, `deployment_id`,',
    "`without_deployment` (a tenant's lines that belong to none of its deployments), `borne_by`. `summary`",
    'is over the whole filter. With a tenant or a deployment, `revenue` has the lines of its invoice and',
    'notes, and `figures` its margin: the costs add up to its `direct_cents`, the revenue to its',
    '`revenue_cents`. Default: the last month that has ended. `known_at`: as it had been recorded by then.',
    'As CSV it is every line of the filter, revenue first; costs are below zero, so that the lines add up to',
    'the margin.',
  ].join(' '),
  access: 'admin',
  heavy: true,
  query: z.strictObject({
    ...listQuery,
    period: periodSchema.optional(),
    tenant_id: idSchema.optional(),
    deployment_id: idSchema.optional(),
    without_deployment: queryBoolean.optional(),
    borne_by: z.enum(borneBy).optional(),
    known_at: momentSchema.optional(),
  }),
  response: list(costOfMargin).extend({
    period: daySchema,
    currency: z.string(),
    fx: fxAnswer,
    figures: z.strictObject({ ...figuresOfMargin, ...costSplit }).nullable(),
    revenue: z.array(revenueOfMargin),
    summary: z.strictObject({ lines: z.int().min(0), cost_cents: centsSchema }),
  }),
  streamed: csvForm('A head and a line for each line of revenue and costs'),
  async handle({ query, page: requested, prefers }, { ledger, currency, jobDeps: { tax: seedTax } }) {
    const period = query.period ?? addMonths(monthOf(ledger.now().slice(0, 10)), -1);
    const scope = { period, currency, seedTax };
    const of = {
      tenantId: query.tenant_id,
      deploymentId: query.deployment_id,
      withoutDeployment: query.without_deployment,
      borneBy: query.borne_by,
    };
    const isWhole = wantsCsv(query, prefers);
    const page = isWhole
      ? { limit: Number.MAX_SAFE_INTEGER, after: null }
      : { limit: requested.limit + 1, after: requested.after(z.tuple([z.string(), z.int()])) };
    const at = query.known_at === undefined ? undefined : endOf(query.known_at);
    const found =
      at === undefined
        ? await ledger.read((db) => marginLines(db, scope, of, page))
        : await ledger.readLatest((db, position) =>
            marginLines(db, { ...scope, known: { at, position } }, of, page),
          );
    if (isWhole) return { stream: marginLinesCsv(found), name: `margin-lines-${period.slice(0, 7)}.csv` };
    const { costs, ...answer } = found;
    const { data, next_cursor } = requested.of(costs, (line) => [line.invoice_uuid, line.line_no]);
    return { body: { ...answer, data: data.map(shownCost), next_cursor } };
  },
});

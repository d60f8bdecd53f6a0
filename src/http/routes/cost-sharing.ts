import { z } from 'zod';
import { listCostSharing } from '../../../projections/costs/cost-sharing-queries.ts';
import { sharingRules } from '../../pricing/cost-sharing.ts';
import { marginChange } from '../../invoicing/margin-change.ts';
import { addMonths, monthOf } from '../../pricing/calendar.ts';
import { commands } from '../../processes/commands.ts';
import { answerCommand } from '../answer-command.ts';
import { defineRoute } from '../route.ts';
import { daySchema, idSchema, list, one, pageQuery, periodSchema, queryBoolean } from '../schemas.ts';
import { marginChangeAnswer } from './margin-change-answer.ts';

/** The kinds of the margin's `by_kind.cogs`. */
export const sharedKinds = [
  'droplet',
  'droplet_backup',
  'snapshot',
  'volume',
  'floating_ip',
  'load_balancer',
  'k8s_cluster',
  'managed_db',
  'spaces_bucket',
  'tax',
  'other',
] as const;

const sharing = z.object({
  rule: z.enum(sharingRules),
  kinds: z.array(z.string()).nullable(),
  tax_is_cost: z.boolean(),
  effective_from: daySchema,
});

export const listCostSharingRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/cost-sharing',
  tag: 'margin',
  summary: 'Every rule of shared cost ever set; of two for one day the later holds',
  access: 'admin',
  query: z.strictObject(pageQuery),
  response: list(sharing.extend({ recorded_at: z.string() })),
  async handle({ page: { after, limit, of } }, { ledger }) {
    const last = after(z.tuple([z.string(), z.int()]));
    const rows = await ledger.query((db) => listCostSharing(db, { after: last, limit: limit + 1 }));
    const { data, next_cursor } = of(rows, (row) => [row.effective_from, row.position]);
    return {
      body: {
        data: data.map(({ position: _position, kinds, ...shown }) => ({
          ...shown,
          kinds: kinds === null ? null : [...kinds],
        })),
        next_cursor,
      },
    };
  },
});

export const setCostSharingRoute = defineRoute({
  method: 'PUT',
  path: '/api/v1/cost-sharing',
  tag: 'margin',
  summary: 'Set how costs of no tenant are shared, from a day on (default today)',
  description: [
    'They are spread over the tenants with a subscription in force on a day of the month: evenly, by their',
    'direct costs (`by_cost`) or by their revenue; `none` spreads nothing. The rule of the last day of a',
    'month holds for all of it. `kinds`: only these kinds of cost (`other`: lines of no kind). Tax is spread',
    'only with `tax_is_cost`.',
  ].join(' '),
  access: 'admin',
  body: z.strictObject({
    rule: z.enum(sharingRules),
    kinds: z.array(z.enum(sharedKinds)).min(1).max(sharedKinds.length).nullable().optional(),
    tax_is_cost: z.boolean().optional(),
    effective_from: daySchema.optional(),
  }),
  response: one(sharing),
  async handle({ body, meta }, { ledger }) {
    const input = {
      rule: body.rule,
      kinds: body.kinds ?? null,
      tax_is_cost: body.tax_is_cost ?? false,
      effective_from: body.effective_from ?? ledger.now().slice(0, 10),
    };
    return answerCommand(ledger, commands.setCostSharing, input, meta);
  },
});

const isSharedKind = (text: string): boolean => sharedKinds.some((kind) => kind === text);

/** Kinds in a query: a list with commas. */
const kindsQuery = idSchema.refine((text) => text.split(',').every(isSharedKind), {
  error: `expected kinds with commas between them, of ${sharedKinds.join(', ')}`,
});

export const sharingPreviewRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/cost-sharing/preview',
  tag: 'margin',
  summary: 'What a rule of shared cost would make of a month',
  description: [
    'The margin of the month (default: the last one that has ended) before and after, overall and of each',
    'tenant and deployment that would change, as if the rule held on its last day. `kinds` is a list with',
    'commas. Nothing is recorded.',
  ].join(' '),
  access: 'admin',
  heavy: true,
  query: z.strictObject({
    period: periodSchema.optional(),
    rule: z.enum(sharingRules),
    kinds: kindsQuery.optional(),
    tax_is_cost: queryBoolean.optional(),
  }),
  response: one(marginChangeAnswer),
  async handle({ query }, { ledger, currency, jobDeps: { tax: seedTax } }) {
    const period = query.period ?? addMonths(monthOf(ledger.now().slice(0, 10)), -1);
    const sharing = {
      rule: query.rule,
      kinds: query.kinds?.split(',') ?? null,
      tax_is_cost: query.tax_is_cost ?? false,
    };
    const scope = { period, currency, seedTax };
    return { body: { data: await ledger.read((db) => marginChange(db, scope, { sharing })) } };
  },
});

/** Shared cost (spec 4). */
export const costSharingRoutes = [listCostSharingRoute, setCostSharingRoute, sharingPreviewRoute];

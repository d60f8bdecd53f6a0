import { z } from 'zod';
import { listCostSharing } from '../../../projections/costs/cost-sharing-queries.ts';
import { sharingRules } from '../../pricing/cost-sharing.ts';
import { commands } from '../../processes/commands.ts';
import { answerCommand } from '../answer-command.ts';
import { defineRoute } from '../route.ts';
import { daySchema, list, one, pageQuery } from '../schemas.ts';

/** The kinds of the margin's `by_kind.cogs`. */
const sharedKinds = [
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

const listRoute = defineRoute({
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

const setRoute = defineRoute({
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

/** Shared cost (spec 4). */
export const costSharingRoutes = [listRoute, setRoute];

import { z } from 'zod';
import { listCostAlerts } from '../../../projections/costs/cost-alert-queries.ts';
import { costFigures } from '../../processes/cost-alerts.ts';
import { defineRoute } from '../route.ts';
import { centsSchema, daySchema, instantSchema } from '../schemas.ts';

const alert = z.strictObject({
  id: z.string(),
  kind: z.enum(['accrual', 'growth']),
  direction: z.enum(['above', 'below']),
  day: daySchema,
  actual_cents: centsSchema,
  expected_cents: centsSchema,
  raised_at: instantSchema,
  cleared_at: instantSchema.nullable(),
});

const current = z.strictObject({
  generated_at: instantSchema,
  usage_cents: centsSchema,
  expected_cents: centsSchema.nullable(),
  difference_cents: centsSchema.nullable(),
  droplets_cents: centsSchema,
  others_cents: centsSchema,
  unpriced: z.array(
    z.strictObject({
      resource_id: z.string(),
      kind: z.string(),
      name: z.string(),
      size_slug: z.string().nullable(),
    }),
  ),
  unpriced_count: z.int().min(0),
  day: daySchema,
  growth_cents: centsSchema.nullable(),
  median_cents: centsSchema.nullable(),
  days: z.int().min(0),
});

const mostUnpriced = 100;

export const costAlertsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/dashboard/cost-alerts',
  tag: 'dashboard',
  summary: 'Whether DigitalOcean bills what list prices come to, and as much as on the days before',
  description:
    'The last 200 alerts, open ones first. `current` has the figures of the last balance, in cents of a US ' +
    'dollar: the usage of the month and what is expected of it (null before sizes and droplets were ' +
    'mirrored), and the growth of the day and the median of the 14 days before (null where too few are ' +
    'known). `unpriced` are the first hundred resources without a price, a droplet with the size that is ' +
    'not listed.',
  access: 'admin',
  heavy: true,
  response: z.strictObject({ data: z.array(alert), current: current.nullable() }),
  async handle(_request, { ledger }) {
    const { alerts, figures } = await ledger.read(async (db) => ({
      alerts: await listCostAlerts(db),
      figures: await costFigures(db),
    }));
    if (figures === null) return { body: { data: alerts, current: null } };
    const { is_priced, expected_cents, unpriced, ...others } = figures;
    return {
      body: {
        data: alerts,
        current: {
          ...others,
          expected_cents: is_priced ? expected_cents : null,
          difference_cents: is_priced ? others.usage_cents - expected_cents : null,
          unpriced: unpriced.slice(0, mostUnpriced),
          unpriced_count: unpriced.length,
        },
      },
    };
  },
});

/** Money checks on the provider (spec 4). */
export const costAlertRoutes = [costAlertsRoute];

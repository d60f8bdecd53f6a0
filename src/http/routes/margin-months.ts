import { z } from 'zod';
import { endOf } from '../../../projections/deployments/as-of.ts';
import { marginByMonth } from '../../invoicing/margin-months.ts';
import { monthsAsked } from '../months-asked.ts';
import { defineRoute } from '../route.ts';
import { centsSchema, daySchema, idSchema, momentSchema, one, periodSchema } from '../schemas.ts';
import { costSplit, figuresOfMargin, fxAnswer, notBillableAnswer, pendingAnswer } from './margin-answer.ts';

export const marginMonthsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/dashboard/margin/months',
  tag: 'dashboard',
  summary: 'The margin of each month: of all tenants, of one, or of a deployment',
  description: [
    'Every month has the figures of `GET /api/v1/dashboard/margin`; one without revenue and costs has zeros.',
    'Default: the twelve months up to the last one that has ended; at most 24. `unattributed_cents` is null',
    'for a tenant or a deployment. `known_at`: as it had been recorded by then.',
  ].join(' '),
  access: 'admin',
  heavy: true,
  query: z.strictObject({
    from: periodSchema.optional(),
    to: periodSchema.optional(),
    tenant_id: idSchema.optional(),
    deployment_id: idSchema.optional(),
    known_at: momentSchema.optional(),
  }),
  response: one(
    z.strictObject({
      from: daySchema,
      to: daySchema,
      currency: z.string(),
      tenant_id: z.string().nullable(),
      deployment_id: z.string().nullable(),
      months: z.array(
        z.strictObject({
          period: daySchema,
          fx: fxAnswer,
          ...figuresOfMargin,
          ...costSplit,
          unattributed_cents: centsSchema.nullable(),
          pending: pendingAnswer,
          not_billable: notBillableAnswer,
        }),
      ),
    }),
  ),
  async handle({ query }, { ledger, currency, jobDeps: { tax: seedTax } }) {
    const { from, to, periods } = monthsAsked(query, ledger.now().slice(0, 10));
    const { tenant_id: tenantId, deployment_id: deploymentId, known_at } = query;
    const scope = { periods, currency, seedTax };
    const of = { tenantId, deploymentId };
    const months =
      known_at === undefined
        ? await ledger.read((db) => marginByMonth(db, scope, of))
        : await ledger.readLatest((db, position) =>
            marginByMonth(db, { ...scope, known: { at: endOf(known_at), position } }, of),
          );
    const whose = { tenant_id: tenantId ?? null, deployment_id: deploymentId ?? null };
    return { body: { data: { from, to, currency, ...whose, months } } };
  },
});

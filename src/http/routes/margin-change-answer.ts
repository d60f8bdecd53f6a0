import { z } from 'zod';
import { centsSchema, daySchema } from '../schemas.ts';
import { costSplit, figuresOfMargin } from './margin-answer.ts';

const figures = z.strictObject({ ...figuresOfMargin, ...costSplit });
const overall = figures.extend({ unattributed_cents: centsSchema });

/** What a month's margin would be, beside what it is: the tenants and deployments that would change. */
export const marginChangeAnswer = z.strictObject({
  period: daySchema,
  currency: z.string(),
  overall: z.strictObject({ before: overall, after: overall }),
  tenants: z.array(z.strictObject({ tenant_id: z.string(), before: figures, after: figures })),
  deployments: z.array(
    z.strictObject({
      deployment_id: z.string(),
      tenant_id: z.string(),
      before: figures,
      after: figures,
    }),
  ),
});

import { z } from 'zod';
import { closeItemNames, closeStatuses } from '../../invoicing/close/close-item.ts';
import { monthStatuses } from '../../invoicing/month-close.ts';
import { centsSchema, daySchema, instantSchema } from '../schemas.ts';
import { notBillableAnswer } from './margin-answer.ts';

/** One thing that may stand between a month and its issue. */
export const closeItemAnswer = z.strictObject({
  item: z.enum(closeItemNames),
  status: z.enum(closeStatuses),
  count: z.int().min(0),
  amount_cents: centsSchema.nullable(),
  detail: z.string(),
  link: z.string(),
});

/** The decision to issue a month. */
const closeDecision = z.strictObject({
  at: instantSchema,
  forced: z.boolean(),
  reason: z.string().nullable(),
  blocked_by: z.array(z.string()),
  by: z.string(),
});

/** A close that goes on in the background: the run of job `invoices.rollup` that issues the invoices. */
export const startedCloseAnswer = z.strictObject({
  period: daySchema,
  closed: closeDecision,
  run_id: z.string(),
});

/** How far a month is on its way to its invoices. */
export const monthCloseAnswer = z.strictObject({
  period: daySchema,
  status: z.enum(monthStatuses),
  rolled_up: z.boolean(),
  closed: closeDecision.nullable(),
  items: z.array(closeItemAnswer),
});

/** The result of a roll-up. */
export const rolledUpAnswer = z.strictObject({
  period: daySchema,
  invoices: z.array(
    z.strictObject({
      tenant_id: z.string(),
      invoice_id: z.string(),
      status: z.enum(['issued', 'reissued', 'skipped', 'refused']),
      reason: z
        .enum([
          'already-issued',
          'unchanged',
          'invoice-paid',
          'invoice-void',
          'invoice-corrected',
          'not-billable',
        ])
        .nullable(),
      total_cents: centsSchema,
    }),
  ),
  not_billable: notBillableAnswer,
});

/** The roll-up of a close, and its decision. */
export const closedMonthAnswer = rolledUpAnswer.extend({ closed: closeDecision });

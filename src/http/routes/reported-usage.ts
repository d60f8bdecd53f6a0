import { z } from 'zod';
import { commands } from '../../processes/commands.ts';
import {
  MAX_REPORTS,
  positionAfterReports,
  reportOutcome,
  takeInReports,
  voidedReport,
  type Intake,
} from '../report-intake.ts';
import { answerCommand } from '../answer-command.ts';
import { defineRoute } from '../route.ts';
import { daySchema, decimalSchema, idSchema, one, quantitySchema, reasonSchema } from '../schemas.ts';

const report = z.strictObject({
  source: idSchema.meta({ description: 'who reports' }),
  external_id: idSchema.meta({ description: 'names the report within its source, for ever' }),
  deployment_id: idSchema,
  resource_kind: idSchema.meta({ description: 'the billing kind' }),
  qty: quantitySchema,
  day: daySchema,
});
type Report = z.output<typeof report>;

const intake: Intake<Report, Pick<Report, 'source' | 'external_id'>> = {
  nameOf: ({ source, external_id }) => ({ source, external_id }),
  command: commands.recordReportedUsage,
};

const named = { source: z.string(), external_id: z.string() };

/** Records usage that no sweep meters. */
export const reportUsageRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/usage',
  tag: 'usage',
  summary: 'Report usage that no sweep meters, such as bandwidth: a batch of up to 1,000',
  description: [
    'The answer has one item a report, in their order: `recorded`; `duplicate`, when a report with this',
    '`source` and `external_id` and equal content is known (reason `voided` where it was taken back); or',
    '`rejected` with the reason: `id-reused` (known with other content), `unknown-deployment`,',
    '`metered-kind` (the sweep meters it by itself), `in-the-future` (a `day` that has not begun) or',
    '`too-old` (further back than `USAGE_MAX_AGE_DAYS`). A rejected report does not keep the others from',
    'being recorded; a report of a wrong shape refuses the whole request. A name counts once, for ever.',
  ].join(' '),
  access: 'integration',
  largeBody: true,
  body: z.strictObject({ events: z.array(report).min(1).max(MAX_REPORTS) }),
  response: z.strictObject({ data: z.array(z.strictObject({ ...named, ...reportOutcome })) }),
  async handle({ body: { events }, meta }, { ledger }) {
    return {
      body: { data: await takeInReports(ledger, intake, events, meta) },
      position: await positionAfterReports(ledger),
    };
  },
});

/** Takes a report of usage back. */
export const voidUsageRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/usage/:source/:external_id/void',
  tag: 'usage',
  summary: 'Take a report of usage back',
  description: [
    'It counts no more, and its name stays used. Once more changes nothing: the first reason stays. A',
    'month that is invoiced lists it as late.',
  ].join(' '),
  access: 'integration',
  body: z.strictObject({ reason: reasonSchema }),
  response: one(
    z.strictObject({
      ...named,
      deployment_id: z.string(),
      resource_kind: z.string(),
      qty: decimalSchema,
      day: daySchema,
      void_reason: z.string(),
    }),
  ),
  handle: ({ params: { source, external_id }, body: { reason }, meta }, { ledger }) =>
    answerCommand(ledger, commands.voidReportedUsage, { source, external_id, reason }, meta, voidedReport),
});

/** Usage that no sweep meters (spec 9). */
export const reportedUsageRoutes = [reportUsageRoute, voidUsageRoute];

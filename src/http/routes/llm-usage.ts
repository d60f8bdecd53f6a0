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
import { decimalSchema, idSchema, instantSchema, nameSchema, one, reasonSchema } from '../schemas.ts';

const report = z.strictObject({
  gateway_request_id: idSchema,
  deployment_id: idSchema,
  model: nameSchema,
  input_tokens: z.int().min(0),
  output_tokens: z.int().min(0),
  charge_cents: decimalSchema.meta({ description: 'exact; trusted as it is and never priced again' }),
  occurred_at: instantSchema,
});
type Report = z.output<typeof report>;

const intake: Intake<Report, Pick<Report, 'gateway_request_id'>> = {
  nameOf: ({ gateway_request_id }) => ({ gateway_request_id }),
  command: commands.recordLlmUsage,
};

const batch = z.strictObject({ events: z.array(report).min(1).max(MAX_REPORTS) });

const inputSchema = (schema: z.ZodType): Record<string, unknown> => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
};

/**
 * One report, or a batch, which has `events`. Errors name the fields of the form that was sent; zod's union
 * would choose the form by the number of errors.
 */
const reports = z
  .unknown()
  .transform((value, context): Report[] => {
    const isBatch = typeof value === 'object' && value !== null && 'events' in value;
    const parsed = isBatch
      ? batch.transform(({ events }) => events).safeParse(value)
      : report.transform((single) => [single]).safeParse(value);
    if (parsed.success) return parsed.data;
    context.issues.push(...(parsed.error.issues as typeof context.issues));
    return z.NEVER;
  })
  .meta({ anyOf: [inputSchema(report), inputSchema(batch)] });

const llmUsage = defineRoute({
  method: 'POST',
  path: '/api/v1/integrations/llm-usage',
  tag: 'integrations',
  summary: 'Record what requests to the LLM gateway cost: one report, or a batch of up to 1,000',
  description: [
    'Both forms answer a list, one item a report, in their order: `recorded`; `duplicate`, when a report',
    'with this `gateway_request_id` and equal content is known (reason `voided` where it was taken back);',
    'or `rejected` with the reason: `id-reused` (known with other content), `unknown-deployment`,',
    '`in-the-future` (`occurred_at` more than five minutes ahead), `too-old` (further back than',
    '`USAGE_MAX_AGE_DAYS`) or `charge-too-large` (above `LLM_MAX_CHARGE_CENTS`). A rejected report does',
    'not keep the others from being recorded; a report of a wrong shape refuses the whole request. A',
    '`gateway_request_id` counts once, for ever. Deployments in any state are charged, with a',
    'subscription or without.',
  ].join(' '),
  access: 'integration',
  largeBody: true,
  body: reports,
  response: z.strictObject({
    data: z.array(z.strictObject({ gateway_request_id: z.string(), ...reportOutcome })),
  }),
  async handle({ body, meta }, { ledger }) {
    return {
      body: { data: await takeInReports(ledger, intake, body, meta) },
      position: await positionAfterReports(ledger),
    };
  },
});

/** Takes the report of a gateway request back. */
export const voidLlmUsageRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/integrations/llm-usage/:gateway_request_id/void',
  tag: 'integrations',
  summary: 'Take the report of a request to the LLM gateway back',
  description: [
    'It counts no more, and its id stays used. Once more changes nothing: the first reason stays. A month',
    'that is invoiced lists it as late.',
  ].join(' '),
  access: 'integration',
  body: z.strictObject({ reason: reasonSchema }),
  response: one(
    z.strictObject({
      gateway_request_id: z.string(),
      deployment_id: z.string(),
      model: z.string(),
      input_tokens: z.int(),
      output_tokens: z.int(),
      charge_cents: decimalSchema,
      occurred_at: instantSchema,
      void_reason: z.string(),
    }),
  ),
  handle: ({ params: { gateway_request_id }, body: { reason }, meta }, { ledger }) =>
    answerCommand(ledger, commands.voidLlmUsage, { gateway_request_id, reason }, meta, voidedReport),
});

/** What the LLM gateway reports (spec 10). */
export const llmUsageRoutes = [llmUsage, voidLlmUsageRoute];

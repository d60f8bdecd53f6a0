import { z } from 'zod';
import type { RecordLlmUsageInput } from '../../../commands/usage/record-llm-usage.ts';
import { deploymentTenants } from '../../../projections/usage/deployment-tenants.ts';
import { commands } from '../../commands.ts';
import type { CommandMeta, Ledger } from '../../engine/ledger.ts';
import { mapBounded } from '../../engine/bounded.ts';
import { defineRoute, type Route } from '../route.ts';
import { decimal, idSchema, instant, nameSchema } from '../schemas.ts';

/** The most reports of one request. */
const MAX_REPORTS = 1_000;
/** Reports recorded at once: enough for the log to commit them in groups. */
const CONCURRENCY = 500;

const report = z.strictObject({
  gateway_request_id: idSchema,
  deployment_id: idSchema,
  model: nameSchema,
  input_tokens: z.int().min(0),
  output_tokens: z.int().min(0),
  charge_cents: decimal.meta({ description: 'exact; trusted as it is and never priced again' }),
  occurred_at: instant,
});
type Report = z.output<typeof report>;

const batch = z.strictObject({ events: z.array(report).min(1).max(MAX_REPORTS) });

const inputSchema = (schema: z.ZodType): Record<string, unknown> => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
};

/**
 * One report or a batch of them. Whether `events` is there tells which is meant, and errors then name the fields of
 * that form alone; a plain union would guess by the number of errors.
 */
const reports = z.unknown()
  .transform((value, context): Report[] => {
    const isBatch = typeof value === 'object' && value !== null && 'events' in value;
    const parsed = isBatch ? batch.transform(({ events }) => events).safeParse(value) : report.transform((single) => [single]).safeParse(value);
    if (parsed.success) return parsed.data;
    context.issues.push(...(parsed.error.issues as typeof context.issues));
    return z.NEVER;
  })
  .meta({ anyOf: [inputSchema(report), inputSchema(batch)] });

const answer = z.strictObject({
  data: z.array(z.strictObject({
    gateway_request_id: z.string(),
    status: z.enum(['recorded', 'duplicate', 'rejected']),
    reason: z.enum(['unknown-deployment', 'id-reused']).nullable(),
  })),
});
type Answered = z.output<typeof answer>['data'][number];

/** Tenants of the deployments; one that looks unknown is looked for again after the read models have caught up. */
async function tenantsOf(ledger: Ledger, deploymentIds: readonly string[]): Promise<Map<string, string>> {
  const known = await ledger.query((db) => deploymentTenants(db, deploymentIds));
  if (deploymentIds.every((id) => known.has(id))) return known;
  return ledger.readLatest((db) => deploymentTenants(db, deploymentIds));
}

async function recordOne(ledger: Ledger, input: RecordLlmUsageInput, meta: CommandMeta): Promise<Answered> {
  const { result, appended } = await ledger.execute(commands.recordLlmUsage, input, meta);
  const { gateway_request_id } = input;
  if (appended > 0) return { gateway_request_id, status: 'recorded', reason: null };
  return result.same ? { gateway_request_id, status: 'duplicate', reason: null } : { gateway_request_id, status: 'rejected', reason: 'id-reused' };
}

/** Places of the reports, those of one request id together and in order: the first of them is the one that is recorded. */
function byRequest(all: readonly Report[]): number[][] {
  const groups = new Map<string, number[]>();
  all.forEach(({ gateway_request_id }, place) => {
    const group = groups.get(gateway_request_id);
    if (group === undefined) groups.set(gateway_request_id, [place]);
    else group.push(place);
  });
  return [...groups.values()];
}

const llmUsage = defineRoute({
  method: 'POST',
  path: '/api/v1/integrations/llm-usage',
  tag: 'integrations',
  summary: 'Record what requests to the LLM gateway cost: one report, or a batch of up to 1,000',
  description: [
    'Both forms answer a list, one item a report, in their order: `recorded`; `duplicate`, when a report with this `gateway_request_id` and equal content is known; or `rejected` with the reason:',
    '`id-reused` (known with other content) or `unknown-deployment`. A rejected report does not keep the others from being recorded; a report of a wrong shape refuses the whole request.',
    'A `gateway_request_id` counts once, for ever. Deployments in any state are charged, with a subscription or without.',
  ].join(' '),
  access: 'integration',
  largeBody: true,
  body: reports,
  response: answer,
  async handle({ body, meta }, { ledger }) {
    const tenants = await tenantsOf(ledger, body.map(({ deployment_id }) => deployment_id));
    const data: Answered[] = [];
    await mapBounded(byRequest(body), async (places) => {
      for (const place of places) {
        const one = body[place] as Report;
        const tenant_id = tenants.get(one.deployment_id);
        if (tenant_id === undefined) {
          data[place] = { gateway_request_id: one.gateway_request_id, status: 'rejected', reason: 'unknown-deployment' };
          continue;
        }
        // Each report is an execution of its own, so that two reports of one id are never taken for one that was repeated.
        data[place] = await recordOne(ledger, { ...one, tenant_id }, { ...meta, commandId: ledger.newId() });
      }
    }, CONCURRENCY);
    return { body: { data }, position: await ledger.position() };
  },
});

/** What the LLM gateway reports (spec 10). */
export const llmUsageRoutes: readonly Route[] = [llmUsage];

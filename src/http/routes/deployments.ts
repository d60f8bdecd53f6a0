import DataLoader from 'dataloader';
import { z } from 'zod';
import { slugForm } from '../../../commands/deployments/new-deployment.ts';
import { deploymentStream } from '../../../commands/deployments/deployment.ts';
import {
  deploymentHistories,
  listDeployments,
  type DeploymentHistory,
} from '../../../projections/deployments/deployment-queries.ts';
import { commands } from '../../processes/commands.ts';
import type { Sql } from '../../database/db.ts';
import { deploymentStates } from '../../events/deployments.ts';
import { llmModeNames } from '../../pricing/llm-modes.ts';
import { heldAsOf } from '../../history/as-of-held.ts';
import { Refused, refuseField } from '../../ledger/refusal.ts';
import { listScope, scopeOf, tenantFor } from '../caller.ts';
import { answerCommand } from '../answer-command.ts';
import { defineRoute } from '../route.ts';
import {
  asOfQuery,
  daySchema,
  idSchema,
  instantSchema,
  list,
  nameSchema,
  one,
  pageQuery,
  textSchema,
} from '../schemas.ts';
import { effectiveOnText } from './effective-on.ts';
import { deploymentAnswer, deploymentRow, showDeployment, showDeploymentAsOf } from './deployment-answer.ts';
import { shownEvent } from './show-event.ts';
import { showWanted, wantedAnswer } from './show-wanted.ts';
import { templateVersionSchema } from './templates.ts';

const heldResource = z.object({
  id: z.string(),
  kind: z.string(),
  provider_id: z.string(),
  name: z.string(),
  region: z.string().nullable(),
  size_slug: z.string().nullable(),
  status: z.string(),
  effective_from: daySchema,
  effective_to: daySchema.nullable(),
});

export const listDeploymentsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/deployments',
  tag: 'deployments',
  summary: 'Deployments: a tenant sees its own',
  description:
    'Each with its latest subscription: `plan_code`, `plan_version` and `subscription_status` are null ' +
    'where it never had one. `tenant_id` narrows the list of an admin.',
  access: 'tenant',
  query: z.strictObject({
    ...pageQuery,
    tenant_id: idSchema.optional(),
    state: z.enum(deploymentStates).optional(),
    plan_code: idSchema.optional(),
  }),
  response: list(deploymentRow),
  async handle({ query, caller, page: { after, limit, of } }, { ledger }) {
    const last = after(z.tuple([z.string()]));
    const rows = await ledger.query((db) =>
      listDeployments(db, {
        tenantId: listScope(caller, query.tenant_id),
        state: query.state,
        planCode: query.plan_code,
        after: last?.[0] ?? null,
        limit: limit + 1,
      }),
    );
    return { body: of(rows as z.output<typeof deploymentRow>[], (row) => [row.id]) };
  },
});

export const createDeploymentRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/deployments',
  tag: 'deployments',
  summary: 'Create a deployment; its slug is taken for ever',
  description:
    'A tenant creates its own; an admin names the `tenant_id`. Active from the start, or a trial when ' +
    'asked for; the trial of a tenant ends after `TRIAL_DAYS` at the latest, and then where no ' +
    '`trial_ends_at` is given. With a `template_code` (its newest version, or `template_version`) it is ' +
    "subscribed from today to the active version of the template's plan with its addons, has its LLM mode " +
    'unless the body names one, and keeps the resources that it wants. `llm_mode` (default `none`): with ' +
    "`none` and `charges` the LLM gateway's charges are billed; with " +
    '`allowance` its tokens count as `llm_tokens` against what plan and addons include, and the ' +
    'charges are kept as information.',
  access: 'tenant',
  body: z.strictObject({
    tenant_id: idSchema.optional(),
    slug: idSchema.regex(slugForm, 'expected lower-case letters, digits and hyphens'),
    display_name: nameSchema,
    region: idSchema.nullable().default(null),
    state: z.enum(['active', 'trial']).default('active'),
    llm_mode: z.enum(llmModeNames).optional(),
    template_code: idSchema.nullable().default(null),
    template_version: templateVersionSchema.nullable().default(null),
    trial_ends_at: instantSchema.nullable().default(null),
  }),
  response: one(deploymentAnswer),
  status: 201,
  handle({ body: { template_code, template_version, llm_mode, ...fields }, caller, meta }, { ledger }) {
    const created = { ...fields, tenant_id: tenantFor(caller, fields.tenant_id) };
    if (template_code !== null) {
      const input = { ...created, template_code, template_version, llm_mode: llm_mode ?? null };
      return answerCommand(ledger, commands.createFromTemplate, input, meta, showDeployment);
    }
    if (template_version !== null)
      throw new Refused(refuseField('template_version', 'only together with template_code'));
    const input = { ...created, template_code, template_version, llm_mode: llm_mode ?? 'none' };
    return answerCommand(ledger, commands.createDeployment, input, meta, showDeployment);
  },
});

/** One deployment's history, and the day whose ties count. */
interface Wanted {
  id: string;
  today: string;
}

/** One for each database: each request has a ledger of its own. */
const loaders = new WeakMap<Sql, DataLoader<Wanted, DeploymentHistory>>();

/** Reads at the same time share a statement: the round trips cost more than the rows. */
function historyOf(sql: Sql, wanted: Wanted): Promise<DeploymentHistory> {
  let loader = loaders.get(sql);
  if (loader === undefined) {
    const load = async (batch: readonly Wanted[]): Promise<DeploymentHistory[]> => {
      const found = new Map<Wanted, DeploymentHistory>();
      for (const today of new Set(batch.map((one) => one.today))) {
        const same = batch.filter((one) => one.today === today);
        const streams = same.map(({ id }) => ({ id, stream: deploymentStream(id) }));
        const histories = await deploymentHistories(sql, streams, today);
        same.forEach((one, index) => {
          found.set(one, histories[index] as DeploymentHistory);
        });
      }
      return batch.map((one) => found.get(one) as DeploymentHistory);
    };
    loader = new DataLoader(load, {
      cache: false,
      maxBatchSize: 100,
      batchScheduleFn: (send) => setImmediate(send),
    });
    loaders.set(sql, loader);
  }
  return loader.load(wanted);
}

export const deploymentRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/deployments/:id',
  tag: 'deployments',
  summary: 'One deployment with its subscription, the resources tied to it, and its events',
  description:
    '`as_of` and `known_at` show it as it was: its state, its subscription, and the resources that it ' +
    'held, as they were. `may_become` are the states that the caller may move it to. `wanted` is what its ' +
    'template wants, and how many of its resources stand for each.',
  access: 'tenant',
  query: z.strictObject(asOfQuery),
  response: one(
    deploymentAnswer.extend({
      may_become: z.array(z.enum(deploymentStates)),
      created_at: z.string(),
      updated_at: z.string(),
      resources: z.array(heldResource),
      wanted: z.array(wantedAnswer),
      events: z.array(shownEvent),
    }),
  ),
  async handle({ params: { id }, query, caller }, { ledger, sql }) {
    const now = ledger.now();
    const history = await historyOf(sql, { id, today: now.slice(0, 10) });
    const { answer, events, wanted } = showDeploymentAsOf(
      history.events,
      caller,
      query,
      (query.as_of ?? now).slice(0, 10),
    );
    const isNow = query.as_of === undefined && query.known_at === undefined;
    const held = isNow
      ? history.resources
      : await heldAsOf(ledger, id, query, { tenantId: scopeOf(caller), now });
    const resources = held.map(({ is_compared: _compared, own_fields: _own, ...resource }) => resource);
    return { body: { data: { ...answer, resources, wanted: showWanted(wanted, held), events } } };
  },
});

export const updateDeploymentRoute = defineRoute({
  method: 'PATCH',
  path: '/api/v1/deployments/:id',
  tag: 'deployments',
  summary: 'Change the name or the LLM mode; an admin may suspend automatic billing actions',
  description:
    'A report of the LLM gateway is billed by the mode at the end of the day that it occurred on. For ' +
    `\`llm_mode\`, ${effectiveOnText}`,
  access: 'tenant',
  body: z
    .strictObject({
      display_name: nameSchema.optional(),
      llm_mode: z.enum(llmModeNames).optional(),
      billing_action_suspended: z.boolean().optional(),
      effective_on: daySchema.optional(),
    })
    .refine(
      (body) => Object.values(body).some((value) => value !== undefined),
      'expected at least one of display_name, llm_mode, billing_action_suspended',
    ),
  response: one(deploymentAnswer),
  handle: ({ params: { id }, body, meta }, { ledger }) =>
    answerCommand(ledger, commands.updateDeployment, { deployment_id: id, ...body }, meta, showDeployment),
});

export const transitionRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/deployments/:id/transition',
  tag: 'deployments',
  summary: 'Move a deployment to another state',
  description:
    'Pausing, resuming and cancelling does the same to the subscription. A transition that does not ' +
    "exist is a 422 with the `allowed` targets; one that is the operator's to decide is a 403. " +
    effectiveOnText,
  access: 'tenant',
  body: z.strictObject({
    to: z.enum(deploymentStates),
    reason: textSchema.nullable().default(null),
    effective_on: daySchema.optional(),
  }),
  response: one(deploymentAnswer),
  handle: ({ params: { id }, body, meta }, { ledger }) =>
    answerCommand(
      ledger,
      commands.transitionDeployment,
      { deployment_id: id, ...body },
      meta,
      showDeployment,
    ),
});

/** Deployments (spec 7). */
export const deploymentRoutes = [
  listDeploymentsRoute,
  createDeploymentRoute,
  deploymentRoute,
  updateDeploymentRoute,
  transitionRoute,
];

import { z } from 'zod';
import { assignInput } from '../../../commands/inventory/assign-resource.ts';
import { provisionInput } from '../../../commands/inventory/provision-spec.ts';
import { resourceStream } from '../../../commands/inventory/resource.ts';
import type { AsOf } from '../../../projections/deployments/as-of.ts';
import { ruleOfResource } from '../../../projections/inventory/rule-queries.ts';
import type { HeldRange } from '../../../projections/inventory/tie-history.ts';
import { findInventory, listInventory } from '../../../projections/inventory/resource-queries.ts';
import { commands } from '../../processes/commands.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { refuse, Refused } from '../../ledger/refusal.ts';
import { upcast } from '../../events/index.ts';
import { factsNow, resourceAsOf, type PastResource } from '../../history/as-of-resource.ts';
import type { Viewer } from '../../history/past.ts';
import { wantedOfResource } from '../../history/wanted-of-resource.ts';
import { foundOr404, scopeOf } from '../caller.ts';
import { lastSweepAsOf } from '../../history/last-sweep.ts';
import { answerCommand } from '../answer-command.ts';
import { defineRoute } from '../route.ts';
import { asOfQuery, daySchema, idSchema, list, one, pageQuery } from '../schemas.ts';
import { driftRoutes } from './drift.ts';
import { showEvent, shownEvent } from './show-event.ts';
import { wantedOfOneAnswer } from './show-wanted.ts';
import { projectRoutes } from './projects.ts';
import { tieRoutes } from './ties.ts';

/** A resource of the provider's account (spec 3). */
const inventoryRow = z.object({
  id: z.string(),
  provider: z.string(),
  provider_id: z.string(),
  kind: z.string(),
  name: z.string(),
  region: z.string().nullable(),
  size_slug: z.string().nullable(),
  status: z.string(),
  attrs: z.record(z.string(), z.unknown()),
  tenant_id: z.string(),
  deployment_id: z.string().nullable(),
  cloud_project_id: z.string().nullable(),
  missed_syncs: z.int(),
  created_at: z.string().nullable(),
  first_seen_at: z.string(),
  last_seen_at: z.string(),
});
type InventoryAnswer = z.output<typeof inventoryRow>;

const tieRule = z.discriminatedUnion('by', [
  z.object({ by: z.literal('project'), project_id: z.string() }),
  z.object({ by: z.literal('source'), resource_id: z.string() }),
]);

const tie = z.object({
  deployment_id: z.string(),
  tenant_id: z.string(),
  effective_from: daySchema,
  effective_to: daySchema.nullable(),
  rule: tieRule.nullable(),
});

const shownTie = (held: HeldRange): z.output<typeof tie> => ({ ...held, rule: held.rule ?? null });

/** The rule that concerns a resource, if its deployment is one that the viewer may see. */
async function ruleNow(ledger: Ledger, id: string, tenantId: string | null) {
  const found = await ledger.query((db) => ruleOfResource(db, id));
  if (found === null || (tenantId !== null && found.tenant_id !== tenantId)) return null;
  const { by, deployment_id } = found;
  return by === 'project'
    ? { by, project_id: found.id, deployment_id }
    : { by, resource_id: found.id, deployment_id };
}

/** One resource in full. */
const resourceAnswer = inventoryRow.extend({
  spec: z.record(z.string(), z.unknown()).nullable(),
  spec_version: z.int().nullable(),
  tie: tie.nullable(),
  rule: z
    .discriminatedUnion('by', [
      z.object({ by: z.literal('project'), project_id: z.string(), deployment_id: z.string() }),
      z.object({ by: z.literal('source'), resource_id: z.string(), deployment_id: z.string() }),
    ])
    .nullable(),
  ties: z.array(tie),
  drift: z.array(
    z.object({
      id: z.string(),
      field: z.string(),
      desired: z.unknown(),
      actual: z.unknown(),
      spec_version: z.int(),
      found_at: z.string(),
      updated_at: z.string(),
    }),
  ),
  wanted: wantedOfOneAnswer.nullable(),
  events: z.array(shownEvent),
});

/** How many events `inventory/:id` shows: the last ones. */
const shownEvents = 500;

const listRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/inventory',
  tag: 'inventory',
  summary: 'The mirrored resources: a tenant sees its own',
  access: 'tenant',
  query: z.strictObject({
    ...pageQuery,
    kind: idSchema.optional(),
    status: idSchema.optional(),
    deployment_id: idSchema.optional(),
  }),
  response: list(inventoryRow),
  async handle({ query, caller, page: { after, limit, of } }, { ledger }) {
    const filter = {
      tenantId: scopeOf(caller),
      today: ledger.now().slice(0, 10),
      kind: query.kind,
      status: query.status,
      deploymentId: query.deployment_id,
    };
    const last = after(z.tuple([z.string()]));
    const rows = await ledger.query((db) => listInventory(db, filter, last?.[0] ?? null, limit + 1));
    return { body: of(rows as InventoryAnswer[], (row) => [row.id]) };
  },
});

const singleRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/inventory/:id',
  tag: 'inventory',
  summary:
    'One resource with its desired spec, its ties, its open drift, and its last 500 events; a tenant ' +
    'sees those since it became its own',
  description:
    '`spec` is what the resource is to be like, with its `spec_version`; both null where none was ' +
    'recorded. `wanted` is what the template of its deployment wants of it; its own `spec` wins over ' +
    'that, field by field. `tie` is the one in force on the day, with the `rule` that made it (null: by ' +
    'hand). The other `rule` is the one that concerns the resource now, also where a tie by hand wins. ' +
    '`as_of` and `known_at` show all as ' +
    "it was. A tie is a range of days: `as_of` picks the day, and the tie's end is shown as far as it is " +
    'known. A tenant has to own the resource now and has to have owned it then; it sees no state from ' +
    'before it was known to be the owner.',
  access: 'tenant',
  query: z.strictObject(asOfQuery),
  response: one(resourceAnswer),
  async handle({ params, query, caller }, { ledger }) {
    const viewer = { tenantId: scopeOf(caller), now: ledger.now() };
    const scope = { tenantId: viewer.tenantId, today: viewer.now.slice(0, 10) };
    const row = foundOr404(await ledger.query((db) => findInventory(db, scope, params.id)), 'resource');
    const events = (await ledger.recorded(resourceStream(row.id))).map((event) => upcast(event));
    const isNow = query.as_of === undefined && query.known_at === undefined;
    const found = isNow
      ? { row, ...factsNow(events, viewer) }
      : await pastResource(ledger, events, query, viewer);
    const { row: resource, spec, spec_version, tie: held, ties, drift } = found;
    const wanted = await wantedOfResource(ledger, row.id, held, query, viewer);
    const rule = isNow
      ? await ruleNow(ledger, row.id, viewer.tenantId)
      : held?.rule === undefined
        ? null
        : { ...held.rule, deployment_id: held.deployment_id };
    const shown = found.events.slice(-shownEvents).map((event) => showEvent(event, viewer.tenantId));
    return {
      body: {
        data: {
          ...(resource as InventoryAnswer),
          spec,
          spec_version,
          tie: held === null ? null : shownTie(held),
          ties: ties.map(shownTie),
          rule,
          drift,
          wanted,
          events: shown,
        },
      },
    };
  },
});

/**
 * @throws {Refused} `not-found` for a resource that did not exist then, and for a time that the tenant may
 * not see
 */
async function pastResource(
  ledger: Ledger,
  events: Parameters<typeof resourceAsOf>[0],
  when: AsOf,
  viewer: Viewer,
): Promise<PastResource> {
  const past = resourceAsOf(events, when, viewer);
  if (past === null) throw new Refused(refuse('not-found', 'there was no such resource then'));
  const { row } = past;
  if (row.missed_syncs > 0) return past;
  const swept = await ledger.query((db) => lastSweepAsOf(db, row.kind, row.last_seen_at, when, viewer.now));
  return swept === null || swept <= row.last_seen_at
    ? past
    : { ...past, row: { ...row, last_seen_at: swept } };
}

const assignRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/inventory/:id/assign',
  tag: 'inventory',
  summary: 'Classify a resource: it belongs to that tenant, whatever later syncs find',
  access: 'admin',
  body: assignInput,
  response: one(z.object({ id: z.string(), tenant_id: z.string(), classified: z.boolean() })),
  handle: ({ params, body, meta }, { ledger }) =>
    answerCommand(ledger, commands.assignResource, { resource_id: params.id, ...body }, meta),
});

const provisionedRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/inventory/:id/provisioned',
  tag: 'drift',
  summary: 'Record the desired spec of a resource',
  access: 'admin',
  body: provisionInput,
  response: one(
    z.object({ resource_id: z.string(), spec_version: z.int(), spec: z.record(z.string(), z.unknown()) }),
  ),
  handle: ({ params, body, meta }, { ledger }) =>
    answerCommand(ledger, commands.provisionSpec, { resource_id: params.id, ...body }, meta),
});

/** Inventory, projects, drift and ties. */
export const inventoryRoutes = [
  listRoute,
  singleRoute,
  assignRoute,
  provisionedRoute,
  ...projectRoutes,
  ...driftRoutes,
  ...tieRoutes,
];

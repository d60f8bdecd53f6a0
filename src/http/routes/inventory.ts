import { z } from 'zod';
import { assignInput } from '../../../commands/inventory/assign-resource.ts';
import { provisionInput } from '../../../commands/inventory/provision-spec.ts';
import { resourceStream } from '../../../commands/inventory/resource.ts';
import type { AsOf } from '../../../projections/deployments/as-of.ts';
import { ruleOfResource } from '../../../projections/inventory/rule-queries.ts';
import {
  findInventory,
  inventoryChoices,
  listInventory,
  summariseInventory,
} from '../../../projections/inventory/resource-queries.ts';
import { commands } from '../../processes/commands.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { refuse, Refused } from '../../ledger/refusal.ts';
import { upcast } from '../../events/index.ts';
import { factsNow, resourceAsOf, type PastResource } from '../../history/as-of-resource.ts';
import type { Viewer } from '../../history/past.ts';
import { wantedOfResource } from '../../history/wanted-of-resource.ts';
import { foundOr404, listScope, scopeOf } from '../caller.ts';
import { lastSweepAsOf } from '../../history/last-sweep.ts';
import { answerCommand } from '../answer-command.ts';
import { defineRoute } from '../route.ts';
import { asOfQuery, idSchema, list, one, pageQuery, queryBoolean } from '../schemas.ts';
import { driftRoutes } from './drift.ts';
import { costsOf, resourceCost, resourceCostDescription } from './resource-cost.ts';
import {
  inventoryRow,
  inventorySummary,
  resourceAnswer,
  shownTie,
  type InventoryAnswer,
} from './inventory-answer.ts';
import { showEvent } from './show-event.ts';
import { projectRoutes } from './projects.ts';
import { tieRoutes } from './ties.ts';

/** The rule that concerns a resource, if its deployment is one that the viewer may see. */
async function ruleNow(ledger: Ledger, id: string, tenantId: string | null) {
  const found = await ledger.query((db) => ruleOfResource(db, id));
  if (found === null || (tenantId !== null && found.tenant_id !== tenantId)) return null;
  const { by, deployment_id } = found;
  return by === 'project'
    ? { by, project_id: found.id, deployment_id }
    : { by, resource_id: found.id, deployment_id };
}

/** How many events `inventory/:id` shows: the last ones. */
const shownEvents = 500;

/** The mirrored resources. */
export const listInventoryRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/inventory',
  tag: 'inventory',
  summary: 'The mirrored resources: a tenant sees its own',
  description:
    'All filters hold together; `tied` is by the ties of today, `q` is a part of the name or of the id at ' +
    `the provider. ${resourceCostDescription} The summary counts all that the filters find, and names the ` +
    'kinds, regions and states that there are without them.',
  access: 'tenant',
  query: z.strictObject({
    ...pageQuery,
    kind: idSchema.optional(),
    status: idSchema.optional(),
    deployment_id: idSchema.optional(),
    tenant_id: idSchema.optional(),
    region: idSchema.optional(),
    tied: queryBoolean.optional(),
    q: idSchema.optional(),
  }),
  response: list(inventoryRow.extend({ cost: resourceCost })).extend({ summary: inventorySummary }),
  async handle({ query, caller, page: { after, limit, of } }, { ledger }) {
    const { kind, status, deployment_id: deploymentId, region, tied, q } = query;
    const scope = { tenantId: scopeOf(caller), today: ledger.now().slice(0, 10) };
    const tenantId = listScope(caller, query.tenant_id);
    const filter = { ...scope, tenantId, kind, status, deploymentId, region, tied, q };
    const last = after(z.tuple([z.string()]))?.[0] ?? null;
    return ledger.read(async (db) => {
      const { data: rows, next_cursor } = of(await listInventory(db, filter, last, limit + 1), ({ id }) => [
        id,
      ]);
      const costs = await costsOf(db, rows, scope);
      const data = rows.map((row, at) => ({ ...(row as InventoryAnswer), cost: costs[at] ?? null }));
      const summary = {
        ...(await summariseInventory(db, filter)),
        ...(await inventoryChoices(db, scope)),
      };
      return { body: { data, summary, next_cursor } };
    });
  },
});

/** One resource, now or at a past moment. */
export const showResourceRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/inventory/:id',
  tag: 'inventory',
  summary:
    'One resource with its desired spec, its ties, its open drift, and its last 500 events; a tenant ' +
    'sees those since it became its own',
  description:
    `${resourceCostDescription} ` +
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
    const [cost = null] = isNow ? await ledger.read((db) => costsOf(db, [row], scope)) : [];
    const shown = found.events.slice(-shownEvents).map((event) => showEvent(event, viewer.tenantId));
    return {
      body: {
        data: {
          ...(resource as InventoryAnswer),
          cost,
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

/** Classifies a resource by hand. */
export const assignResourceRoute = defineRoute({
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

/** Records what a resource is to be like. */
export const provisionedRoute = defineRoute({
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
  listInventoryRoute,
  showResourceRoute,
  assignResourceRoute,
  provisionedRoute,
  ...projectRoutes,
  ...driftRoutes,
  ...tieRoutes,
];

import { z } from 'zod';
import { assignInput } from '../../../commands/inventory/assign-resource.ts';
import { provisionInput } from '../../../commands/inventory/provision-spec.ts';
import { resourceStream } from '../../../commands/inventory/resource.ts';
import { findInventory, listInventory } from '../../../projections/inventory/resource-queries.ts';
import { commands } from '../../commands.ts';
import { refuse, Refused } from '../../engine/refusal.ts';
import { upcast } from '../../events/index.ts';
import { scopeOf } from '../caller.ts';
import { defineRoute } from '../route.ts';
import type { Route } from '../route.ts';
import { idSchema, list, one, page } from '../schemas.ts';
import { driftRoutes } from './drift.ts';
import { eventRow, resourceEvent, visibleEvents } from './inventory-events.ts';
import { projectRoutes } from './projects.ts';
import { tieRoutes } from './ties.ts';

/** A resource of the provider's account (spec 3). */
const inventoryRow = z.object({
  id: z.string(), provider: z.string(), provider_id: z.string(), kind: z.string(), name: z.string(), region: z.string().nullable(), size_slug: z.string().nullable(),
  status: z.string(), attrs: z.record(z.string(), z.unknown()), tenant_id: z.string(), deployment_id: z.string().nullable(), cloud_project_id: z.string().nullable(),
  missed_syncs: z.int(), created_at: z.string().nullable(), first_seen_at: z.string(), last_seen_at: z.string(),
});
type InventoryAnswer = z.output<typeof inventoryRow>;

/** The most events that `inventory/:id` shows: the last ones. */
const shownEvents = 500;

const listRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/inventory',
  tag: 'inventory',
  summary: 'The mirrored resources: a tenant sees its own',
  access: 'tenant',
  query: z.strictObject({ ...page, kind: idSchema.optional(), status: idSchema.optional(), deployment_id: idSchema.optional() }),
  response: list(inventoryRow),
  async handle({ query, caller, page: { after, limit, of } }, { ledger }) {
    const filter = { tenantId: scopeOf(caller), today: ledger.now().slice(0, 10), kind: query.kind, status: query.status, deploymentId: query.deployment_id };
    const last = after(z.tuple([z.string()]));
    const rows = await ledger.query((db) => listInventory(db, filter, last?.[0] ?? null, limit + 1));
    return { body: of(rows as InventoryAnswer[], (row) => [row.id]) };
  },
});

const singleRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/inventory/:id',
  tag: 'inventory',
  summary: 'One resource with its events; a tenant sees those since it became its own',
  access: 'tenant',
  response: one(inventoryRow.extend({ events: z.array(resourceEvent) })),
  async handle({ params, caller }, { ledger }) {
    const scope = { tenantId: scopeOf(caller), today: ledger.now().slice(0, 10) };
    const row = await ledger.query((db) => findInventory(db, scope, params.id));
    if (row === null) throw new Refused(refuse('not-found', 'there is no such resource'));
    const events = visibleEvents((await ledger.recorded(resourceStream(row.id))).map((event) => upcast(event)), scope.tenantId);
    return { body: { data: { ...(row as InventoryAnswer), events: events.slice(-shownEvents).map(eventRow) } } };
  },
});

const assignRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/inventory/:id/assign',
  tag: 'inventory',
  summary: 'Classify a resource: it belongs to that tenant, whatever later syncs find',
  access: 'admin',
  body: assignInput,
  response: one(z.object({ id: z.string(), tenant_id: z.string(), classified: z.boolean() })),
  async handle({ params, body, meta }, { ledger }) {
    const { result, position } = await ledger.execute(commands.assignResource, { resource_id: params.id, ...body }, meta);
    return { body: { data: result }, position };
  },
});

const provisionedRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/inventory/:id/provisioned',
  tag: 'drift',
  summary: 'Record the desired spec of a resource',
  access: 'admin',
  body: provisionInput,
  response: one(z.object({ resource_id: z.string(), spec_version: z.int(), spec: z.record(z.string(), z.unknown()) })),
  async handle({ params, body, meta }, { ledger }) {
    const { result, position } = await ledger.execute(commands.provisionSpec, { resource_id: params.id, ...body }, meta);
    return { body: { data: result }, position };
  },
});

/** Inventory, projects, drift and ties. */
export const inventoryRoutes: readonly Route[] = [listRoute, singleRoute, assignRoute, provisionedRoute, ...projectRoutes, ...driftRoutes, ...tieRoutes];

import { resourceIdOf } from '../../../src/ledger/resource-id.ts';
import type { JsonObject } from '../../../src/runtime/json.ts';
import type { InventoryEvent } from '../../../src/events/inventory.ts';

/** Events of one droplet's stream, for specs. */
export const dropletId = resourceIdOf('droplet', '401');

export const web = {
  name: 'web-1',
  region: 'syd1',
  size_slug: 's-1vcpu-1gb',
  status: 'active',
  created_at: '2026-01-05T10:00:00Z',
  attrs: { tags: ['a', 'b'] } as JsonObject,
};

/** A sweep that took a minute, beginning at that instant. */
export const sweepAt = (started_at: string) => ({
  sweep_id: `sweep of ${started_at}`,
  started_at,
  ended_at: new Date(Date.parse(started_at) + 60_000).toISOString(),
});

const seenBy = (started_at: string) => {
  const { sweep_id, ended_at } = sweepAt(started_at);
  return { sweep_id, observed_at: started_at, sweep_ended_at: ended_at };
};

export const discovered = (
  at = '2026-05-01T00:00:00.000Z',
  fields: Partial<typeof web> = {},
  tenant_id = 'skyai-internal',
): InventoryEvent => ({
  type: 'ResourceDiscovered',
  data: {
    resource_id: dropletId,
    kind: 'droplet',
    ...web,
    ...fields,
    ...seenBy(at),
    provider: 'digitalocean',
    provider_id: '401',
    placeholder: false,
    tenant_id,
  },
});

export const changed = (at: string, fields: Partial<typeof web>, names: string[]): InventoryEvent => ({
  type: 'ResourceChanged',
  data: { resource_id: dropletId, kind: 'droplet', ...web, ...fields, ...seenBy(at), changed: names },
});

export const returned = (
  at: string,
  was_stale: boolean,
  fields: Partial<typeof web> = {},
): InventoryEvent => ({
  type: 'ResourceReturned',
  data: { resource_id: dropletId, kind: 'droplet', ...web, ...fields, ...seenBy(at), was_stale },
});

/** The nth strike; the third makes it stale. */
export const struck = (at: string, missed_syncs: number, last_seen_at: string): InventoryEvent => ({
  type: missed_syncs < 3 ? 'ResourceMissed' : 'ResourceWentStale',
  data: { resource_id: dropletId, kind: 'droplet', missed_syncs, last_seen_at, ...seenBy(at) },
});

/** Discovered on May 1st, struck three times within minutes: stale since 00:30. */
export const gone: InventoryEvent[] = [
  discovered(),
  struck('2026-05-01T00:10:00.000Z', 1, '2026-05-01T00:05:00.000Z'),
  struck('2026-05-01T00:20:00.000Z', 2, '2026-05-01T00:05:00.000Z'),
  struck('2026-05-01T00:30:00.000Z', 3, '2026-05-01T00:05:00.000Z'),
];

export const tied = (deployment_id: string, tenant_id: string, effective_from: string): InventoryEvent => ({
  type: 'ResourceTied',
  data: { resource_id: dropletId, deployment_id, tenant_id, effective_from },
  effective_at: effective_from,
});

export const untied = (
  deployment_id: string,
  tenant_id: string,
  effective_from: string,
  effective_to: string,
  reason: 'requested' | 'returned-after-stale' = 'requested',
): InventoryEvent => ({
  type: 'ResourceUntied',
  data: { resource_id: dropletId, deployment_id, tenant_id, effective_from, effective_to, reason },
  effective_at: effective_to,
});

export const provisioned = (spec: JsonObject, spec_version = 1): InventoryEvent => ({
  type: 'SpecProvisioned',
  data: { resource_id: dropletId, spec_version, spec },
});

import { defineTable } from '../../src/read-models/projection.ts';

/** Identity of the inventory read model; raise the version whenever its rows change. */
export const inventoryModel = { name: 'inventory', version: 5 };

/**
 * Every resource, as it is now. `tenant_id` is its own tenant; that of a tie is in `resourceTies`.
 * `last_sighted_at` is the last sighting that added an event (or, once missed, the last sweep that saw it);
 * `missing_since` the first sweep that missed it. `source_id` is the droplet or volume that a backup or
 * snapshot was taken of, also where that is gone or was never seen.
 */
export const resources = defineTable(inventoryModel, {
  name: 'resources',
  columns: {
    id: 'text',
    provider: 'text',
    provider_id: 'text',
    kind: 'text',
    name: 'text',
    region: 'text?',
    size_slug: 'text?',
    status: 'text',
    attrs: 'jsonb',
    tenant_id: 'text',
    cloud_project_id: 'text?',
    placeholder: 'boolean',
    stale: 'boolean',
    missed_syncs: 'bigint',
    created_at: 'timestamptz?',
    first_seen_at: 'timestamptz',
    last_changed_at: 'timestamptz',
    stale_at: 'timestamptz?',
    classified: 'boolean',
    last_sighted_at: 'timestamptz',
    missing_since: 'timestamptz?',
    source_id: 'text?',
  },
  key: ['id'],
  indexes: [
    ['kind', 'id'],
    ['tenant_id', 'id'],
    ['provider_id'],
    ['cloud_project_id', 'id'],
    ['source_id', 'id'],
  ],
});

/**
 * The state of a resource from `at` until its next row: for metering, matching and list prices. `gone` from
 * the moment at which it is stale; such a row has no name, status or size, and `last_seen_at` is when a sweep
 * last saw the resource. `size_gb` is `attrs.size_gigabytes` as an exact decimal, if the kind has a size;
 * `size_slug` is the size of a droplet.
 */
export const resourceStates = defineTable(inventoryModel, {
  name: 'resource_states',
  columns: {
    resource_id: 'text',
    position: 'bigint',
    at: 'timestamptz',
    kind: 'text',
    name: 'text',
    status: 'text',
    size_gb: 'numeric?',
    size_slug: 'text?',
    gone: 'boolean',
    created_at: 'timestamptz?',
    last_seen_at: 'timestamptz?',
  },
  key: ['resource_id', 'position'],
  indexes: [['kind', 'name']],
});

/**
 * The own tenant of a resource (project or classification) from `at` on. `provisional`: the fallback from a
 * sweep, before any project walk placed it; `walked`: from a project walk, so that `cloud_project_id` counts.
 */
export const resourceOwners = defineTable(inventoryModel, {
  name: 'resource_owners',
  columns: {
    resource_id: 'text',
    position: 'bigint',
    at: 'timestamptz',
    tenant_id: 'text',
    cloud_project_id: 'text?',
    provisional: 'boolean',
    walked: 'boolean',
  },
  key: ['resource_id', 'position'],
});

/**
 * Ties: half-open ranges of UTC days. `effective_to` is null while open; `untied_position` is the event that
 * ended it. Ties of a resource never overlap, so two ties with one key can't both have days: the later one
 * replaces an emptied one. A tie that a rule made has `rule_by`: `project` or `source`, and the id in
 * `rule_of`.
 */
export const resourceTies = defineTable(inventoryModel, {
  name: 'resource_ties',
  columns: {
    resource_id: 'text',
    effective_from: 'date',
    position: 'bigint',
    deployment_id: 'text',
    tenant_id: 'text',
    effective_to: 'date?',
    untied_position: 'bigint?',
    untied_reason: 'text?',
    rule_by: 'text?',
    rule_of: 'text?',
  },
  key: ['resource_id', 'effective_from', 'deployment_id'],
  indexes: [['deployment_id', 'effective_from'], ['tenant_id'], ['rule_of']],
});

/** DO projects as they are now. `tenant_id` null while unassigned; `deploys`: the deployment of its rule. */
export const projects = defineTable(inventoryModel, {
  name: 'projects',
  columns: {
    id: 'text',
    name: 'text',
    description: 'text',
    purpose: 'text',
    environment: 'text',
    is_default: 'boolean',
    created_at: 'timestamptz?',
    tenant_id: 'text?',
    removed: 'boolean',
    deploys: 'text?',
    deploys_changed_at: 'timestamptz?',
  },
  key: ['id'],
});

/** The last counted sweep of a kind. */
export const lastSweeps = defineTable(inventoryModel, {
  name: 'last_sweeps',
  columns: {
    kind: 'text',
    sweep_id: 'text',
    started_at: 'timestamptz',
    ended_at: 'timestamptz',
    seen: 'bigint',
    changed: 'bigint',
    missed: 'bigint',
  },
  key: ['kind'],
});

/** The desired spec of a resource. */
export const specs = defineTable(inventoryModel, {
  name: 'specs',
  columns: { resource_id: 'text', spec_version: 'bigint', spec: 'jsonb', recorded_at: 'timestamptz' },
  key: ['resource_id'],
});

/** Drift findings, open and closed. */
export const drift = defineTable(inventoryModel, {
  name: 'drift',
  columns: {
    id: 'text',
    resource_id: 'text',
    field: 'text',
    desired: 'jsonb',
    actual: 'jsonb',
    spec_version: 'bigint',
    status: 'text',
    found_at: 'timestamptz',
    updated_at: 'timestamptz',
    closed_at: 'timestamptz?',
  },
  key: ['id'],
  indexes: [['status', 'id'], ['resource_id']],
});

/** Reverts of drift, each with where it stands. */
export const driftReverts = defineTable(inventoryModel, {
  name: 'drift_reverts',
  columns: {
    run_id: 'text',
    drift_id: 'text',
    resource_id: 'text',
    attempt: 'bigint',
    status: 'text',
    step: 'text?',
    action_id: 'bigint?',
    reason: 'text?',
    left_status: 'text?',
    left_size_slug: 'text?',
    requested_at: 'timestamptz',
    ended_at: 'timestamptz?',
  },
  key: ['run_id'],
  indexes: [['drift_id', 'attempt'], ['status']],
});

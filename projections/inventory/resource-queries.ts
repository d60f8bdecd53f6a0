import type { Db } from '../../src/database/db.ts';
import { lastSweeps, resources, resourceTies } from './tables.ts';

/** Kinds with a sweep of their own. The project walk sweeps all others, under the name `project`. */
export const sweptKinds = [
  'droplet',
  'droplet_backup',
  'snapshot',
  'volume',
  'floating_ip',
  'firewall',
  'load_balancer',
  'dns_zone',
] as const;

/** A resource in the API (spec 3). */
export interface InventoryRow {
  id: string;
  provider: string;
  provider_id: string;
  kind: string;
  name: string;
  region: string | null;
  size_slug: string | null;
  /** `stale` when three sweeps in a row missed it, whatever its status before. */
  status: string;
  attrs: unknown;
  /** For an admin its own tenant; for a tenant its owner, which is that tenant. */
  tenant_id: string;
  /** The deployment of its tie today. */
  deployment_id: string | null;
  cloud_project_id: string | null;
  missed_syncs: number;
  created_at: string | null;
  first_seen_at: string;
  last_seen_at: string;
}

export interface InventoryFilter {
  /** Only resources of this owner; null: of all. */
  tenantId: string | null;
  /** The UTC day whose ties count. */
  today: string;
  kind?: string | undefined;
  status?: string | undefined;
  deploymentId?: string | undefined;
  region?: string | undefined;
  /** Held by a deployment today, or by none. */
  tied?: boolean | undefined;
  /** A part of the name, or of the provider's id, in any case. */
  q?: string | undefined;
}

/** What a list could be narrowed to, and how many resources it has. */
export interface InventorySummary {
  resources: number;
  untied: number;
  stale: number;
}

/** The kinds, regions and states that resources have. */
export interface InventoryChoices {
  kinds: string[];
  regions: string[];
  statuses: string[];
}

/** The select of all inventory reads. The time of the sweep is read, not kept in each row (spec 3). */
function inventoryRows(db: Db, { tenantId, today }: Pick<InventoryFilter, 'tenantId' | 'today'>) {
  return db`
    select r.id, r.provider, r.provider_id, r.kind, r.name, r.region, r.size_slug,
      case when r.stale then 'stale' else r.status end as status,
      r.attrs, ${tenantId === null ? db`r.tenant_id` : db`coalesce(t.tenant_id, r.tenant_id)`} as tenant_id,
      t.deployment_id, r.cloud_project_id, r.missed_syncs, r.created_at, r.first_seen_at,
      case when r.missed_syncs = 0 then greatest(r.last_sighted_at, s.started_at)
        else r.last_sighted_at end as last_seen_at
    from ${db(resources.ref)} r
    left join ${db(resourceTies.ref)} t on t.resource_id = r.id
      and t.effective_from <= ${today}::date and (t.effective_to is null or t.effective_to > ${today}::date)
    left join ${db(lastSweeps.ref)} s
      on s.kind = case when r.kind = any(${[...sweptKinds]}::text[]) then r.kind else 'project' end
    where ${
      tenantId === null
        ? db`true`
        : db`(t.tenant_id = ${tenantId}
      or (t.tenant_id is null and r.tenant_id = ${tenantId})) and r.id in ${everOf(db, tenantId)}`
    }`;
}

/** The resources that a tenant ever held or has: the few to look at, found by indexes. */
const everOf = (db: Db, tenantId: string) => db`(
  select resource_id from ${db(resourceTies.ref)} where tenant_id = ${tenantId}
  union all select id from ${db(resources.ref)} where tenant_id = ${tenantId})`;

/**
 * A page of the inventory in order of id.
 * @param after the id that the page starts after; null for the first
 * @param limit the most rows
 */
export function listInventory(
  db: Db,
  filter: InventoryFilter,
  after: string | null,
  limit: number,
): Promise<InventoryRow[]> {
  return db<InventoryRow[]>`
    ${inventoryRows(db, filter)} ${narrowed(db, filter)}
      ${after === null ? db`` : db`and r.id > ${after}`}
    order by r.id limit ${limit}`;
}

/** The conditions of a filter beside its owner. */
function narrowed(db: Db, { kind, status, deploymentId, region, tied, q }: InventoryFilter) {
  return db`
    ${kind === undefined ? db`` : db`and r.kind = ${kind}`}
    ${
      status === undefined
        ? db``
        : status === 'stale'
          ? db`and r.stale`
          : db`and not r.stale and r.status = ${status}`
    }
    ${deploymentId === undefined ? db`` : db`and t.deployment_id = ${deploymentId}`}
    ${region === undefined ? db`` : db`and r.region = ${region}`}
    ${tied === undefined ? db`` : db`and (t.deployment_id is not null) = ${tied}`}
    ${
      q === undefined
        ? db``
        : db`and (strpos(lower(r.name), lower(${q}::text)) > 0
          or strpos(lower(r.provider_id), lower(${q}::text)) > 0 or r.id = ${q})`
    }`;
}

/** How many resources a filter finds. */
export async function summariseInventory(db: Db, filter: InventoryFilter): Promise<InventorySummary> {
  const [row] = await db<InventorySummary[]>`
    select count(*) as resources, count(*) filter (where deployment_id is null) as untied,
      count(*) filter (where status = 'stale') as stale
    from (${inventoryRows(db, filter)} ${narrowed(db, filter)}) as found`;
  return row ?? { resources: 0, untied: 0, stale: 0 };
}

/** What the resources of an owner (null: all) can be narrowed to. */
export async function inventoryChoices(
  db: Db,
  scope: Pick<InventoryFilter, 'tenantId' | 'today'>,
): Promise<InventoryChoices> {
  const [row] = await db<InventoryChoices[]>`
    select coalesce(jsonb_agg(distinct kind), '[]') as kinds,
      coalesce(jsonb_agg(distinct region) filter (where region is not null), '[]') as regions,
      coalesce(jsonb_agg(distinct status), '[]') as statuses
    from (${inventoryRows(db, scope)}) as found`;
  return row ?? { kinds: [], regions: [], statuses: [] };
}

/**
 * The resources that a text finds, by name, provider's id or id: those of that very name first, then those
 * whose name begins so.
 * @param q in any case
 */
export function searchInventory(
  db: Db,
  { q, ...scope }: Pick<InventoryFilter, 'tenantId' | 'today'> & { q: string },
  limit: number,
): Promise<InventoryRow[]> {
  return db<InventoryRow[]>`
    ${inventoryRows(db, scope)} ${narrowed(db, { ...scope, q })}
    order by lower(r.name) = lower(${q}::text) desc, starts_with(lower(r.name), lower(${q}::text)) desc,
      r.stale, r.name, r.id
    limit ${limit}`;
}

/** One resource, if it exists and the tenant may see it (null tenant: an admin). */
export async function findInventory(
  db: Db,
  scope: Pick<InventoryFilter, 'tenantId' | 'today'>,
  id: string,
): Promise<InventoryRow | null> {
  const [row] = await db<InventoryRow[]>`${inventoryRows(db, scope)} and r.id = ${id}`;
  return row ?? null;
}

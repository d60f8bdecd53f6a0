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
  /** Only resources of this owner; null for an admin. */
  tenantId: string | null;
  /** The UTC day whose ties count. */
  today: string;
  kind?: string | undefined;
  status?: string | undefined;
  deploymentId?: string | undefined;
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
      or (t.tenant_id is null and r.tenant_id = ${tenantId}))`
    }`;
}

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
  const { kind, status, deploymentId } = filter;
  return db<InventoryRow[]>`
    ${inventoryRows(db, filter)}
      ${kind === undefined ? db`` : db`and r.kind = ${kind}`}
      ${
        status === undefined
          ? db``
          : status === 'stale'
            ? db`and r.stale`
            : db`and not r.stale and r.status = ${status}`
      }
      ${deploymentId === undefined ? db`` : db`and t.deployment_id = ${deploymentId}`}
      ${after === null ? db`` : db`and r.id > ${after}`}
    order by r.id limit ${limit}`;
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

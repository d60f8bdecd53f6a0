import type { Db } from '../../src/database/db.ts';
import { drift, resources } from './tables.ts';

/** The states of a drift (spec 5). */
export const driftStatuses = ['open', 'accepted', 'reverted', 'stale'] as const;
export type DriftStatus = (typeof driftStatuses)[number];

/** A drift in the API. */
export interface DriftRow {
  id: string;
  resource_id: string;
  kind: string;
  name: string;
  field: string;
  desired: unknown;
  actual: unknown;
  spec_version: number;
  status: DriftStatus;
  found_at: string;
  updated_at: string;
  closed_at: string | null;
}

/**
 * A page of drifts in order of id.
 * @param after the id that the page starts after; null for the first
 */
export function listDrift(
  db: Db,
  status: DriftStatus,
  after: string | null,
  limit: number,
): Promise<DriftRow[]> {
  return db<DriftRow[]>`
    select d.id, d.resource_id, r.kind, r.name, d.field, d.desired, d.actual, d.spec_version, d.status,
      d.found_at, d.updated_at, d.closed_at
    from ${db(drift.ref)} d join ${db(resources.ref)} r on r.id = d.resource_id
    where d.status = ${status} ${after === null ? db`` : db`and d.id > ${after}`}
    order by d.id limit ${limit}`;
}

/** How many drifts are open, and the names of their resources. */
export async function openDrift(db: Db): Promise<{ count: number; names: string[] }> {
  const [row] = await db<{ count: number; names: string[] }[]>`
    select count(*) as count, coalesce(array_agg(distinct r.name order by r.name), '{}') as names
    from ${db(drift.ref)} d join ${db(resources.ref)} r on r.id = d.resource_id
    where d.status = 'open'`;
  return row ?? { count: 0, names: [] };
}

/** The resource whose stream has a drift; null for an unknown drift. */
export async function resourceOfDrift(db: Db, driftId: string): Promise<string | null> {
  const [row] = await db<{ resource_id: string }[]>`
    select resource_id from ${db(drift.ref)} where id = ${driftId}`;
  return row?.resource_id ?? null;
}

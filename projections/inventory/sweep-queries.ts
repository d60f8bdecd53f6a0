import type { Db } from '../../src/database/db.ts';
import type { Row } from '../../src/read-models/projection.ts';
import { lastSweeps, projects, resourceOwners, resources } from './tables.ts';

/** A resource in the form that a sweep compares with the provider. */
export interface MirroredResource {
  id: string;
  provider_id: string;
  kind: string;
  name: string;
  region: string | null;
  size_slug: string | null;
  status: string;
  created_at: string | null;
  attrs: Record<string, unknown>;
  missed_syncs: number;
  stale: boolean;
  cloud_project_id: string | null;
  tenant_id: string;
  classified: boolean;
}

/** Every resource of one kind, stale ones included. */
export function mirroredResources(db: Db, kind: string): Promise<MirroredResource[]> {
  return db<MirroredResource[]>`
    select id, provider_id, kind, name, region, size_slug, status, created_at, attrs, missed_syncs, stale,
      cloud_project_id, tenant_id, classified
    from ${db(resources.ref)} where kind = ${kind} order by id`;
}

/** Every resource of any kind, without its attributes, which are large: for the project walk. */
export function placedResources(db: Db): Promise<Omit<MirroredResource, 'attrs'>[]> {
  return db<Omit<MirroredResource, 'attrs'>[]>`
    select id, provider_id, kind, name, region, size_slug, status, created_at, missed_syncs, stale,
      cloud_project_id, tenant_id, classified
    from ${db(resources.ref)} order by kind, id`;
}

/** Droplets whose backups are to be listed: not stale, with `backup_ids`, whatever their power state. */
export async function dropletsWithBackups(db: Db): Promise<string[]> {
  const rows = await db<{ provider_id: string }[]>`
    select provider_id from ${db(resources.ref)}
    where kind = 'droplet' and not stale and jsonb_typeof(attrs -> 'backup_ids') = 'array'
      and jsonb_array_length(attrs -> 'backup_ids') > 0
    order by id`;
  return rows.map((row) => row.provider_id);
}

/** The last counted sweep of a kind; null before the first. */
export async function countedSweepOf(
  db: Db,
  kind: string,
): Promise<{ started_at: string; ended_at: string } | null> {
  const [row] = await db<{ started_at: string; ended_at: string }[]>`
    select started_at, ended_at from ${db(lastSweeps.ref)} where kind = ${kind}`;
  return row ?? null;
}

/** Loader of `record-sweep`. */
export async function loadSweepContext(
  db: Db,
  { kind }: { kind: string },
): Promise<{ last_counted_end: string | null }> {
  const last = await countedSweepOf(db, kind);
  return { last_counted_end: last?.ended_at ?? null };
}

/** A project as it is mirrored. */
export type MirroredProject = Omit<Row<typeof projects>, 'deploys' | 'deploys_changed_at'>;

/** Every project ever listed. */
export function mirroredProjects(db: Db): Promise<MirroredProject[]> {
  return db<MirroredProject[]>`
    select id, name, description, purpose, environment, is_default, created_at, tenant_id, removed
      from ${db(projects.ref)} order by id`;
}

/** Ids of a project's resources that are not stale, including those that a walk placed before their sync. */
export async function resourcesOfProject(db: Db, projectId: string): Promise<string[]> {
  const rows = await db<{ id: string }[]>`
    select id from ${db(resources.ref)} where cloud_project_id = ${projectId} and not stale
    union
    select last.resource_id from (
      select distinct on (o.resource_id) o.resource_id, o.cloud_project_id from ${db(resourceOwners.ref)} o
      where not exists (select from ${db(resources.ref)} r where r.id = o.resource_id)
      order by o.resource_id, o.position desc
    ) last
    where last.cloud_project_id = ${projectId}
    order by id`;
  return rows.map((row) => row.id);
}

import type { Db } from '../../src/database/db.ts';
import { projects, resources } from './tables.ts';

/** A project in the API. */
export interface ProjectRow {
  id: string;
  name: string;
  description: string;
  purpose: string;
  environment: string;
  is_default: boolean;
  created_at: string | null;
  /** Null while it is not assigned. */
  tenant_id: string | null;
  /** The deployment that its resources are tied to by themselves; null without such a rule. */
  deploys: string | null;
  /** The number of its resources that are not stale. */
  resources: number;
}

/**
 * A page of the projects that the provider has, in order of name and id.
 * @param after name and id that the page starts after; null for the first
 */
export function listProjects(
  db: Db,
  after: readonly [string, string] | null,
  limit: number,
): Promise<ProjectRow[]> {
  return db<ProjectRow[]>`
    select p.id, p.name, p.description, p.purpose, p.environment, p.is_default, p.created_at, p.tenant_id,
      p.deploys,
      (select count(*) from ${db(resources.ref)} r where r.cloud_project_id = p.id
        and not r.stale) as resources
    from ${db(projects.ref)} p
    where not p.removed ${after === null ? db`` : db`and (p.name, p.id) > (${after[0]}, ${after[1]})`}
    order by p.name, p.id limit ${limit}`;
}

import type { Db } from '../../src/engine/db.ts';
import type { Row } from '../../src/engine/projection.ts';
import { resources, resourceTies } from '../inventory/tables.ts';
import { deployments } from './tables.ts';

/** A deployment as it is now. */
export type DeploymentRow = Row<typeof deployments>;

/**
 * Deployments by id.
 * @param tenantId null: an admin, who sees all
 */
export async function listDeployments(db: Db, { tenantId, state, after, limit }: { tenantId: string | null; state?: string | undefined; after: string | null; limit: number }): Promise<DeploymentRow[]> {
  return db<DeploymentRow[]>`
    select * from ${db(deployments.ref)} d
    where true
      ${tenantId === null ? db`` : db`and d.tenant_id = ${tenantId}`}
      ${state === undefined ? db`` : db`and d.state = ${state}`}
      ${after === null ? db`` : db`and d.id > ${after}`}
    order by d.id limit ${limit}`;
}

/** A resource that a deployment holds. */
export interface HeldResource {
  id: string;
  kind: string;
  provider_id: string;
  name: string;
  region: string | null;
  size_slug: string | null;
  status: string;
  /** First day of the tie. */
  effective_from: string;
  /** The day before which the tie ends; null while open. */
  effective_to: string | null;
}

/**
 * The resources tied to a deployment at the end of a day, as they are now.
 * @param knownAt ISO instant: only ties, and ends of ties, recorded by then
 */
export async function resourcesHeld(db: Db, deploymentId: string, { onDay, knownAt }: { onDay: string; knownAt?: string | undefined }): Promise<HeldResource[]> {
  // Ties know the positions of the events that made and ended them; when those were recorded only the journal can say.
  const known = (column: 'position' | 'untied_position') => db`exists (
    select 1 from journal j where j.position = t.${db(column)} and j.recorded_at <= ${knownAt ?? ''}::timestamptz)`;
  return db<HeldResource[]>`
    select r.id, r.kind, r.provider_id, r.name, r.region, r.size_slug, r.status, t.effective_from,
      ${knownAt === undefined ? db`t.effective_to` : db`case when ${known('untied_position')} then t.effective_to end`} as effective_to
    from ${db(resourceTies.ref)} t join ${db(resources.ref)} r on r.id = t.resource_id
    where t.deployment_id = ${deploymentId} and t.effective_from <= ${onDay}::date
      and (t.effective_to is null or t.effective_to > ${onDay}::date ${knownAt === undefined ? db`` : db`or not ${known('untied_position')}`})
      ${knownAt === undefined ? db`` : db`and ${known('position')}`}
    order by r.kind, r.name, r.id`;
}

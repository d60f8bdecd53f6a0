import type { Db } from '../../src/database/db.ts';
import { deployments } from '../deployments/tables.ts';

/** The tenant of each of the deployments, by deployment id; an unknown deployment is absent. */
export async function deploymentTenants(
  db: Db,
  deploymentIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db<{ id: string; tenant_id: string }[]>`
    select id, tenant_id from ${db(deployments.ref)} where id = any(${[...new Set(deploymentIds)]}::text[])`;
  return new Map(rows.map(({ id, tenant_id }) => [id, tenant_id]));
}

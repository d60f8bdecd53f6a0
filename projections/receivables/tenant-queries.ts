import type { Db } from '../../src/database/db.ts';
import { deployments } from '../deployments/tables.ts';
import { tenantInvoices } from '../invoicing/tables.ts';
import { customers } from '../parties/tables.ts';
import { accounts } from './tables.ts';

/** A page of the tenants with a profile, a deployment, an invoice or an account, by id. */
export async function listTenants(
  db: Db,
  { after, limit }: { after: string | null; limit: number },
): Promise<string[]> {
  const of = (table: string) => db`
    (select distinct tenant_id from ${db(table)}
    ${after === null ? db`` : db`where tenant_id > ${after}`} order by tenant_id limit ${limit})`;
  const tables = [customers, deployments, tenantInvoices, accounts].map(({ ref }) => of(ref));
  const [first, ...others] = tables;
  if (first === undefined) throw new Error('tenants are read from tables');
  const all = others.reduce((union, next) => db`${union} union ${next}`, first);
  const rows = await db<{ tenant_id: string }[]>`
    select tenant_id from (${all}) tenants order by tenant_id limit ${limit}`;
  return rows.map(({ tenant_id }) => tenant_id);
}

/** How many deployments of each state tenants have, by tenant; those without any are missing. */
export async function deploymentCounts(
  db: Db,
  tenantIds: readonly string[],
): Promise<Map<string, Record<string, number>>> {
  const rows = await db<{ tenant_id: string; states: Record<string, number> }[]>`
    select tenant_id, jsonb_object_agg(state, deployments) as states from (
      select tenant_id, state, count(*) as deployments from ${db(deployments.ref)}
      where tenant_id = any(${[...tenantIds]}::text[]) group by tenant_id, state) counted
    group by tenant_id`;
  return new Map(rows.map(({ tenant_id, states }) => [tenant_id, states]));
}

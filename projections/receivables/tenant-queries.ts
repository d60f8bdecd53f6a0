import type { Db, Fragment } from '../../src/database/db.ts';
import { deployments } from '../deployments/tables.ts';
import { tenantInvoices } from '../invoicing/tables.ts';
import { customers } from '../parties/tables.ts';
import { accounts } from './tables.ts';

/** A page of the tenants with a profile, a deployment, an invoice or an account, by id. */
export async function listTenants(
  db: Db,
  { after, limit }: { after: string | null; limit: number },
): Promise<string[]> {
  // From tenant to tenant by the indexes: a tenant has many deployments and invoices.
  const next = (behind: Fragment) => {
    const of = (table: string) => db`
      select (select min(t.tenant_id) from ${db(table)} t where t.tenant_id > ${behind}) as tenant_id`;
    return db`(
      select min(tenant_id) from (
        ${of(customers.ref)} union all ${of(deployments.ref)}
        union all ${of(tenantInvoices.ref)} union all ${of(accounts.ref)}) nearest)`;
  };
  const rows = await db<{ tenant_id: string }[]>`
    with recursive tenants as (
      select ${next(db`${after ?? ''}::text`)} as tenant_id
      union all
      select ${next(db`tenants.tenant_id`)} from tenants where tenant_id is not null)
    select tenant_id from tenants where tenant_id is not null limit ${limit}`;
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

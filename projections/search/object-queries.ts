import type { Db } from '../../src/database/db.ts';
import { costLines, providerInvoices } from '../costs/tables.ts';
import { deployments } from '../deployments/tables.ts';
import { customers } from '../parties/tables.ts';
import { holds, inScope, isAmount, isId, nearestFirst, type SearchWanted } from './wanted.ts';

export interface FoundDeployment {
  id: string;
  tenant_id: string;
  slug: string;
  display_name: string;
  state: string;
  region: string | null;
}

export interface FoundProviderInvoice {
  uuid: string;
  invoice_id: string | null;
  period: string;
  status: string;
  amount_cents: number;
  currency: string;
}

export interface FoundCostLine {
  id: string;
  description: string;
  product: string;
  period: string;
  amount_cents: number;
  currency: string;
}

/** Deployments by id, slug and name. */
export function findDeployments(db: Db, wanted: SearchWanted): Promise<FoundDeployment[]> {
  return db<FoundDeployment[]>`
    select d.id, d.tenant_id, d.slug, d.display_name, d.state, d.region from ${db(deployments.ref)} d
    where ${inScope(db, db`d.tenant_id`, wanted)} and (${isId(db, db`d.id`, wanted)}
      or ${holds(db, db`d.slug`, wanted)} or ${holds(db, db`d.display_name`, wanted)})
    order by ${nearestFirst(db, db`d.slug`, wanted)}, ${nearestFirst(db, db`d.display_name`, wanted)}, d.id
    limit ${wanted.limit}`;
}

/** Every tenant that has a profile or a deployment. */
export async function knownTenants(db: Db): Promise<string[]> {
  const rows = await db<{ tenant_id: string }[]>`
    select tenant_id from ${db(customers.ref)}
    union select tenant_id from ${db(deployments.ref)} order by tenant_id`;
  return rows.map(({ tenant_id }) => tenant_id);
}

/** Invoices of the provider by uuid, id and amount; the newest first. */
export function findProviderInvoices(db: Db, wanted: SearchWanted): Promise<FoundProviderInvoice[]> {
  return db<FoundProviderInvoice[]>`
    select p.uuid, p.invoice_id, p.period, p.status, p.amount_cents, p.currency
    from ${db(providerInvoices.ref)} p
    where ${isId(db, db`p.uuid`, wanted)} or ${holds(db, db`p.invoice_id`, wanted)}
      or ${isAmount(db, [db`p.amount_cents`], wanted)}
    order by p.period desc, p.uuid limit ${wanted.limit}`;
}

/** Lines of the provider's invoices that count, by description and amount; the newest first. */
export function findCostLines(db: Db, wanted: SearchWanted): Promise<FoundCostLine[]> {
  return db<FoundCostLine[]>`
    select l.invoice_uuid || ':' || l.line_no as id, l.description, l.product, p.period, l.amount_cents,
      p.currency
    from ${db(providerInvoices.ref)} p
    join ${db(costLines.ref)} l on l.invoice_uuid = p.uuid and l.lines_hash = p.lines_hash
    where ${holds(db, db`l.description`, wanted)} or ${isAmount(db, [db`l.amount_cents`], wanted)}
    order by p.period desc, p.uuid, l.line_no limit ${wanted.limit}`;
}

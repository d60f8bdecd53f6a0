/** The contexts of the commands about one-off charges: the deployment, and the invoiced months. */
import type { Db } from '../../src/database/db.ts';
import { deployments } from '../deployments/tables.ts';
import { standingInvoices, type StandingInvoiceRow } from '../invoicing/standing-queries.ts';
import { charges } from './tables.ts';

/** Loader of `add-charge`. */
export async function loadAddChargeContext(
  db: Db,
  input: { deployment_id: string; day?: string | undefined },
  { today }: { today: string },
): Promise<{ deployment: { tenant_id: string; state: string } | null; invoices: StandingInvoiceRow[] }> {
  const [deployment] = await db<{ tenant_id: string; state: string }[]>`
    select tenant_id, state from ${db(deployments.ref)} where id = ${input.deployment_id}`;
  if (deployment === undefined) return { deployment: null, invoices: [] };
  const from = { tenantId: deployment.tenant_id, fromDay: input.day ?? today, today };
  return { deployment, invoices: await standingInvoices(db, from) };
}

/** Loader of `void-charge`. */
export async function loadVoidChargeContext(
  db: Db,
  { charge_id }: { charge_id: string },
  { today }: { today: string },
): Promise<{ invoices: StandingInvoiceRow[] }> {
  const [charge] = await db<{ tenant_id: string; day: string }[]>`
    select tenant_id, day from ${db(charges.ref)} where id = ${charge_id}`;
  if (charge === undefined) return { invoices: [] };
  const from = { tenantId: charge.tenant_id, fromDay: charge.day, today };
  return { invoices: await standingInvoices(db, from) };
}

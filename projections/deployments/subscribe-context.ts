/** The contexts of the commands that choose from the catalog: the offers, and the invoiced months. */
import type { Execution } from '../../src/ledger/command.ts';
import type { Db } from '../../src/database/db.ts';
import { planWithVersions } from '../catalog/plan-queries.ts';
import { addonOffers } from '../catalog/price-queries.ts';
import { standingInvoices, type StandingInvoiceRow } from '../invoicing/standing-queries.ts';
import { deployments } from './tables.ts';

/** For subscribing: the plan, the addons, and the standing invoices of the tenant from the first month on. */
export async function loadSubscribeContext(
  db: Db,
  input: {
    deployment_id: string;
    plan_code: string;
    addons: readonly string[];
    starts_on?: string | undefined;
  },
  { today }: Execution,
) {
  return {
    plan: await planWithVersions(db, input.plan_code, null),
    addons: await addonOffers(db, input.addons),
    invoices: await invoicesFrom(db, input.deployment_id, input.starts_on ?? today, today),
  };
}

/** For attaching an addon. */
export async function loadAttachContext(db: Db, { code }: { code: string }) {
  const [addon] = await addonOffers(db, [code]);
  return { addon: addon ?? null };
}

/** For a change of plan. */
export async function loadChangePlanContext(db: Db, { plan_code }: { plan_code: string }) {
  return { plan: await planWithVersions(db, plan_code, null) };
}

/**
 * The standing invoices of the tenant of a deployment that end on or after the day; none for an unknown
 * deployment.
 */
async function invoicesFrom(
  db: Db,
  deploymentId: string,
  fromDay: string,
  today: string,
): Promise<StandingInvoiceRow[]> {
  const [owner] = await db<{ tenant_id: string }[]>`
    select tenant_id from ${db(deployments.ref)} where id = ${deploymentId}`;
  return owner === undefined ? [] : standingInvoices(db, { tenantId: owner.tenant_id, fromDay, today });
}

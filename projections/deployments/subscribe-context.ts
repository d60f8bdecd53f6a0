/** The contexts of the commands that choose from the catalog: what is on offer, and which months are invoiced. */
import type { Execution } from '../../src/engine/command.ts';
import type { Db } from '../../src/database/db.ts';
import { monthOf } from '../../src/pricing/calendar.ts';
import { planOffer } from '../catalog/plan-queries.ts';
import { addonOffers } from '../catalog/price-queries.ts';
import { tenantInvoices } from '../invoices/tables.ts';
import { deployments } from './tables.ts';

/** For subscribing: the plan, the addons, and the invoices of the deployment's tenant from the first month on. */
export async function loadSubscribeContext(db: Db, input: { deployment_id: string; plan_code: string; addons: readonly string[]; starts_on?: string | undefined }, { today }: Execution) {
  return {
    plan: await planOffer(db, input.plan_code),
    addons: await addonOffers(db, input.addons),
    invoices: await invoicesFrom(db, input.deployment_id, monthOf(input.starts_on ?? today)),
  };
}

/** For attaching an addon. */
export async function loadAttachContext(db: Db, { code }: { code: string }) {
  const [addon] = await addonOffers(db, [code]);
  return { addon: addon ?? null };
}

/** For a change of plan. */
export async function loadChangePlanContext(db: Db, { plan_code }: { plan_code: string }) {
  return { plan: await planOffer(db, plan_code) };
}

/** The invoices, void ones aside, that a deployment's tenant has for months from `period` on. */
async function invoicesFrom(db: Db, deploymentId: string, period: string): Promise<{ id: string; period_start: string }[]> {
  return db<{ id: string; period_start: string }[]>`
    select i.id, i.period_start from ${db(tenantInvoices.ref)} i
    where i.tenant_id = (select d.tenant_id from ${db(deployments.ref)} d where d.id = ${deploymentId})
      and i.period_start >= ${period}::date and i.status <> 'void'
    order by i.period_start`;
}

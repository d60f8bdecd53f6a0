/** How far back a change of a tenant's deployments can be dated. */
import type { Db } from '../../src/database/db.ts';
import { standingInvoices, type StandingInvoiceRow } from '../invoicing/standing-queries.ts';
import { deployments, subscriptions } from './tables.ts';

/** The invoices that stand in the way of a day, oldest first, and the first day of the tenant. */
export interface DayBoundsRows {
  invoices: StandingInvoiceRow[];
  first_day: string | null;
}

/** A change of a deployment, dated to a day. */
interface Dated {
  deployment_id: string;
  effective_on?: string | undefined;
}

/** The bounds of a day for the tenant of a deployment; of an unknown deployment there are none. */
export async function loadDayBounds(
  db: Db,
  { deployment_id, effective_on }: Dated,
  { today }: { today: string },
): Promise<DayBoundsRows> {
  const [owner] = await db<{ tenant_id: string; first_day: string }[]>`
    select o.tenant_id, least(
      min((d.created_at at time zone 'UTC')::date), min(s.starts_on)) as first_day
    from ${db(deployments.ref)} o
      join ${db(deployments.ref)} d on d.tenant_id = o.tenant_id
      left join ${db(subscriptions.ref)} s on s.deployment_id = d.id
    where o.id = ${deployment_id}
    group by o.tenant_id`;
  if (owner === undefined) return { invoices: [], first_day: null };
  const { tenant_id: tenantId, first_day } = owner;
  return {
    invoices: await standingInvoices(db, { tenantId, fromDay: effective_on ?? today, today }),
    first_day,
  };
}

/** Whether a change is dated to a day in the past, for which alone there are bounds. */
export const isDatedBack = ({ effective_on }: Dated, { today }: { today: string }): boolean =>
  effective_on !== undefined && effective_on < today;

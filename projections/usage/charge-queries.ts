import type { Db } from '../../src/database/db.ts';
import type { Row } from '../../src/read-models/projection.ts';
import { lastDay, monthOf } from '../../src/pricing/calendar.ts';
import type { OneOffCharge } from '../../src/pricing/one-off-charge.ts';
import type { UsageScope } from './invoicing-queries.ts';
import { charges } from './tables.ts';
import { countsAt } from './voided.ts';

/** A charge of a month, in the form of pricing. */
export interface ChargeOfDeployment extends OneOffCharge {
  deployment_id: string;
  tenant_id: string;
}

/** The charges of a month that count, by deployment, day and position. */
export async function chargesForPeriod(
  db: Db,
  { period, atPosition, tenantId }: UsageScope,
): Promise<ChargeOfDeployment[]> {
  const rows = await db<ChargeOfDeployment[]>`
    select c.deployment_id, c.tenant_id, c.id as charge_id, c.description, c.amount_cents, c.day, c.event_id
    from ${db(charges.ref)} c
    where c.day between ${monthOf(period)}::date and ${lastDay(period)}::date
      and ${countsAt(db, 'c', atPosition)}
      ${tenantId === undefined ? db`` : db`and c.tenant_id = ${tenantId}`}
    order by c.deployment_id, c.day, c.position`;
  return [...rows];
}

/** A charge, taken back or not. */
export type ChargeRow = Pick<
  Row<typeof charges>,
  | 'id'
  | 'deployment_id'
  | 'tenant_id'
  | 'description'
  | 'amount_cents'
  | 'day'
  | 'recorded_at'
  | 'voided_at'
  | 'void_reason'
  | 'position'
>;

/** Place of a charge in the list of its deployment. */
export type ChargeKey = readonly [day: string, position: number];

/**
 * The charges of a deployment by day and position, those that were taken back included.
 * @param after the key that the page starts after
 */
export async function listCharges(
  db: Db,
  { deploymentId, period }: { deploymentId: string; period?: string | undefined },
  { limit, after }: { limit: number; after: ChargeKey | null },
): Promise<ChargeRow[]> {
  const rows = await db<ChargeRow[]>`
    select c.id, c.deployment_id, c.tenant_id, c.description, c.amount_cents, c.day, c.recorded_at,
      c.voided_at, c.void_reason, c.position
    from ${db(charges.ref)} c
    where c.deployment_id = ${deploymentId}
      ${period === undefined ? db`` : db`and c.day between ${period}::date and ${lastDay(period)}::date`}
      ${after === null ? db`` : db`and (c.day, c.position) > (${after[0]}::date, ${after[1]}::bigint)`}
    order by c.day, c.position limit ${limit}`;
  return [...rows];
}

import type { Db } from '../../src/database/db.ts';
import { canonicalDecimal } from '../../src/pricing/money.ts';
import type { TaxRate } from '../../src/pricing/tax.ts';
import { taxRates } from './tables.ts';

/** A tax rate that was set. */
export interface TaxRateRow extends TaxRate {
  /** Why a tenant is exempt. */
  reason: string | null;
  recorded_at: string;
  position: number;
}

/** Place of a rate in the list; the tenant is empty for a general rate. */
export type TaxRateKey = readonly [tenantId: string, effectiveFrom: string, position: number];

const columns = (db: Db) =>
  db`nullif(tenant_id, '') as tenant_id, name, rate, effective_from, reason, recorded_at, position`;

const plain = (row: TaxRateRow): TaxRateRow => ({ ...row, rate: canonicalDecimal(row.rate) });

/** Every tax rate ever set: the general ones first, by day and order of setting. */
export async function listTaxRates(
  db: Db,
  { after, limit }: { after: TaxRateKey | null; limit: number },
): Promise<TaxRateRow[]> {
  const rows = await db<TaxRateRow[]>`
    select ${columns(db)} from ${db(taxRates.ref)} t
    ${
      after === null
        ? db``
        : db`where (t.tenant_id, effective_from, position)
      > (${after[0]}, ${after[1]}::date, ${after[2]}::bigint)`
    }
    order by t.tenant_id, effective_from, position limit ${limit}`;
  return rows.map(plain);
}

/**
 * The tax rates that can matter on a day, in the order in which they were set, for `taxesInForce`.
 * @param atPosition only those recorded up to this journal position
 * @param tenantId only the general ones and those of this tenant
 */
export async function taxRatesAt(
  db: Db,
  {
    onDay,
    atPosition,
    tenantId,
  }: { onDay: string; atPosition?: number | undefined; tenantId?: string | undefined },
): Promise<TaxRateRow[]> {
  const rows = await db<TaxRateRow[]>`
    select ${columns(db)} from ${db(taxRates.ref)} t
    where effective_from <= ${onDay}::date
      ${atPosition === undefined ? db`` : db`and position <= ${atPosition}`}
      ${tenantId === undefined ? db`` : db`and t.tenant_id in ('', ${tenantId})`}
    order by position`;
  return rows.map(plain);
}

/** Whether a general tax rate was ever set. */
export async function hasTaxRate(db: Db): Promise<boolean> {
  const [row] = await db<{ known: boolean }[]>`
    select exists (select from ${db(taxRates.ref)} where tenant_id = '') as known`;
  return row?.known === true;
}

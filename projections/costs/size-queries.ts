import type { Db } from '../../src/database/db.ts';
import type { SizeListing } from '../../src/events/costs.ts';
import { sizes } from './tables.ts';

/** A size's list price from a day on, and since when the size is not listed any more. */
export type SizeRow = SizeListing & { withdrawn_on: string | null };

/**
 * Each size as it was listed on a day, by slug: withdrawn ones at their last price, and one that was first
 * listed later at its first.
 * @param day UTC day
 */
export async function sizesOn(db: Db, day: string): Promise<Map<string, SizeRow>> {
  const rows = await db<SizeRow[]>`
    select distinct on (slug) slug, effective_from, monthly_cents, hourly, currency, memory_mb, vcpus,
      disk_gb, available, withdrawn_on
    from ${db(sizes.ref)}
    order by slug, effective_from <= ${day} desc,
      case when effective_from <= ${day} then effective_from end desc, effective_from`;
  return new Map(rows.map((row) => [row.slug, row]));
}

/** Every size as it was last listed. */
export function latestSizes(db: Db): Promise<Map<string, SizeRow>> {
  return sizesOn(db, '9999-12-31');
}

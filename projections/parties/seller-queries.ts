import type { Db } from '../../src/database/db.ts';
import type { SellerEvent } from '../../src/events/parties.ts';
import { sellers } from './tables.ts';

/** The seller from a day on. */
export type SellerRow = SellerEvent['data'] & {
  recorded_at: string;
};

/**
 * The seller that stands on documents of a day: the one in force, or the first later one where none is. Null
 * while none is set.
 */
export async function sellerOn(db: Db, day: string): Promise<SellerRow | null> {
  const [row] = await db<SellerRow[]>`
    select effective_from, legal_name, tax_id, address, email, phone, bank, invoice_prefix, footer,
      recorded_at
    from ${db(sellers.ref)}
    order by effective_from > ${day}::date,
      case when effective_from <= ${day}::date then effective_from end desc, effective_from
    limit 1`;
  return row ?? null;
}

import type { Db, Fragment } from '../../src/database/db.ts';
import { customers, erasedKeys } from './tables.ts';

/** A customer's profile from a day on. Personal fields are sealed. */
export interface CustomerRow {
  tenant_id: string;
  effective_from: string;
  net_days: number;
  locale: string | null;
  legal_name: string;
  trading_name: string | null;
  tax_id: string | null;
  address: string;
  emails: string;
  contact: string | null;
  po_number: string | null;
  recorded_at: string;
  /** When its personal fields were erased; null while they can be read. */
  erased_at: string | null;
}

/**
 * The profile of each tenant that stands on documents of a day: the one in force, or the first later one
 * where none is. An erased profile counts only where every one is erased.
 */
const profilesOn = (db: Db, day: string, tenants: Fragment) => db`
  select profile.* from (${tenants}) as tenant cross join lateral (
    select c.tenant_id, c.effective_from, c.net_days, c.locale, c.legal_name, c.trading_name, c.tax_id,
      c.address, c.emails, c.contact, c.po_number, c.recorded_at, e.erased_at
    from ${db(customers.ref)} c left join ${db(erasedKeys.ref)} e on e.key_id = c.key_id
    where c.tenant_id = tenant.tenant_id
    order by e.erased_at is not null, c.effective_from > ${day}::date,
      case when c.effective_from <= ${day}::date then c.effective_from end desc, c.effective_from
    limit 1
  ) as profile`;

/** A tenant's profile for documents of a day; null without any. */
export async function customerOn(db: Db, tenantId: string, day: string): Promise<CustomerRow | null> {
  return (await customersOn(db, [tenantId], day)).get(tenantId) ?? null;
}

/** The profiles of tenants for documents of a day, by tenant; those without any are missing. */
export async function customersOn(
  db: Db,
  tenantIds: readonly string[],
  day: string,
): Promise<Map<string, CustomerRow>> {
  const tenants = db`select distinct tenant_id from unnest(${[...tenantIds]}::text[]) as t (tenant_id)`;
  const rows = await db<CustomerRow[]>`${profilesOn(db, day, tenants)}`;
  return new Map(rows.map((row) => [row.tenant_id, row]));
}

/** A page of the profiles of all tenants for documents of a day, by tenant. */
export async function listCustomers(
  db: Db,
  day: string,
  { after, limit }: { after: string | null; limit: number },
): Promise<CustomerRow[]> {
  const tenants = db`
    select tenant_id from ${db(customers.ref)}
    ${after === null ? db`` : db`where tenant_id > ${after}`}
    group by tenant_id order by tenant_id limit ${limit}`;
  return db<CustomerRow[]>`${profilesOn(db, day, tenants)} order by tenant_id`;
}

/** Days that tenants have to pay documents of a day, by tenant; those without a profile are missing. */
export async function netDaysOf(
  db: Db,
  tenantIds: readonly string[] | 'all',
  day: string,
): Promise<Map<string, number>> {
  const tenants =
    tenantIds === 'all'
      ? db`select distinct tenant_id from ${db(customers.ref)}`
      : db`select distinct tenant_id from unnest(${[...tenantIds]}::text[]) as t (tenant_id)`;
  const rows = await db<{ tenant_id: string; net_days: number }[]>`
    select tenant_id, net_days from (${profilesOn(db, day, tenants)}) as p`;
  return new Map(rows.map((row) => [row.tenant_id, row.net_days]));
}

/** Keys whose destruction is recorded, while they are still in the key ring. */
export async function keysLeftBehind(db: Db): Promise<string[]> {
  const rows = await db<{ key_id: string }[]>`
    select e.key_id from ${db(erasedKeys.ref)} e join personal_keys k on k.key_id = e.key_id
    where k.destroyed_at is null order by e.key_id`;
  return rows.map((row) => row.key_id);
}

/** When a key was erased; null while it is not. */
export async function erasedSince(db: Db, keyId: string): Promise<string | null> {
  const [row] = await db<{ erased_at: string }[]>`
    select erased_at from ${db(erasedKeys.ref)} where key_id = ${keyId}`;
  return row?.erased_at ?? null;
}

/** When keys were erased, by key; those that are not erased are missing. */
export async function erasuresOf(db: Db, keyIds: readonly string[]): Promise<Map<string, string>> {
  if (keyIds.length === 0) return new Map();
  const rows = await db<{ key_id: string; erased_at: string }[]>`
    select key_id, erased_at from ${db(erasedKeys.ref)} where key_id = any(${[...new Set(keyIds)]}::text[])`;
  return new Map(rows.map(({ key_id, erased_at }) => [key_id, erased_at]));
}

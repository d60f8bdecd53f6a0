import { customersOn, type CustomerRow } from '../../../projections/parties/customer-queries.ts';
import { knownTenants } from '../../../projections/search/object-queries.ts';
import type { SearchWanted } from '../../../projections/search/wanted.ts';
import type { Db } from '../../database/db.ts';
import { ERASED, type PersonalData } from '../../personal/personal-data.ts';
import { profilePlace } from '../parties/open-customer.ts';

/** A tenant that was found; its names are null where it has no profile. */
export interface FoundCustomer {
  tenant_id: string;
  legal_name: string | null;
  trading_name: string | null;
}

/** The names of tenants, in order. Erased ones read `erased`. */
async function named(
  personal: PersonalData,
  tenants: readonly string[],
  profiles: ReadonlyMap<string, CustomerRow>,
): Promise<FoundCustomer[]> {
  const sealed = tenants.flatMap((tenant_id) => {
    const profile = profiles.get(tenant_id);
    if (profile === undefined || profile.erased_at !== null) return [];
    const place = profilePlace(tenant_id);
    return (['legal_name', 'trading_name'] as const).flatMap((field) => {
      const text = profile[field];
      return text === null ? [] : [{ ...place, field, sealed: text }];
    });
  });
  const texts = await personal.open(sealed);
  const opened = new Map(sealed.map((value, at) => [value.sealed, texts[at] ?? ERASED]));
  return tenants.map((tenant_id) => {
    const profile = profiles.get(tenant_id);
    const text = (value: string | null | undefined): string | null =>
      value === null || value === undefined ? null : (opened.get(value) ?? ERASED);
    return { tenant_id, legal_name: text(profile?.legal_name), trading_name: text(profile?.trading_name) };
  });
}

/** 0 for the text itself, 1 for one that begins with it, 2 for one that holds it; null for any other. */
function nearness(text: string, value: string | null): number | null {
  const lower = value?.toLowerCase() ?? '';
  if (!lower.includes(text)) return null;
  return lower === text ? 0 : lower.startsWith(text) ? 1 : 2;
}

/**
 * Tenants by id and by the names in their profile, nearest first. Names are stored encrypted, so they are all
 * opened for it; not where an amount is searched for, which names a tenant by its id at most.
 */
export async function findCustomers(
  db: Db,
  personal: PersonalData,
  { text, cents, tenantId, limit }: SearchWanted,
  today: string,
): Promise<FoundCustomer[]> {
  const all = tenantId === null ? await knownTenants(db) : [tenantId];
  const tenants = cents === null ? all : all.filter((id) => id.includes(text));
  const customers = await named(personal, tenants, await customersOn(db, tenants, today));
  return customers
    .flatMap((one) => {
      const found = [one.tenant_id, one.legal_name, one.trading_name]
        .map((value) => nearness(text, value))
        .filter((value) => value !== null);
      return found.length === 0 ? [] : [{ one, nearness: Math.min(...found) }];
    })
    .sort((a, b) => a.nearness - b.nearness || (a.one.tenant_id < b.one.tenant_id ? -1 : 1))
    .slice(0, limit)
    .map(({ one }) => one);
}

import { deploymentCounts, listTenants } from '../../../projections/receivables/tenant-queries.ts';
import { receivablesOf, type AgedCents } from '../../../projections/receivables/receivable-queries.ts';
import { customersOn } from '../../../projections/parties/customer-queries.ts';
import type { Db } from '../../database/db.ts';
import type { PersonalData } from '../../personal/personal-data.ts';
import { openCustomers, type OpenedCustomer } from './open-customer.ts';

/** A tenant as the list of all tenants shows it. */
export interface ListedTenant {
  tenant_id: string;
  /** Null: it has no profile. */
  profile: (OpenedCustomer & { erased_at: string | null }) | null;
  /** How many it has of each state. */
  deployments: Record<string, number>;
  account: AgedCents;
}

/** Which tenants are listed. */
export interface TenantFilter {
  /** Part of the tenant id, or of a name of the profile; in any case. */
  search?: string | undefined;
  hasProfile?: boolean | undefined;
}

/** An account on which nothing is open or over. */
export const settled: AgedCents = {
  current_cents: 0,
  days_1_30_cents: 0,
  days_31_60_cents: 0,
  days_61_90_cents: 0,
  over_90_cents: 0,
  total_cents: 0,
  opening_balance_cents: 0,
  balance_cents: 0,
};

/** How many tenants are read at once while searching. */
const readAtOnce = 500;

type Found = Pick<ListedTenant, 'tenant_id' | 'profile'>;

/**
 * Tenants in the order of their ids, from `after` on. Names are sealed in the database, so a search opens one
 * profile after the other.
 * @param db one snapshot
 * @param day the day (UTC) whose profiles and accounts are shown
 */
export async function tenantsOn(
  db: Db,
  personal: PersonalData,
  day: string,
  { filter, after, limit }: { filter: TenantFilter; after: string | null; limit: number },
): Promise<ListedTenant[]> {
  const found: Found[] = [];
  const isFiltered = filter.search !== undefined || filter.hasProfile !== undefined;
  for (let last = after; found.length < limit;) {
    const page = { after: last, limit: isFiltered ? readAtOnce : limit };
    const read = await withProfiles(db, personal, day, await listTenants(db, page));
    found.push(...read.filter((one) => isWanted(one, filter)));
    if (read.length < page.limit) break;
    last = read.at(-1)?.tenant_id ?? null;
  }
  const tenants = found.slice(0, limit);
  const ids = tenants.map(({ tenant_id }) => tenant_id);
  const [accounts, counts] = [await receivablesOf(db, day, ids), await deploymentCounts(db, ids)];
  return tenants.map((one) => ({
    ...one,
    deployments: counts.get(one.tenant_id) ?? {},
    account: accounts.get(one.tenant_id) ?? settled,
  }));
}

async function withProfiles(
  db: Db,
  personal: PersonalData,
  day: string,
  tenantIds: readonly string[],
): Promise<Found[]> {
  const rows = await customersOn(db, tenantIds, day);
  const held = [...rows.values()];
  const opened = await openCustomers(personal, held);
  const profiles = new Map(
    opened.map((profile, at) => [profile.tenant_id, { ...profile, erased_at: held[at]?.erased_at ?? null }]),
  );
  return tenantIds.map((tenant_id) => ({ tenant_id, profile: profiles.get(tenant_id) ?? null }));
}

function isWanted({ tenant_id, profile }: Found, { search, hasProfile }: TenantFilter): boolean {
  if (hasProfile !== undefined && (profile !== null) !== hasProfile) return false;
  if (search === undefined) return true;
  const names =
    profile === null || profile.erased_at !== null ? [] : [profile.legal_name, profile.trading_name];
  const wanted = search.toLowerCase();
  return [tenant_id, ...names].some((name) => name?.toLowerCase().includes(wanted) === true);
}

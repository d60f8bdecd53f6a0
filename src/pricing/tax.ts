/** Which tax a tenant's month bears (spec 11). */

/** A tax on a tenant's subtotal. */
export interface Tax {
  readonly name: string;
  /** Decimal, for instance `0.10`. */
  readonly rate: string;
}

/** A rate as it was set; `tenant_id` null: for every tenant without a rate of its own. */
export interface TaxRate extends Tax {
  readonly tenant_id: string | null;
  readonly effective_from: string;
}

/**
 * A function that gives the rate in force for a tenant on a day: the tenant's own before the general one;
 * of several the one with the latest `effective_from`; of several for one day the last in the list. Null: no
 * rate is in force.
 */
export function taxesInForce<Rate extends TaxRate>(
  rates: readonly Rate[],
  day: string,
): (tenantId: string) => Rate | null {
  const standing = new Map<string | null, Rate>();
  for (const rate of rates) {
    if (rate.effective_from > day) continue;
    const known = standing.get(rate.tenant_id);
    if (known === undefined || rate.effective_from >= known.effective_from)
      standing.set(rate.tenant_id, rate);
  }
  return (tenantId) => standing.get(tenantId) ?? standing.get(null) ?? null;
}

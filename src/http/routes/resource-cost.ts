/** What a resource costs a month, as the answers about the inventory show it to an admin. */
import { z } from 'zod';
import { providerCurrency } from '../../../commands/costs/provider-invoice.ts';
import { lastBilledOf } from '../../../projections/costs/resource-cost-queries.ts';
import { sizesOn } from '../../../projections/costs/size-queries.ts';
import type { InventoryRow } from '../../../projections/inventory/resource-queries.ts';
import type { Db } from '../../database/db.ts';
import { centsSchema, daySchema } from '../schemas.ts';

/** In cents of the provider's currency. */
export const resourceCost = z
  .object({
    currency: z.string(),
    list_monthly_cents: centsSchema.nullable(),
    billed_cents: centsSchema.nullable(),
    billed_period: daySchema.nullable(),
  })
  .nullable();
type ResourceCost = z.output<typeof resourceCost>;

/** What the descriptions say of it. */
export const resourceCostDescription =
  '`cost` is in cents of the currency of the provider, and null to a tenant and at a past moment: ' +
  '`list_monthly_cents` is what the size of a droplet costs a month by the list prices of today, ' +
  '`billed_cents` what the last ingested month (`billed_period`) has for the resource before tax.';

/** The costs of resources, in order; null for a tenant, who sees no costs. */
export async function costsOf(
  db: Db,
  rows: readonly Pick<InventoryRow, 'id' | 'kind' | 'size_slug'>[],
  { tenantId, today }: { tenantId: string | null; today: string },
): Promise<ResourceCost[]> {
  if (tenantId !== null) return rows.map(() => null);
  const sizes = await sizesOn(db, today);
  const billed = await lastBilledOf(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map(({ id, kind, size_slug }) => ({
    currency: providerCurrency,
    list_monthly_cents:
      kind === 'droplet' && size_slug !== null ? (sizes.get(size_slug)?.monthly_cents ?? null) : null,
    billed_cents: billed.cents.get(id) ?? null,
    billed_period: billed.period,
  }));
}

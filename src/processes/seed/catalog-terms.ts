import type { AddonDefinition } from '../../../commands/catalog/addon.ts';
import type { PlanItem } from '../../events/catalog.ts';

/** A plan whose first version the seed publishes, in the ledger's currency. */
export interface SeedPlan {
  code: string;
  name: string;
  base_price_cents: number;
  items: PlanItem[];
}

function item(
  resource_kind: string,
  included_qty: string,
  overage_price_cents: number,
  overage_unit: string,
): PlanItem {
  return { resource_kind, included_qty, overage_unit, overage_price_cents, hard_cap_qty: null };
}

/** The table of spec 6: included quantity, then overage price in cents per overage unit. */
export const seedPlans: readonly SeedPlan[] = [
  {
    code: 'starter',
    name: 'Starter',
    base_price_cents: 2000,
    items: [
      item('droplet_hours', '744', 1, 'hour'),
      item('spaces_gb_month', '25', 2, 'gb'),
      item('snapshot_gb_month', '20', 6, 'gb'),
      item('bandwidth_gb', '500', 1, 'gb'),
      item('dns_zones', '3', 50, 'zone'),
    ],
  },
  {
    code: 'studio',
    name: 'Studio',
    base_price_cents: 5000,
    items: [
      item('droplet_hours', '1488', 1, 'hour'),
      item('spaces_gb_month', '100', 2, 'gb'),
      item('snapshot_gb_month', '50', 6, 'gb'),
      item('bandwidth_gb', '2000', 1, 'gb'),
      item('dns_zones', '10', 50, 'zone'),
      item('llm_tokens', '1000000', 1, '1k_tokens'),
    ],
  },
  {
    code: 'pro',
    name: 'Pro',
    base_price_cents: 12000,
    items: [
      item('droplet_hours', '3720', 1, 'hour'),
      item('spaces_gb_month', '500', 2, 'gb'),
      item('snapshot_gb_month', '200', 6, 'gb'),
      item('bandwidth_gb', '6000', 1, 'gb'),
      item('dns_zones', '50', 50, 'zone'),
      item('llm_tokens', '5000000', 1, '1k_tokens'),
    ],
  },
];

export const seedAddons: readonly AddonDefinition[] = [
  {
    code: 'storage_50gb',
    name: 'Storage 50 GB',
    resource_kind: 'spaces_gb_month',
    qty: '50',
    price_cents: 750,
  },
  {
    code: 'storage_250gb',
    name: 'Storage 250 GB',
    resource_kind: 'spaces_gb_month',
    qty: '250',
    price_cents: 3000,
  },
  {
    code: 'llm_1m_tokens',
    name: 'LLM 1M tokens',
    resource_kind: 'llm_tokens',
    qty: '1000000',
    price_cents: 800,
  },
];

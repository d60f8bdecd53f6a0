/** The seed catalog of spec section 6 as terms, for the tests of this folder. */
import type { AddonTerms, PlanTerms } from '../../../src/pricing/types.ts';

type Row = [included: string, priceCents: number];

function plan(code: string, baseCents: number, rows: Record<string, Row>): PlanTerms {
  const units: Record<string, string> = {
    droplet_hours: 'hour',
    spaces_gb_month: 'gb',
    snapshot_gb_month: 'gb',
    bandwidth_gb: 'gb',
    dns_zones: 'zone',
    llm_tokens: '1k_tokens',
  };
  return {
    plan_code: code,
    plan_version: 1,
    base_price_cents: baseCents,
    currency: 'AUD',
    items: Object.entries(rows).map(([kind, [included, price]]) => ({
      resource_kind: kind,
      included_qty: included,
      overage_unit: units[kind] ?? 'gb',
      overage_price_cents: price,
      hard_cap_qty: null,
    })),
  };
}

export const starter = plan('starter', 2000, {
  droplet_hours: ['744', 1],
  spaces_gb_month: ['25', 2],
  snapshot_gb_month: ['20', 6],
  bandwidth_gb: ['500', 1],
  dns_zones: ['3', 50],
});

export const studio = plan('studio', 5000, {
  droplet_hours: ['1488', 1],
  spaces_gb_month: ['100', 2],
  snapshot_gb_month: ['50', 6],
  bandwidth_gb: ['2000', 1],
  dns_zones: ['10', 50],
  llm_tokens: ['1000000', 1],
});

export const pro = plan('pro', 12000, {
  droplet_hours: ['3720', 1],
  spaces_gb_month: ['500', 2],
  snapshot_gb_month: ['200', 6],
  bandwidth_gb: ['6000', 1],
  dns_zones: ['50', 50],
  llm_tokens: ['5000000', 1],
});

export const storage50: AddonTerms = {
  code: 'storage_50gb',
  resource_kind: 'spaces_gb_month',
  qty: '50',
  packs: 1,
  price_cents: 750,
};

export const tokens1m: AddonTerms = {
  code: 'llm_1m_tokens',
  resource_kind: 'llm_tokens',
  qty: '1000000',
  packs: 1,
  price_cents: 800,
};

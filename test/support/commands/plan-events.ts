/** A plan, its versions, and the inputs that draft and publish them. */
import type { PlanItem, PlanEvent } from '../../../src/events/catalog.ts';

export const item: PlanItem = {
  resource_kind: 'dns_zones',
  included_qty: '3',
  overage_unit: 'zone',
  overage_price_cents: 50,
  hard_cap_qty: null,
};

export const created = {
  type: 'PlanCreated',
  data: { plan_code: 'studio', name: 'Studio' },
} satisfies PlanEvent;

export const drafted = (version: number, base_price_cents = 5000): PlanEvent => ({
  type: 'PlanVersionDrafted',
  data: { plan_code: 'studio', version, base_price_cents, currency: 'AUD', items: [item] },
});

export const published = (version: number, retires: number | null): PlanEvent => ({
  type: 'PlanVersionPublished',
  data: { plan_code: 'studio', version, retires },
});

export const draft = { plan_code: 'studio', base_price_cents: 5000, items: [item] };

export const publish = (version: number) => ({ plan_code: 'studio', version });

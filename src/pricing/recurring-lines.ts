/** The recurring lines: a plan's base price and its addons, for a whole month or for their days in one. */
import { multiplyCents } from './money.ts';
import { prorate } from './proration.ts';
import type { Share } from './proration.ts';
import type { AddonTerms, Json, Line, PlanTerms } from './types.ts';

/**
 * The base price of a plan version.
 * @param share null: the full monthly price, as a quote's `recurring` shows it.
 * @param origin further facts for `meta`, such as the event that set the terms.
 */
export function planBaseLine(plan: PlanTerms, share: Share | null, origin?: Record<string, Json>): Line {
  const meta: Record<string, Json> = { plan_code: plan.plan_code, plan_version: plan.plan_version };
  return {
    kind: 'plan_base',
    resource_kind: null,
    description: `Plan: ${plan.name ?? plan.plan_code} (version ${String(plan.plan_version)})`,
    qty: '1',
    unit: 'month',
    unit_price_cents: plan.base_price_cents,
    amount_cents: chargedFor(plan.base_price_cents, share),
    meta: completed(meta, share, origin),
  };
}

/** An addon's packs at their snapshotted price; parameters as in {@link planBaseLine}. */
export function addonLine(addon: AddonTerms, share: Share | null, origin?: Record<string, Json>): Line {
  const meta: Record<string, Json> = { addon_code: addon.code, packs: addon.packs, qty_per_pack: addon.qty };
  return {
    kind: 'addon',
    resource_kind: addon.resource_kind,
    description: `Addon: ${addon.code}`,
    qty: String(addon.packs),
    unit: 'pack',
    unit_price_cents: addon.price_cents,
    amount_cents: chargedFor(multiplyCents(addon.price_cents, addon.packs), share),
    meta: completed(meta, share, origin),
  };
}

function chargedFor(monthlyCents: number, share: Share | null): number {
  return share === null ? monthlyCents : prorate(monthlyCents, share);
}

function completed(meta: Record<string, Json>, share: Share | null, origin?: Record<string, Json>): Record<string, Json> {
  if (share !== null) {
    meta['days'] = share.days;
    meta['days_in_month'] = share.days_in_month;
  }
  return origin === undefined ? meta : Object.assign(meta, origin);
}

/**
 * An overridden catalog: other terms in place of those that subscribers hold. Only what a month is computed
 * from is replaced, in a copy; what no override concerns stays the very same object.
 */
import type { DeploymentInvoicingInputs, TenantInvoicingInputs } from './invoice.ts';
import type { SubscriptionFact } from './subscription-terms.ts';
import type { AddonTerms, PlanItemTerms, PlanTerms } from './types.ts';

/** Other terms of a plan's item; what is left out stays as it is held. */
export interface ItemOverride {
  /** Base units, decimal. */
  readonly included_qty?: string | undefined;
  readonly overage_price_cents?: number | undefined;
  /** Base units, decimal; null takes the cap away. */
  readonly hard_cap_qty?: string | null | undefined;
}

/** Other terms of a plan, for its holders. */
export interface PlanOverride {
  /** The version whose holders it concerns; null: every version. */
  readonly version: number | null;
  /**
   * All terms of another version, such as a draft, in place of those held; the members below come on top.
   * Null: none.
   */
  readonly terms: Pick<PlanTerms, 'base_price_cents' | 'items'> | null;
  readonly base_price_cents: number | null;
  /** By resource kind; versions without an item of the kind stay without. */
  readonly items: ReadonlyMap<string, ItemOverride>;
}

/** Everything that is overridden. */
export interface Overrides {
  /** By plan code. */
  readonly plans: ReadonlyMap<string, PlanOverride>;
  /** Price of one pack in every snapshot of the addon, by its code. */
  readonly addons: ReadonlyMap<string, number>;
  /** Decimal; null: the tax as it is. */
  readonly tax_rate: string | null;
}

/** Overrides, ready to be applied to many tenants. */
export interface OverriddenCatalog {
  /** A tenant's inputs under the overrides; the same object where they concern nothing of it. */
  inputs(inputs: TenantInvoicingInputs): TenantInvoicingInputs;
  /** What a holder of these terms would have; the same object where the overrides leave them as they are. */
  plan(plan: PlanTerms): PlanTerms;
  /** What a holder of this snapshot would have, likewise. */
  addon(addon: AddonTerms): AddonTerms;
  /** Whether the overrides name a plan, in any version. */
  names(planCode: string): boolean;
}

/** Prepares overrides: each plan version is overridden once, however many hold it. */
export function overriddenCatalog(overrides: Overrides): OverriddenCatalog {
  const plans = new Map<PlanTerms, PlanTerms>();
  const plan = (held: PlanTerms): PlanTerms => {
    const known = plans.get(held) ?? overriddenPlan(held, overrides.plans.get(held.plan_code));
    plans.set(held, known);
    return known;
  };
  const addon = (held: AddonTerms): AddonTerms => {
    const price = overrides.addons.get(held.code);
    return price === undefined ? held : { ...held, price_cents: price };
  };
  const fact = (known: SubscriptionFact): SubscriptionFact => overriddenFact(known, { plan, addon });
  const deployment = (known: DeploymentInvoicingInputs): DeploymentInvoicingInputs => {
    const facts = mapped(known.facts, fact);
    return facts === known.facts ? known : { ...known, facts };
  };
  return {
    plan,
    addon,
    names: (planCode) => overrides.plans.has(planCode),
    inputs(known) {
      const deployments = mapped(known.deployments, deployment);
      const tax = overrides.tax_rate === null ? known.tax : { ...known.tax, rate: overrides.tax_rate };
      return deployments === known.deployments && tax === known.tax ? known : { ...known, deployments, tax };
    },
  };
}

function overriddenPlan(held: PlanTerms, override: PlanOverride | undefined): PlanTerms {
  if (override === undefined || (override.version !== null && override.version !== held.plan_version))
    return held;
  const { items: known, base_price_cents } = override.terms ?? held;
  const items = mapped(known, (item) => overriddenItem(item, override.items.get(item.resource_kind)));
  if (override.base_price_cents === null && items === held.items) return held;
  return { ...held, base_price_cents: override.base_price_cents ?? base_price_cents, items };
}

function overriddenItem(held: PlanItemTerms, override: ItemOverride | undefined): PlanItemTerms {
  if (override === undefined) return held;
  const { included_qty, overage_price_cents, hard_cap_qty } = override;
  if (included_qty === undefined && overage_price_cents === undefined && hard_cap_qty === undefined)
    return held;
  return {
    ...held,
    included_qty: included_qty ?? held.included_qty,
    overage_price_cents: overage_price_cents ?? held.overage_price_cents,
    // Null takes the cap away; undefined leaves it.
    hard_cap_qty: hard_cap_qty === undefined ? held.hard_cap_qty : hard_cap_qty,
  };
}

function overriddenFact(
  fact: SubscriptionFact,
  { plan, addon }: Pick<OverriddenCatalog, 'plan' | 'addon'>,
): SubscriptionFact {
  switch (fact.type) {
    case 'started':
    case 'plan_changed': {
      const terms = plan(fact.plan);
      return terms === fact.plan ? fact : { ...fact, plan: terms };
    }
    case 'addon_attached': {
      const other = addon(fact.addon);
      return other === fact.addon ? fact : { ...fact, addon: other };
    }
    case 'addon_detached':
    case 'paused':
    case 'resumed':
    case 'cancelled':
    case 'deployment_state':
      return fact;
  }
}

/** A list with each item replaced; the list itself where none was. */
function mapped<T>(items: readonly T[], replace: (item: T) => T): readonly T[] {
  const replaced = items.map(replace);
  return replaced.some((item, index) => item !== items[index]) ? replaced : items;
}

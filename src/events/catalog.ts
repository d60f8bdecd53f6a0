import { z } from 'zod';
import type { EventOf } from './define.ts';
import { cents, day, decimal, text } from './values.ts';

/** An item of a plan version: allowance and overage price of one billing kind. */
const planItem = z.object({
  resource_kind: text,
  included_qty: decimal,
  overage_unit: text,
  /** Integer cents per overage unit. */
  overage_price_cents: cents,
  /** Most overage ever billed, in base units; null: no cap. */
  hard_cap_qty: decimal.nullable(),
});
export type PlanItem = z.output<typeof planItem>;

/** Events of a plan's stream (`plan-<hash of code>`): all its versions, so that publishing is atomic. */
export const planEvents = {
  PlanCreated: z.object({ plan_code: text, name: text }),
  PlanVersionDrafted: z.object({
    plan_code: text,
    version: z.int(),
    base_price_cents: cents,
    currency: text,
    items: z.array(planItem),
  }),
  /** `retires` is the version that was active until now. */
  PlanVersionPublished: z.object({ plan_code: text, version: z.int(), retires: z.int().nullable() }),
};

/** Events of an addon's stream (`addon-<hash of code>`). Changed terms hold for new attachments only. */
export const addonEvents = {
  AddonDefined: z.object({ code: text, name: text, resource_kind: text, qty: decimal, price_cents: cents }),
};

/** Resources of one kind and size that a template wants. */
export const wantedSpec = z.object({
  kind: text,
  /** Null: any. */
  size_slug: text.nullable(),
  /** Null: any. */
  region: text.nullable(),
  count: z.int(),
});
export type WantedSpec = z.output<typeof wantedSpec>;

/** Events of a template's stream (`template-<hash of code>`). A version never changes. */
export const templateEvents = {
  TemplateVersionDefined: z.object({
    code: text,
    version: text,
    plan_code: text,
    /** Codes; a repeated one adds a pack. */
    addons: z.array(text),
    llm_mode: text,
    specs: z.array(wantedSpec),
  }),
};

/** Events of a resource kind's price stream (`resource-price-<hash of kind>`). */
export const resourcePriceEvents = {
  ResourcePriceSet: z.object({ resource_kind: text, unit: text, price_cents: cents, effective_from: day }),
};

/** Events of a currency pair's stream (`fx-<from>-<to>`). One `from` buys `rate` of `to`. */
export const fxEvents = {
  FxRateSet: z.object({ from: text, to: text, rate: decimal, effective_from: day }),
};

/**
 * Events of the tax rates of all tenants (`tax-rates`) and of one (`tax-rates-<hash of tenant>`): `rate` of a
 * subtotal, from a day on. `tenant_id` null: every tenant without a rate of its own. `reason` says why a
 * tenant is exempt.
 */
export const taxEvents = {
  TaxRateSet: z.object({
    name: text,
    rate: decimal,
    effective_from: day,
    tenant_id: text.nullable(),
    reason: text.nullable(),
  }),
};

export type PlanEvent = EventOf<typeof planEvents>;
export type AddonEvent = EventOf<typeof addonEvents>;
export type TemplateEvent = EventOf<typeof templateEvents>;
export type ResourcePriceEvent = EventOf<typeof resourcePriceEvents>;
export type FxEvent = EventOf<typeof fxEvents>;
export type TaxEvent = EventOf<typeof taxEvents>;

/**
 * The shapes that pricing works on. They are data of the ledger (snake_case): cents are integers, quantities
 * decimal strings.
 */

/** Anything that JSON holds. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** What a plan version grants of one kind, and what more of it costs. */
export interface PlanItemTerms {
  readonly resource_kind: string;
  /** Included per month, base units, decimal. */
  readonly included_qty: string;
  /** One of {@link overageUnits}. */
  readonly overage_unit: string;
  readonly overage_price_cents: number;
  /** The overage itself never counts above this (base units); null: no cap. */
  readonly hard_cap_qty: string | null;
}

/** A plan version as a subscriber holds it. At most one item a kind. */
export interface PlanTerms {
  readonly plan_code: string;
  readonly plan_version: number;
  readonly name?: string;
  readonly base_price_cents: number;
  readonly currency: string;
  readonly items: readonly PlanItemTerms[];
  /** The catalog does not have this version: what it is in force for can't be billed. */
  readonly missing?: true;
}

/** An addon as it was when it was attached: later changes of the catalog do not change it. */
export interface AddonTerms {
  readonly code: string;
  readonly resource_kind: string;
  /** Quantity a pack adds to the allowance, decimal. */
  readonly qty: string;
  /** Packs, an integer of at least 1. */
  readonly packs: number;
  /** Price of one pack a month. */
  readonly price_cents: number;
}

/** The price of a kind that a plan does not cover, from a day on. */
export interface ResourcePrice {
  readonly resource_kind: string;
  /** One of {@link overageUnits}. */
  readonly unit: string;
  readonly price_cents: number;
  readonly effective_from: string;
}

/** Usage of a month by billing kind, decimal strings. */
export type Usage = Readonly<Record<string, string>>;

/** In the order in which an invoice lists them for a deployment; the tax is one line for all. */
export const invoiceLineKinds = ['plan_base', 'addon', 'overage', 'llm_usage', 'charge', 'tax'] as const;
export type InvoiceLineKind = (typeof invoiceLineKinds)[number];

/**
 * A line of a quote or an invoice. `qty × unit_price_cents` is the amount before rounding; a prorated line's
 * `meta` also names `days` and `days_in_month`, and the product is then multiplied by their quotient.
 */
export interface Line {
  kind: InvoiceLineKind;
  resource_kind: string | null;
  description: string;
  qty: string;
  unit: string;
  unit_price_cents: number;
  amount_cents: number;
  meta: Record<string, Json>;
}

/** A line of an invoice; `deployment_id` is null on the tenant's tax line alone. */
export interface BilledLine extends Line {
  deployment_id: string | null;
}

/**
 * Base units in one priced unit. Powers of ten, so that a quantity in the priced unit is an exact decimal.
 */
export const overageUnits: Readonly<Record<string, number>> = Object.freeze({
  hour: 1,
  gb: 1,
  zone: 1,
  '1k_tokens': 1000,
});

/**
 * Base units in one priced unit.
 * @throws RangeError for a unit that the catalog would have refused.
 */
export function unitFactor(unit: string): number {
  const factor = Object.hasOwn(overageUnits, unit) ? overageUnits[unit] : undefined;
  if (factor === undefined) throw new RangeError(`unknown overage unit: ${JSON.stringify(unit)}`);
  return factor;
}

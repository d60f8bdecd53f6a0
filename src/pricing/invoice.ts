/** The shapes of the month's one computation: what goes into it and the invoice that comes out. */
import type { LineWithInputs } from './line-inputs.ts';
import type { OneOffCharge } from './one-off-charge.ts';
import type { NotInForce, SubscriptionFact } from './subscription-terms.ts';
import type { Tax } from './tax.ts';
import type { BilledLine, ResourcePrice } from './types.ts';
import type { LlmRun, UsageRun } from './usage-runs.ts';

/** What a deployment's month is computed from. */
export interface DeploymentInvoicingInputs {
  readonly deployment_id: string;
  /** The whole effective-dated history, not only the month's. */
  readonly facts: readonly SubscriptionFact[];
  /** The month's usage: sums over days that are all in force, or all not in force for one reason. */
  readonly usage: readonly UsageRun[];
  /**
   * Exact charges of the LLM gateway in cents, decimal strings, single or summed: those of days on which the
   * deployment was not in mode `allowance`.
   */
  readonly llm_charges: readonly string[];
  /** The gateway's reports of days in mode `allowance`, summed over days as `usage` is. */
  readonly llm_allowance: readonly LlmRun[];
  /** One-off charges of days of the month, by day and position. */
  readonly charges: readonly OneOffCharge[];
  /** Resources that could not be metered. */
  readonly unmetered: readonly UnmeteredResource[];
}

/** A resource whose usage of some days of the month is not known, such as one without a size. */
interface UnmeteredResource {
  readonly resource_id: string;
  readonly resource_kind: string;
  readonly days: number;
  /** A code such as `unknown-size`. */
  readonly reason: string;
}

/** Everything that a tenant's month is computed from. */
export interface TenantInvoicingInputs {
  readonly tenant_id: string;
  /** First day of the month. */
  readonly period: string;
  /** The ledger's one currency. */
  readonly currency: string;
  readonly tax: Tax;
  /** All known prices, in the order in which they were set. */
  readonly resource_prices: readonly ResourcePrice[];
  readonly deployments: readonly DeploymentInvoicingInputs[];
}

/** Usage that is free because neither the plan nor a resource price covers its kind. */
interface UnpricedUsage {
  deployment_id: string;
  resource_kind: string;
  /** What was used on days in force, exact. */
  qty: string;
}

/** Usage that is not billed because its days were not in force; `qty` is exact. */
export interface UnbilledUsage {
  deployment_id: string;
  resource_kind: string;
  qty: string;
  reason: NotInForce;
}

/** A deployment's resource that could not be metered. */
export interface UnmeteredUsage extends UnmeteredResource {
  readonly deployment_id: string;
}

/** A tenant's month. Lines add up to the totals. */
export interface BilledInvoice {
  tenant_id: string;
  period_start: string;
  /** The last day, included. */
  period_end: string;
  currency: string;
  tax: Tax;
  /** In the order of deployment ids, the tax line last. */
  lines: LineWithInputs<BilledLine>[];
  subtotal_cents: number;
  tax_cents: number;
  total_cents: number;
  /** Usage that is not billed, by deployment: without a price, of days not in force, of unknown size. */
  unpriced: UnpricedUsage[];
  unbilled: UnbilledUsage[];
  unmetered: UnmeteredUsage[];
}

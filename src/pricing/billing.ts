/** The shapes of the month's one computation: what goes into it and the invoice that comes out. */
import type { SubscriptionFact } from './subscription-terms.ts';
import type { Line, ResourcePrice, Usage } from './types.ts';

/** A tax on a tenant's subtotal. */
export interface Tax {
  readonly name: string;
  /** Decimal, for instance `0.10`. */
  readonly rate: string;
}

/** What the ledger knows of one deployment and month. */
export interface DeploymentBillingInputs {
  readonly deployment_id: string;
  /** The whole effective-dated history, not only the month's. */
  readonly facts: readonly SubscriptionFact[];
  /** The month's usage by billing kind: sums of its records. */
  readonly usage: Usage;
  /** Exact charges of the LLM gateway in cents, decimal strings; single ones or sums of them. */
  readonly llm_charges: readonly string[];
}

/** Everything that a tenant's month is computed from. */
export interface TenantBillingInputs {
  readonly tenant_id: string;
  /** First day of the month. */
  readonly period: string;
  /** The ledger's one currency. */
  readonly currency: string;
  readonly tax: Tax;
  /** All known prices, in the order in which they were set. */
  readonly resource_prices: readonly ResourcePrice[];
  readonly deployments: readonly DeploymentBillingInputs[];
}

/** A line of an invoice; `deployment_id` is null on the tenant's tax line alone. */
export interface BilledLine extends Line {
  deployment_id: string | null;
}

/** Usage that is free because neither the plan nor a resource price covers its kind. */
export interface UnpricedUsage {
  deployment_id: string;
  resource_kind: string;
}

/** A tenant's month. Lines add up to the totals. */
export interface BilledInvoice {
  tenant_id: string;
  period_start: string;
  /** The last day, included. */
  period_end: string;
  currency: string;
  tax: Tax;
  lines: BilledLine[];
  subtotal_cents: number;
  tax_cents: number;
  total_cents: number;
  unpriced: UnpricedUsage[];
}

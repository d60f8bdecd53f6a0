import { leakingCostReasons } from '../pricing/leakage.ts';
import type { Json } from '../pricing/types.ts';
import type { MonthScope } from './month-to-bill.ts';

/** Why something leaks: costs first, then what is no cost. */
export const leakageReasons = [
  ...leakingCostReasons,
  'unbilled-usage',
  'not-billable',
  'awaiting-rollup',
  'late-on-void-invoice',
  'resource-gone',
] as const;

/** One thing that leaks. */
export interface LeakageItem {
  reason: (typeof leakageReasons)[number];
  /** Null: it belongs to no tenant. */
  tenant_id: string | null;
  /** Null: no deployment, or the tenant's month as a whole. */
  deployment_id: string | null;
  resource_kind: string | null;
  /** Exact, in base units; null for what is not counted. */
  qty: string | null;
  /** What it cost, in cents of the ledger's currency; null for what is no cost. */
  amount_cents: number | null;
  /**
   * What it would be billed at, or was billed, before tax; null for a cost, where no price applies, and where
   * it comes to more than a month can.
   */
  value_cents: number | null;
  /** The objects to look at, by reason. */
  detail: Record<string, Json>;
}

export interface LeakageScope extends MonthScope {
  /** UTC day. A month that has not ended does not await a rollup. */
  today: string;
}

/** The margin of a what-if: revenue as computed on both sides, costs as they are. */
import type { FxInForce } from './fx.ts';
import { marginFigures, type Margin, type MarginFigures } from './margin.ts';
import { sumCents } from './money.ts';

/** Margin with and without the overrides. */
export interface MarginSides {
  before: MarginFigures;
  after: MarginFigures;
}

/**
 * A whole month's margin; `issued` is the margin of the invoices that were issued, as the dashboard shows it.
 */
export interface WhatIfMargin extends MarginSides {
  currency: string;
  fx: FxInForce;
  /** Costs of no tenant: lines that are not matched, and the provider's tax. */
  unattributed_cents: number;
  issued: MarginFigures;
}

/** Revenue of both sides, before tax. */
export interface RevenueSides {
  before_cents: number;
  after_cents: number;
}

/** Both sides over the same costs. */
export function marginSides(revenue: RevenueSides, cogs: number): MarginSides {
  return {
    before: marginFigures(revenue.before_cents, cogs),
    after: marginFigures(revenue.after_cents, cogs),
  };
}

/** A month's margin on both sides, from the margin of what was issued. */
export function whatIfMargin(issuedMargin: Margin, revenue: RevenueSides): WhatIfMargin {
  const { unattributed_cents, revenue_cents, cogs_cents } = issuedMargin.overall;
  const issued = marginFigures(revenue_cents, cogs_cents);
  return {
    currency: issuedMargin.currency,
    fx: issuedMargin.fx,
    unattributed_cents,
    issued,
    ...marginSides(revenue, issued.cogs_cents),
  };
}

/** Several months' figures as one. */
export function sumFigures(figures: readonly MarginFigures[]): MarginFigures {
  return marginFigures(
    sumCents(figures.map(({ revenue_cents }) => revenue_cents)),
    sumCents(figures.map(({ cogs_cents }) => cogs_cents)),
  );
}

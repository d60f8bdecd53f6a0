/** The margin of a what-if: revenue as computed on both sides, costs as they are. */
import type { FxInForce } from './fx.ts';
import { marginPct } from './margin.ts';
import type { Margin, MarginFigures } from './margin.ts';
import { addCents, sumCents } from './money.ts';

/** Margin with and without the overrides. */
export interface MarginSides {
  before: MarginFigures;
  after: MarginFigures;
}

/** A whole month's; `issued` is what the dashboard says of it. */
export interface WhatIfMargin extends MarginSides {
  currency: string;
  fx: FxInForce;
  /** Costs that belong to nobody: unmatched lines and the provider's tax. */
  unattributed_cents: number;
  issued: MarginFigures;
}

/** Revenue of both sides, before tax. */
export interface RevenueSides {
  before_cents: number;
  after_cents: number;
}

/** Revenue less costs. */
export function marginFigures(revenue: number, cogs: number): MarginFigures {
  const margin = addCents(revenue, -cogs);
  return {
    revenue_cents: revenue,
    cogs_cents: cogs,
    margin_cents: margin,
    margin_pct: marginPct(margin, revenue),
  };
}

/** Both sides over the same costs. */
export function marginSides(revenue: RevenueSides, cogs: number): MarginSides {
  return {
    before: marginFigures(revenue.before_cents, cogs),
    after: marginFigures(revenue.after_cents, cogs),
  };
}

/** A month's margin on both sides, given how it stands by what was issued. */
export function whatIfMargin(standing: Margin, revenue: RevenueSides): WhatIfMargin {
  const { unattributed_cents, ...issued } = standing.overall;
  return {
    currency: standing.currency,
    fx: standing.fx,
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

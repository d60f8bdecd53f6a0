import type { addonsRoute, plansRoute } from '../../../http/routes/catalog.ts';
import type { quoteRoute } from '../../../http/routes/quote.ts';
import type { AnswerOf } from '../../answer-of.ts';

export type Quoted = AnswerOf<typeof quoteRoute>['data'];
export type Plan = AnswerOf<typeof plansRoute>['data'][number];
export type Addon = AnswerOf<typeof addonsRoute>['data'][number];

/** A plan, quoted for a usage. */
export interface QuotedPlan {
  plan: Plan;
  quote: Quoted;
}

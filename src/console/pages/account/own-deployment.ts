import type { deploymentRoute } from '../../../http/routes/deployments.ts';
import type { AnswerOf } from '../../answer-of.ts';
import type { Addon, Plan, Quoted, QuotedPlan } from './quoted-plan.ts';

export type OwnDeployment = AnswerOf<typeof deploymentRoute>['data'];

/** What a change would cost from today, by the quotes of the API. */
export interface Prices {
  plans: readonly Plan[];
  addons: readonly Addon[];
  /** Each plan on offer with the addons and the usage of this deployment. */
  quotes: readonly QuotedPlan[];
  /** The plan as it is held; null where it is not on offer any more, or there is none. */
  held: Quoted | null;
  /** The plan with one pack of each addon more, whose lines price them from today. */
  withAddons: Quoted | null;
}

/** The rules of terms in force written again for a single day: the tests compare the runs of days with it. */
import {
  applyChange,
  initialStanding,
  reasonAgainst,
  timelineOf,
} from '../../../src/pricing/subscription-terms.ts';
import type { SubscriptionFact, TermsInForce } from '../../../src/pricing/subscription-terms.ts';

/** The terms in force at the end of a day; null when nothing is. */
export function termsOnDay(facts: readonly SubscriptionFact[], day: string): TermsInForce | null {
  const { lives, states } = timelineOf(facts);
  const state = states.findLast((fact) => fact.day <= day) ?? null;
  const life = lives.findLast(({ started }) => started.day <= day);
  if (life === undefined) return null;
  const standing = life.changes
    .filter((change) => change.day <= day)
    .reduce(applyChange, initialStanding(life));
  return reasonAgainst(standing, state, life) === null ? standing.terms : null;
}

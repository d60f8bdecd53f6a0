/** Builders and generators of subscription histories for the tests of this folder. */
import fc from 'fast-check';
import type {
  DeploymentStateFact,
  SubscriptionFact,
  SubscriptionStartedFact,
} from '../../../src/pricing/subscription-terms.ts';
import type { AddonTerms, PlanTerms } from '../../../src/pricing/types.ts';
import { addon, plan } from './arbitraries.ts';

/**
 * A fact without its position, which is its place in the list handed to {@link journal}. A start may bring
 * addons that are attached on its day.
 */
export type GivenFact = SubscriptionFact extends infer Fact
  ? Fact extends SubscriptionFact
    ? Omit<Fact, 'position'> & (Fact extends SubscriptionStartedFact ? { addons?: AddonTerms[] } : object)
    : never
  : never;

/** Facts in journal order. */
export function journal(...given: GivenFact[]): SubscriptionFact[] {
  return given.flatMap(withAddons).map((fact, position) => ({ ...fact, position }));
}

function withAddons(given: GivenFact): GivenFact[] {
  if (given.type !== 'started') return [given];
  const { addons = [], ...fact } = given;
  const attached = addons.map((addon, index): GivenFact => ({
    ...fact,
    type: 'addon_attached',
    attachment_id: `start-${fact.day}-${String(index)}`,
    addon,
  }));
  return [fact, ...attached];
}

export function started(day: string, plan: PlanTerms, ...addons: AddonTerms[]): GivenFact {
  return { type: 'started', day, plan, addons, event_id: `event-${day}` };
}

export function state(day: string, to: DeploymentStateFact['state']): GivenFact {
  return { type: 'deployment_state', day, state: to };
}

/** Days around a month, so that facts fall before, into and after it. */
const dayAround = fc
  .integer({ min: 1, max: 90 })
  .map((offset) => new Date(Date.UTC(2026, 2, offset)).toISOString().slice(0, 10));

const fact: fc.Arbitrary<GivenFact> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(dayAround, plan, fc.array(addon, { maxLength: 2 }))
      .map(([day, terms, addons]) => started(day, terms, ...addons)),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(dayAround, plan)
      .map(([day, terms]): GivenFact => ({ type: 'plan_changed', day, plan: terms })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(dayAround, fc.uuid(), addon).map(([day, id, attached]): GivenFact => ({
      type: 'addon_attached',
      day,
      attachment_id: id,
      addon: attached,
    })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(dayAround, addon)
      .map(([day, { code }]): GivenFact => ({ type: 'addon_detached', day, code })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(dayAround, fc.constantFrom('paused', 'resumed', 'cancelled'))
      .map(([day, type]): GivenFact => ({ type, day })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        dayAround,
        fc.constantFrom<DeploymentStateFact['state']>(
          'trial',
          'active',
          'past_due',
          'suspended',
          'paused',
          'cancelled',
          'archived',
        ),
      )
      .map(([day, to]) => state(day, to)),
  },
);

/** Any history, sensible or not: the rules must give one answer to each. */
export const history: fc.Arbitrary<SubscriptionFact[]> = fc
  .array(fact, { maxLength: 12 })
  .map((facts) => journal(...facts));

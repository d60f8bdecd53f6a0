/** Builders and generators of subscription histories for the tests of this folder. */
import fc from 'fast-check';
import type { DeploymentState, SubscriptionFact } from '../../src/pricing/subscription-terms.ts';
import type { AddonTerms, PlanTerms } from '../../src/pricing/types.ts';
import { addon, plan } from './arbitraries.ts';

/** A fact without its position, which is its place in the list handed to {@link journal}. */
export type Told = SubscriptionFact extends infer Fact
  ? Fact extends SubscriptionFact
    ? Omit<Fact, 'position'>
    : never
  : never;

/** Facts in journal order. */
export function journal(...told: Told[]): SubscriptionFact[] {
  return told.map((fact, position) => ({ ...fact, position }));
}

export function started(day: string, terms: PlanTerms, ...addons: AddonTerms[]): Told {
  const attached = addons.map((attachment, index) => ({
    attachment_id: `start-${day}-${String(index)}`,
    addon: attachment,
  }));
  return { type: 'started', day, plan: terms, addons: attached, event_id: `event-${day}` };
}

export function state(day: string, to: DeploymentState): Told {
  return { type: 'deployment_state', day, state: to };
}

/** Days around a month, so that facts fall before, into and after it. */
const dayAround = fc
  .integer({ min: 1, max: 90 })
  .map((offset) => new Date(Date.UTC(2026, 2, offset)).toISOString().slice(0, 10));

const fact: fc.Arbitrary<Told> = fc.oneof(
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
      .map(([day, terms]): Told => ({ type: 'plan_changed', day, plan: terms })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(dayAround, fc.uuid(), addon).map(([day, id, attached]): Told => ({
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
      .map(([day, { code }]): Told => ({ type: 'addon_detached', day, code })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(dayAround, fc.constantFrom('paused', 'resumed', 'cancelled'))
      .map(([day, type]): Told => ({ type, day })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        dayAround,
        fc.constantFrom<DeploymentState>(
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
  .map((told) => journal(...told));

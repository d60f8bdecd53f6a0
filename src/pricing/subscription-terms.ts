/**
 * A deployment's subscription history as effective-dated facts, and the terms that they put in force on a
 * day.
 *
 * Rules: a day belongs to what is in force at its end. A fact belongs to the subscription that was started
 * last before it in the journal. A fact that is effective before that subscription's first day counts from
 * that first day, so a change made ahead of a future start is not lost. A later subscription ends an earlier
 * one on its first day. Days on which the deployment ends in trial or paused, or was cancelled after the
 * start, are not in force; past_due and suspended are.
 */
import type { AddonTerms, PlanTerms } from './types.ts';

interface Dated {
  /** The UTC day from which it is effective. */
  readonly day: string;
  /** Journal position, or any number that grows in journal order; facts of one event may share it. */
  readonly position: number;
  /** The event behind it, for `explain`. */
  readonly event_id?: string;
}

export interface SubscriptionStartedFact extends Dated {
  readonly type: 'started';
  readonly plan: PlanTerms;
}

export interface DeploymentStateFact extends Dated {
  readonly type: 'deployment_state';
  readonly state: 'trial' | 'active' | 'past_due' | 'paused' | 'suspended' | 'cancelled' | 'archived';
}

export type SubscriptionChangeFact =
  | (Dated & { readonly type: 'plan_changed'; readonly plan: PlanTerms })
  | (Dated & { readonly type: 'addon_attached'; readonly attachment_id: string; readonly addon: AddonTerms })
  /** Ends every attachment of the code. */
  | (Dated & { readonly type: 'addon_detached'; readonly code: string })
  | (Dated & { readonly type: 'paused' | 'resumed' | 'cancelled' });

export type SubscriptionFact = SubscriptionStartedFact | SubscriptionChangeFact | DeploymentStateFact;

/** An attachment in force and the event that set it; its terms stay those of the day of attaching. */
export interface AddonInForce {
  readonly attachment_id: string;
  readonly addon: AddonTerms;
  readonly event_id: string | null;
}

/** What is in force at the end of a day. */
export interface TermsInForce {
  /** Which of the deployment's subscriptions, counted from 0 in journal order. */
  readonly subscription: number;
  readonly plan: PlanTerms;
  readonly plan_event_id: string | null;
  readonly addons: readonly AddonInForce[];
}

/** A subscription after some of its facts. */
export interface SubscriptionStanding {
  readonly status: 'active' | 'paused' | 'cancelled';
  readonly terms: TermsInForce;
}

/** One subscription and the changes to it, in effective order. */
export interface SubscriptionLife {
  readonly ordinal: number;
  readonly started: SubscriptionStartedFact;
  /** The first day that belongs to a later subscription; null: none. */
  readonly ends_before: string | null;
  readonly changes: readonly SubscriptionChangeFact[];
}

export interface DeploymentTimeline {
  readonly lives: readonly SubscriptionLife[];
  /** In effective order. */
  readonly states: readonly DeploymentStateFact[];
}

/** Sorts facts, given in any order, into subscriptions. */
export function timelineOf(facts: readonly SubscriptionFact[]): DeploymentTimeline {
  const found: { started: SubscriptionStartedFact; changes: SubscriptionChangeFact[] }[] = [];
  const states: DeploymentStateFact[] = [];
  for (const fact of [...facts].sort((a, b) => a.position - b.position)) {
    if (fact.type === 'started') found.push({ started: fact, changes: [] });
    else if (fact.type === 'deployment_state') states.push(fact);
    else found.at(-1)?.changes.push(fact);
  }
  const lives = found.map(({ started, changes }, ordinal): SubscriptionLife => ({
    ordinal,
    started,
    ends_before: earliest(found.slice(ordinal + 1).map((later) => later.started.day)),
    changes: changes.sort(byDay),
  }));
  return { lives, states: states.sort(byDay) };
}

function earliest(days: readonly string[]): string | null {
  return days.reduce<string | null>((first, day) => (first === null || day < first ? day : first), null);
}

/** Sorting is stable, so what was in journal order stays so within a day. */
function byDay(a: Dated, b: Dated): number {
  return a.day < b.day ? -1 : a.day > b.day ? 1 : 0;
}

/** A subscription as it starts. */
export function initialStanding({ ordinal, started }: SubscriptionLife): SubscriptionStanding {
  return {
    status: 'active',
    terms: {
      subscription: ordinal,
      plan: started.plan,
      plan_event_id: started.event_id ?? null,
      addons: [],
    },
  };
}

/** The standing after one more change. A cancelled subscription stays cancelled. */
export function applyChange(
  standing: SubscriptionStanding,
  change: SubscriptionChangeFact,
): SubscriptionStanding {
  if (standing.status === 'cancelled') return standing;
  const { terms } = standing;
  const eventId = change.event_id ?? null;
  switch (change.type) {
    case 'plan_changed':
      return { ...standing, terms: { ...terms, plan: change.plan, plan_event_id: eventId } };
    case 'addon_attached': {
      const attached = { attachment_id: change.attachment_id, addon: change.addon, event_id: eventId };
      return { ...standing, terms: { ...terms, addons: [...terms.addons, attached] } };
    }
    case 'addon_detached': {
      const kept = terms.addons.filter((attachment) => attachment.addon.code !== change.code);
      return { ...standing, terms: { ...terms, addons: kept } };
    }
    case 'paused':
      return { ...standing, status: 'paused' };
    case 'resumed':
      return { ...standing, status: 'active' };
    case 'cancelled':
      return { ...standing, status: 'cancelled' };
  }
}

/** Why a day is not in force: the code that unbilled usage of that day carries. */
export type NotInForce = 'no-subscription' | 'before-start' | 'trial' | 'paused' | 'cancelled';

/**
 * Why a deployment's state keeps a subscription from being billed; null: it does not. Without a known state
 * (a null fact) it does not. A cancellation ends only what had started by then: a subscription that starts
 * afterwards is meant to be billed.
 */
function hindranceOf(fact: DeploymentStateFact | null, { started }: SubscriptionLife): NotInForce | null {
  if (fact === null) return null;
  switch (fact.state) {
    case 'trial':
    case 'paused':
      return fact.state;
    case 'cancelled':
    case 'archived':
      return fact.day < started.day || (fact.day === started.day && fact.position < started.position)
        ? null
        : 'cancelled';
    case 'active':
    case 'past_due':
    case 'suspended':
      return null;
  }
}

/** Why a subscription is not billed as it stands, given its deployment's state; null: it is in force. */
export function reasonAgainst(
  standing: SubscriptionStanding,
  state: DeploymentStateFact | null,
  life: SubscriptionLife,
): NotInForce | null {
  const hindrance = hindranceOf(state, life);
  // A cancellation is final, so it counts before a pause or a trial.
  if (standing.status === 'cancelled' || hindrance === 'cancelled') return 'cancelled';
  return hindrance ?? (standing.status === 'paused' ? 'paused' : null);
}

import type { DeploymentFact } from '../../../projections/deployments/lifecycle-facts.ts';
import type { DeploymentState, LifecycleRule } from '../../events/deployments.ts';
import { addDays, dayOf, daysBetween } from '../../pricing/calendar.ts';
import { overdueParts, type OverduePart } from '../../pricing/overdue-parts.ts';
import type { LifecycleDays } from '../process.ts';
import type { TenantFacts } from './load-facts.ts';
import { counted } from '../../runtime/counted.ts';

/** The time of day, UTC, at which the schedule takes a day: trials that ended by then end on that day. */
export const takenAt = '04:10:00.000Z';

/** When steps are decided: a day, which may lie back, and the present moment. */
export interface LifecycleMoment {
  /** UTC day for which it is decided; today or before. */
  day: string;
  /** ISO instant. */
  now: string;
}

/** A transition that is due by itself. */
export interface LifecycleStep {
  deployment_id: string;
  from: DeploymentState;
  to: DeploymentState;
  rule: LifecycleRule;
  /** A sentence for people. */
  reason: string;
  /** Id of the event that caused it; null: it is not known. */
  cause: string | null;
  effective_on: string;
  /** Transitions of the deployment before this one. */
  after: number;
}

/**
 * What is due by itself on a day for the deployments of a tenant (spec 19). A trial ends; an invoice that was
 * overdue for so many days, and is open still, makes active deployments past due or suspends them; and where
 * nothing is overdue any more, what dunning moved becomes active again. Deployments whose automatic billing
 * actions are suspended are left alone. A transition by an admin wins: debts whose dunning began by then move
 * the deployment no more. A step counts from its day, or from the first day that is not invoiced; one that
 * brings back counts from today.
 */
export function decideLifecycle(
  tenant: TenantFacts,
  { day, now }: LifecycleMoment,
  settings: LifecycleDays,
): LifecycleStep[] {
  const today = dayOf(now);
  const context: Context = {
    tenant,
    settings,
    day,
    today,
    moment: Date.parse(day === today ? now : `${day}T${takenAt}`),
    overdue: overdueParts(tenant.overdue, day, today),
  };
  return tenant.deployments.flatMap((deployment) => stepsOf(deployment, context));
}

interface Context extends Pick<LifecycleMoment, 'day'> {
  tenant: TenantFacts;
  settings: LifecycleDays;
  today: string;
  /** When the day is taken, in milliseconds: its morning, or now. */
  moment: number;
  overdue: readonly OverduePart[];
}

type Move = Pick<LifecycleStep, 'to' | 'rule' | 'reason' | 'cause' | 'effective_on'>;

/** The steps of a deployment on one day, each from where the one before led. */
function stepsOf(deployment: DeploymentFact, context: Context): LifecycleStep[] {
  const move = nextMove(deployment, context);
  if (move === null) return [];
  const { deployment_id, state: from, transitions: after } = deployment;
  const moved = {
    ...deployment,
    ...{ state: move.to, state_rule: move.rule, state_since: move.effective_on, transitions: after + 1 },
  };
  return [{ deployment_id, from, after, ...move }, ...stepsOf(moved, context)];
}

function nextMove(deployment: DeploymentFact, context: Context): Move | null {
  const { state, state_rule, billing_action_suspended } = deployment;
  if (billing_action_suspended) return null;
  const isLater = cameLater(deployment, context);
  switch (state) {
    case 'trial':
      return isLater ? null : endOfTrial(deployment, context);
    case 'active':
      return isLater
        ? null
        : (dunned(deployment, 'suspended', context) ?? dunned(deployment, 'past_due', context));
    case 'past_due':
      if (state_rule !== 'dunning') return null;
      return recovery(context) ?? (isLater ? null : dunned(deployment, 'suspended', context));
    case 'suspended':
      return state_rule === 'dunning' ? recovery(context) : null;
    case 'paused':
    case 'cancelled':
    case 'archived':
      return null;
  }
}

/**
 * Whether a deployment came to its state, or back into the hands of the automatic lifecycle, after the day
 * was due: what it was then is another matter.
 */
function cameLater(
  { state_since, state_rule, moved_at, freed_at }: DeploymentFact,
  { day, moment }: Context,
): boolean {
  if (state_since > day || (freed_at !== null && Date.parse(freed_at) > moment)) return true;
  // Steps of earlier days may be recorded only now.
  if (state_rule === 'dunning' || state_rule === 'trial-end') return false;
  return Date.parse(moved_at) > moment;
}

function endOfTrial(
  { trial_ends_at, is_subscribed, created_by }: DeploymentFact,
  context: Context,
): Move | null {
  if (trial_ends_at === null || Date.parse(trial_ends_at) > context.moment) return null;
  const { has_profile } = context.tenant;
  const missing = [
    ...(is_subscribed ? [] : ['a subscription']),
    ...(has_profile ? [] : ['a customer profile']),
  ];
  const ended = `the trial ended on ${dayOf(trial_ends_at)}`;
  return {
    to: missing.length === 0 ? 'active' : 'suspended',
    rule: 'trial-end',
    reason: missing.length === 0 ? ended : `${ended} without ${missing.join(' and ')}`,
    cause: created_by,
    effective_on: firstFreeDay(context),
  };
}

/** The move to a state that the oldest debt leads to, if any debt is that old. */
function dunned({ decided_on }: DeploymentFact, to: 'past_due' | 'suspended', context: Context): Move | null {
  const { dunningDays, suspendDays } = context.settings;
  const age = to === 'suspended' ? suspendDays : dunningDays;
  const part = context.overdue.find(
    ({ due_on }) =>
      addDays(due_on, age) <= context.day &&
      (decided_on === null || addDays(due_on, dunningDays) > decided_on),
  );
  if (part === undefined) return null;
  const days = daysBetween(part.due_on, context.day);
  return {
    to,
    rule: 'dunning',
    reason: `${nameOf(part)} is ${counted(days, 'day')} overdue (due ${part.due_on})`,
    cause: part.event_id,
    effective_on: firstFreeDay(context),
  };
}

function nameOf({ number, is_note, period_start }: OverduePart): string {
  const month = period_start.slice(0, 7);
  if (is_note) return number === null ? `a debit note for ${month}` : `debit note ${number}`;
  return number === null ? `the invoice for ${month}` : `invoice ${number}`;
}

/** Back to active, once nothing is overdue at the present moment. */
function recovery({ tenant, today }: Context): Move | null {
  if (overdueParts(tenant.overdue, today).length > 0) return null;
  const { settled_by } = tenant;
  return {
    to: 'active',
    rule: 'recovery',
    reason:
      settled_by === null || settled_by.is_money
        ? 'all that was overdue is paid'
        : 'nothing that was overdue is open any more',
    cause: settled_by?.event_id ?? null,
    effective_on: today,
  };
}

/** The day itself, or the first day after the last standing invoice of the tenant. */
function firstFreeDay({ day, tenant: { last_invoiced_day } }: Context): string {
  return last_invoiced_day !== null && last_invoiced_day >= day ? addDays(last_invoiced_day, 1) : day;
}

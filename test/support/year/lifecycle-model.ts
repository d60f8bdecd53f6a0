/**
 * Predicts every automatic transition from the journal, day by day, and compares: none is missing when a day
 * is marked as done, and none happened that was not due.
 */
import type { RecordedLedgerEvent } from '../../../src/events/index.ts';
import { addDays, dayOf } from '../../../src/pricing/calendar.ts';
import { OverdueModel } from './overdue-model.ts';

const dunningDays = 14;
const suspendDays = 30;

interface Known {
  tenant: string;
  state: string;
  /** The day of its last transition, and the rule; null: a person. */
  since: string;
  rule: string | null;
  /** When that was recorded. */
  moved: string;
  trialEnds: string | null;
  subscribed: boolean;
  shielded: boolean;
  /** The day of the last decision of the operator. */
  decided: string | null;
}

/** A transition that is due. */
interface Expected {
  to: string;
  rule: string;
  on: string;
}

type Transitioned = Extract<RecordedLedgerEvent, { type: 'DeploymentTransitioned' }>;

/** What comparing the journal with the prediction came to. */
export interface Comparison {
  /** What happened and was not due, or was due and had not happened. */
  faults: string[];
  /** Automatic transitions as predicted, by rule and target. */
  counts: Record<string, number>;
  /** The days that are marked as done, in order. */
  days: string[];
}

/** Walks the journal once. */
export class LifecycleModel {
  readonly comparison: Comparison = { faults: [], counts: {}, days: [] };
  private readonly debts = new OverdueModel();
  private readonly known = new Map<string, Known>();
  private readonly profiles = new Map<string, string>();

  /** Takes the next event of the journal. */
  take(event: RecordedLedgerEvent): void {
    this.debts.take(event);
    const today = dayOf(event.metadata.recorded_at);
    switch (event.type) {
      case 'DeploymentCreated': {
        const { tenant_id: tenant, state, trial_ends_at: trialEnds, effective_on: since } = event.data;
        const plain = { rule: null, subscribed: false, shielded: false, decided: null };
        const moved = event.metadata.recorded_at;
        this.known.set(event.data.deployment_id, { tenant, state, since, moved, trialEnds, ...plain });
        return;
      }
      case 'DeploymentUpdated':
        this.of(event.data.deployment_id).shielded = event.data.billing_action_suspended;
        return;
      case 'SubscriptionStarted':
        this.of(event.data.deployment_id).subscribed = true;
        return;
      case 'SubscriptionCancelled':
        this.of(event.data.deployment_id).subscribed = false;
        return;
      case 'CustomerProfileSet':
        this.profiles.set(event.data.tenant_id, event.data.effective_from);
        return;
      case 'DeploymentTransitioned':
        this.transitioned(event, today);
        return;
      case 'LifecycleDayCompleted':
        this.completed(event.data.day, today);
        return;
      default:
    }
  }

  private of(id: string): Known {
    const known = this.known.get(id);
    if (known === undefined) throw new Error(`deployment ${id} changed before it was created`);
    return known;
  }

  private transitioned(event: Transitioned, today: string): void {
    const { deployment_id: id, to, effective_on: on, rule = null } = event.data;
    const known = this.of(id);
    if (rule !== null) {
      const due = this.due(known, this.dayInWork(today), today);
      const text = `${event.metadata.recorded_at} ${known.tenant} ${known.state} → ${to} by ${rule} on ${on}`;
      if (due === null || due.to !== to || due.rule !== rule || due.on !== on)
        this.comparison.faults.push(`${text}; due was ${JSON.stringify(due)}`);
      const name = `${rule} → ${to}`;
      this.comparison.counts[name] = (this.comparison.counts[name] ?? 0) + 1;
    }
    const { roles } = event.metadata.actor;
    const decided = rule === null && roles.includes('platform_admin') ? today : known.decided;
    Object.assign(known, { state: to, since: on, rule, moved: event.metadata.recorded_at, decided });
  }

  /** The first day that is not done; today, when all before are. */
  private dayInWork(today: string): string {
    const last = this.comparison.days.at(-1);
    const next = last === undefined ? today : addDays(last, 1);
    return next < today ? next : today;
  }

  private completed(day: string, today: string): void {
    this.comparison.days.push(day);
    for (const [id, known] of this.known) {
      const due = this.due(known, day, today);
      if (due !== null)
        this.comparison.faults.push(
          `${day} (done on ${today}): ${known.tenant} ${id} ${known.state} should have become ` +
            `${due.to} by ${due.rule}`,
        );
    }
  }

  /** What should become of a deployment on a day, as it is known today. */
  private due(known: Known, day: string, today: string): Expected | null {
    const { tenant, state, since, rule, moved, shielded } = known;
    if (shielded) return null;
    const isDunned = rule === 'dunning' && (state === 'past_due' || state === 'suspended');
    if (isDunned && this.debts.overdueSince(tenant, today, today).length === 0)
      return { to: 'active', rule: 'recovery', on: today };
    // A day that is made up is as it was in its morning: who came later was not there.
    const byTime = rule === 'dunning' || rule === 'trial-end';
    if (since > day || (day < today && !byTime && moved > `${day}T04:10:00.000Z`)) return null;
    const last = this.debts.lastInvoiced(tenant);
    const on = last >= day ? addDays(last, 1) : day;
    if (state === 'trial') return this.trialEnd(known, day, today, on);
    const isOpen = state === 'active' || (state === 'past_due' && rule === 'dunning');
    if (!isOpen) return null;
    const oldest = this.debts
      .overdueSince(tenant, day, today)
      .find((due) => known.decided === null || addDays(due, dunningDays) > known.decided);
    if (oldest === undefined) return null;
    if (addDays(oldest, suspendDays) <= day) return { to: 'suspended', rule: 'dunning', on };
    if (state === 'active' && addDays(oldest, dunningDays) <= day)
      return { to: 'past_due', rule: 'dunning', on };
    return null;
  }

  private trialEnd(known: Known, day: string, today: string, on: string): Expected | null {
    const { trialEnds, subscribed, tenant } = known;
    if (trialEnds === null || Date.parse(trialEnds) > Date.parse(`${day}T04:10:00Z`)) return null;
    const profile = this.profiles.get(tenant);
    const isReady = subscribed && profile !== undefined && profile <= today;
    return { to: isReady ? 'active' : 'suspended', rule: 'trial-end', on };
  }
}

import { defineCommand } from '../../src/ledger/command.ts';
import { isRefusal, refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { DeploymentEvent } from '../../src/events/deployments.ts';
import { effectiveAt, openSubscription, visibleDeployment } from './actors.ts';
import { deployment, deploymentStream, type Attachment } from './deployment.ts';
import { refuseLater, subscriptionDayOf, type DayBounds } from './effective-day.ts';

export interface DetachAddon {
  deployment_id: string;
  code: string;
  /** The UTC day from which it no longer counts; default today. An admin may name a day in the past. */
  effective_on?: string | undefined;
}

/**
 * Detaches every pack of an addon from a day on: that day is no longer charged. Packs that count from a later
 * day on are detached from that one. The same again, on the same day that was named, adds nothing.
 */
export const detachAddon = defineCommand({
  name: 'detach-addon',
  aggregate: deployment,
  stream: (input: DetachAddon) => deploymentStream(input.deployment_id),
  decide(state, input, bounds: DayBounds | undefined, execution): DeploymentEvent[] | Refusal {
    const known = visibleDeployment(state, execution.actor);
    if (isRefusal(known)) return known;
    const subscription = openSubscription(state, known);
    if (isRefusal(subscription)) return subscription;
    const day = subscriptionDayOf(input.effective_on, subscription, bounds, execution);
    if (isRefusal(day)) return day;
    const { code } = input;
    const held = subscription.addons.filter((attached) => attached.code === code);
    const detached = state.latest.detached[code];
    const later = laterChange(day, held, detached);
    if (day < execution.today && later !== null) return refuseLater(`the addon ${code} was changed`, later);
    if (held.length === 0)
      return input.effective_on !== undefined && detached?.effective_on === day
        ? []
        : refuse('not-found', `no addon ${code} is attached`);
    const owner = { deployment_id: known.id, tenant_id: known.tenant_id, subscription_id: subscription.id };
    return detachments(held, day).map(({ effective_on, attachment_ids }) => ({
      type: 'AddonDetached',
      data: { ...owner, code, attachment_ids, effective_on },
      ...effectiveAt(effective_on, execution.today),
    }));
  },
  result: (state) => state,
});

/** The last change of the addon after a day, or null. */
function laterChange(
  day: string,
  held: readonly Attachment[],
  detached: { effective_on: string } | undefined,
): { effective_on: string } | null {
  const days = [...held.map(({ attached_on }) => attached_on), detached?.effective_on ?? day];
  const last = days.reduce((latest, one) => (one > latest ? one : latest), day);
  return last > day ? { effective_on: last } : null;
}

/** What is detached from which day on, by day: what counts from a later day on, from that day. */
function detachments(
  held: readonly Attachment[],
  day: string,
): { effective_on: string; attachment_ids: string[] }[] {
  const byDay = new Map<string, string[]>();
  for (const { attached_on, attachment_id } of held) {
    const from = attached_on > day ? attached_on : day;
    byDay.set(from, [...(byDay.get(from) ?? []), attachment_id]);
  }
  return [...byDay]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([effective_on, attachment_ids]) => ({ effective_on, attachment_ids }));
}

import { defineCommand, type Execution } from '../../src/ledger/command.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import { isRefusal, refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { DeploymentEvent } from '../../src/events/deployments.ts';
import { effectiveAt, openSubscription, visibleDeployment } from './actors.ts';
import { deployment, deploymentStream, type Subscription } from './deployment.ts';
import { refuseLater, subscriptionDayOf, type DayBounds } from './effective-day.ts';
import { unpayable, type AddonOffer, type AddonPacks } from './offers.ts';

export interface AttachAddon {
  deployment_id: string;
  code: string;
  /** Packs, at least 1. */
  packs: number;
  /** The first UTC day on which it counts; default today. An admin may name a day in the past. */
  effective_on?: string | undefined;
}

/** The addon that the code names, null: no such addon; and the bounds of a day in the past. */
export interface AttachContext {
  addon: AddonOffer | null;
  bounds?: DayBounds | null;
}

/**
 * Attaches packs of an addon, with a snapshot of its price and quantity. One execution adds its packs once:
 * the id of the attachment derives from that of the execution. The same packs on the same day that was named
 * add nothing.
 */
export const attachAddon = defineCommand({
  name: 'attach-addon',
  aggregate: deployment,
  stream: (input: AttachAddon) => deploymentStream(input.deployment_id),
  decide(state, input, { addon, bounds }: AttachContext, execution): DeploymentEvent[] | Refusal {
    const { code, packs } = input;
    const known = visibleDeployment(state, execution.actor);
    if (isRefusal(known)) return known;
    const subscription = openSubscription(state, known);
    if (isRefusal(subscription)) return subscription;
    const day = subscriptionDayOf(input.effective_on, subscription, bounds, execution);
    if (isRefusal(day)) return day;
    if (addon === null)
      return refuse('unknown-addon', `there is no addon ${code}`, {
        errors: [{ path: 'code', message: 'no such addon' }],
      });
    const refusal = unpayable([{ addon, packs }], 'qty');
    if (refusal !== null) return refusal;
    const later = state.latest.detached[code];
    if (later !== undefined && day < later.effective_on)
      return refuseLater(`the addon ${code} was detached`, later);
    if (input.effective_on !== undefined && isAttached(subscription, { code, packs, day })) return [];
    const owner = { deployment_id: known.id, tenant_id: known.tenant_id, subscription_id: subscription.id };
    return attachAll(owner, [{ addon, packs }], day, execution).filter(
      (event) => !state.attachment_ids.includes(event.data.attachment_id),
    );
  },
  result: (state) => state,
});

/** Whether so many packs of an addon are attached from a day on. */
const isAttached = (
  { addons }: Subscription,
  { code, packs, day }: { code: string; packs: number; day: string },
): boolean => addons.some((held) => held.code === code && held.packs === packs && held.attached_on === day);

type AddonAttached = Extract<DeploymentEvent, { type: 'AddonAttached' }>;

/** An attachment for each addon, with its present terms. */
export function attachAll(
  owner: { deployment_id: string; tenant_id: string; subscription_id: string },
  chosen: readonly AddonPacks[],
  effective_on: string,
  { commandId, today }: Execution,
): AddonAttached[] {
  return chosen.map(({ addon: { code, resource_kind, qty, price_cents }, packs }) => ({
    type: 'AddonAttached',
    data: {
      ...owner,
      attachment_id: idFrom('attachment', owner.subscription_id, commandId, code),
      code,
      resource_kind,
      packs,
      qty,
      price_cents,
      effective_on,
    },
    ...effectiveAt(effective_on, today),
  }));
}

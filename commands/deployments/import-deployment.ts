import { defineCommand, type Execution } from '../../src/ledger/command.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import { isRefusal, refuse, refuseField, type Refusal } from '../../src/ledger/refusal.ts';
import type { DeploymentEvent } from '../../src/events/deployments.ts';
import { refuseInvoicedDays } from '../invoicing/invoiced-days.ts';
import { effectiveAt } from './actors.ts';
import { deployment, deploymentIdOf, deploymentStream, type Deployment } from './deployment.ts';
import { chooseVersion, unpayable, type AddonOffer } from './offers.ts';
import type { SubscribeContext } from './start-subscription.ts';

/** An addon as it was agreed on. */
export interface ImportedAddon {
  code: string;
  packs: number;
  /** Agreed price of a pack a month. */
  price_cents: number;
  /** Default: the start of the subscription. */
  since?: string | undefined;
}

/** A subscription that began elsewhere. */
export interface ImportedSubscription {
  plan_code: string;
  version?: number | undefined;
  starts_on: string;
  /** The first day that this ledger bills; default today, or the start where that is later. */
  billed_from?: string | undefined;
  addons: readonly ImportedAddon[];
}

export interface ImportDeployment {
  tenant_id: string;
  slug: string;
  display_name: string;
  region: string | null;
  state: 'trial' | 'active';
  subscription: ImportedSubscription | null;
}

/**
 * Takes in a deployment of a running business, with its subscription and the addon prices that were agreed
 * on, in one append. The same deployment again adds nothing; another one under its slug is refused.
 */
export const importDeployment = defineCommand({
  name: 'import-deployment',
  aggregate: deployment,
  stream: (input: ImportDeployment) => deploymentStream(deploymentIdOf(input.tenant_id, input.slug)),
  decide(state, input, context: SubscribeContext, execution): DeploymentEvent[] | Refusal {
    const { tenant_id, slug, display_name, region, subscription } = input;
    if (state.deployment !== null)
      return isSame(state, input)
        ? []
        : refuse('already-exists', `there is another deployment ${slug} already`, {
            errors: [{ path: 'slug', message: 'there is a deployment with this slug and other terms' }],
          });
    const owner = { deployment_id: deploymentIdOf(tenant_id, slug), tenant_id };
    const started = subscription === null ? [] : startedEvents(owner, subscription, context, execution);
    if (isRefusal(started)) return started;
    const created = {
      ...owner,
      slug,
      display_name,
      region,
      state: input.state,
      llm_mode: 'none',
      template_code: null,
      template_version: null,
      trial_ends_at: null,
      effective_on: execution.today,
    };
    return [{ type: 'DeploymentCreated', data: created }, ...started];
  },
  result: (state) => state,
});

/** Whether a deployment is as a file describes it. The day from which it is billed is not compared. */
function isSame({ deployment: known, subscription }: Deployment, input: ImportDeployment): boolean {
  if (known === null || known.display_name !== input.display_name || known.region !== input.region)
    return false;
  if (known.state !== input.state) return false;
  const wanted = input.subscription;
  if (wanted === null || subscription === null) return wanted === subscription;
  return (
    subscription.plan_code === wanted.plan_code &&
    (wanted.version ?? subscription.plan_version) === subscription.plan_version &&
    subscription.starts_on === wanted.starts_on &&
    subscription.addons.length === wanted.addons.length &&
    wanted.addons.every(({ code, packs, price_cents, since = wanted.starts_on }, index) => {
      const held = subscription.addons[index];
      return (
        held?.code === code &&
        held.packs === packs &&
        held.price_cents === price_cents &&
        held.attached_on === since
      );
    })
  );
}

function startedEvents(
  owner: { deployment_id: string; tenant_id: string },
  input: ImportedSubscription,
  context: SubscribeContext,
  execution: Execution,
): DeploymentEvent[] | Refusal {
  const { starts_on, plan_code, addons } = input;
  const { today, currency } = execution;
  const billed_from = input.billed_from ?? (starts_on > today ? starts_on : today);
  if (billed_from < starts_on) return refuseField('billed_from', 'lies before starts_on');
  const plan_version = chooseVersion(context.plan, input, { anyVersion: true, currency });
  if (isRefusal(plan_version)) return plan_version;
  const invoiced = refuseInvoicedDays(context.invoices, billed_from, null);
  if (invoiced !== null)
    return { ...invoiced, errors: [{ path: 'billed_from', message: 'lies in a month that is invoiced' }] };
  const subscription_id = idFrom('subscription', owner.deployment_id, 1);
  const subscriber = { ...owner, subscription_id };
  const attached: DeploymentEvent[] = [];
  for (const [index, addon] of addons.entries()) {
    const event = attachedEvent(
      subscriber,
      { ...addon, since: addon.since ?? starts_on },
      index,
      context.addons,
    );
    if (isRefusal(event)) return event;
    attached.push({ ...event, ...effectiveAt(addon.since ?? starts_on, today) });
  }
  const data = { ...subscriber, plan_code, plan_version, starts_on, trial_ends_at: null, billed_from };
  return [{ type: 'SubscriptionStarted', data, ...effectiveAt(starts_on, today) }, ...attached];
}

function attachedEvent(
  subscriber: { deployment_id: string; tenant_id: string; subscription_id: string },
  { code, packs, price_cents, since }: ImportedAddon & { since: string },
  index: number,
  offers: readonly AddonOffer[],
): DeploymentEvent | Refusal {
  const path = `addons.${index}`;
  const offer = offers.find((one) => one.code === code);
  if (offer === undefined)
    return refuse('unknown-addon', `there is no addon ${code}`, {
      errors: [{ path: `${path}.code`, message: 'no such addon' }],
    });
  const refusal = unpayable([{ addon: { ...offer, price_cents }, packs }], `${path}.packs`);
  if (refusal !== null) return refusal;
  return {
    type: 'AddonAttached',
    data: {
      ...subscriber,
      attachment_id: idFrom('attachment', subscriber.subscription_id, 'import', index),
      code,
      resource_kind: offer.resource_kind,
      packs,
      qty: offer.qty,
      price_cents,
      effective_on: since,
    },
  };
}

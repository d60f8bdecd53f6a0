import { defineCommand, type Execution } from '../../src/ledger/command.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import { isRefusal, refuse, refuseField, type Refusal } from '../../src/ledger/refusal.ts';
import type { DeploymentEvent } from '../../src/events/deployments.ts';
import { addDays } from '../../src/pricing/calendar.ts';
import { refuseInvoicedDays, type StandingInvoice } from '../invoicing/invoiced-days.ts';
import { closed, effectiveAt, kindOf, visibleDeployment } from './actors.ts';
import { attachAll } from './attach-addon.ts';
import { deployment, deploymentStream, type Deployment, type DeploymentFields } from './deployment.ts';
import { effectiveDayOf } from './effective-day.ts';
import { chooseVersion, packsOf, type AddonOffer, type PlanOffer } from './offers.ts';

export interface StartSubscription {
  deployment_id: string;
  plan_code: string;
  version?: number | undefined;
  /** Codes; a repeated one adds a pack. */
  addons: readonly string[];
  /** First day, UTC; default today. */
  starts_on?: string | undefined;
  /** The same, within the bounds of any change that is dated back. Both have to agree. */
  effective_on?: string | undefined;
}

/**
 * The plan and addons on offer, the standing invoices of the tenant for the month of the first day or later
 * ones, oldest first, and the first day of the tenant.
 */
export interface SubscribeContext {
  plan: PlanOffer | null;
  addons: readonly AddonOffer[];
  invoices: readonly StandingInvoice[];
  first_day?: string | null;
}

/** The latest first day of a subscription, in days from today. */
const DAYS_AHEAD = 366;

/** Starts the subscription of a deployment, with its first addons. */
export const startSubscription = defineCommand({
  name: 'start-subscription',
  aggregate: deployment,
  stream: (input: StartSubscription) => deploymentStream(input.deployment_id),
  decide(state, input, context: SubscribeContext, execution): DeploymentEvent[] | Refusal {
    const known = visibleDeployment(state, execution.actor);
    if (isRefusal(known)) return known;
    const starts_on = firstDayOf(input, context, execution);
    if (isRefusal(starts_on)) return starts_on;
    const refusal = unfit(state, known) ?? unfitStart(starts_on, context, execution);
    if (refusal !== null) return refusal;
    const plan_version = chooseVersion(context.plan, input, {
      anyVersion: kindOf(execution.actor) === 'admin',
      currency: execution.currency,
    });
    if (isRefusal(plan_version)) return plan_version;
    const addons = packsOf(input.addons, context.addons);
    if (isRefusal(addons)) return addons;
    const subscription_id = idFrom('subscription', known.id, state.subscriptions + 1);
    const owner = { deployment_id: known.id, tenant_id: known.tenant_id, subscription_id };
    return [
      {
        type: 'SubscriptionStarted',
        data: {
          ...owner,
          plan_code: input.plan_code,
          plan_version,
          starts_on,
          trial_ends_at: known.trial_ends_at,
        },
        ...effectiveAt(starts_on, execution.today),
      },
      ...attachAll(owner, addons, starts_on, execution),
    ];
  },
  result: (state) => state,
});

/** The first day that was asked for, or the reason why the two names of it don't fit. */
function firstDayOf(
  { starts_on, effective_on }: StartSubscription,
  { invoices, first_day = null }: SubscribeContext,
  execution: Execution,
): string | Refusal {
  if (effective_on === undefined) return starts_on ?? execution.today;
  if (starts_on !== undefined && starts_on !== effective_on)
    return refuseField('effective_on', 'is another day than starts_on');
  return effectiveDayOf(effective_on, { invoices, first_day }, execution);
}

/** The reason why the deployment can have no new subscription now, or null. */
function unfit({ subscription }: Deployment, known: DeploymentFields): Refusal | null {
  switch (known.state) {
    case 'cancelled':
    case 'archived':
      return closed(known);
    case 'paused':
      return refuse('conflict', 'the deployment is paused: resume it first');
    case 'trial':
    case 'active':
    case 'past_due':
    case 'suspended':
      return subscription === null
        ? null
        : refuse(
            'already-subscribed',
            `the deployment is subscribed to plan ${subscription.plan_code},` +
              ` version ${subscription.plan_version}`,
            { extra: { subscription_id: subscription.id } },
          );
  }
}

/** The reason why a subscription can't start on that day, or null. */
function unfitStart(
  startsOn: string,
  { invoices }: SubscribeContext,
  { today, actor }: Execution,
): Refusal | null {
  if (startsOn < today && kindOf(actor) !== 'admin')
    return refuse('forbidden', 'only an admin may backdate starts_on');
  if (startsOn > addDays(today, DAYS_AHEAD)) return refuseField('starts_on', 'lies more than a year ahead');
  return refuseInvoicedDays(invoices, startsOn, null);
}

import { deploymentIdOf } from '../../../commands/deployments/deployment.ts';
import type { AddonOffer, PlanOffer } from '../../../commands/deployments/offers.ts';
import type { SubscribeContext } from '../../../commands/deployments/start-subscription.ts';
import { idFrom } from '../../../src/ledger/ids.ts';
import type { Actor } from '../../../src/events/define.ts';
import type { DeploymentEvent, DeploymentState } from '../../../src/events/deployments.ts';
import { execution, tenantUser } from './command-spec.ts';

/** A deployment of tenant `acme` and events of its life, all on 1 May 2026 unless a test overrides it. */
export const deployment_id = deploymentIdOf('acme', 'site');
export const owner = { deployment_id, tenant_id: 'acme' };
export const subscription_id = idFrom('subscription', deployment_id, 1);
export const today = '2026-05-01';

/** An execution by a user of that tenant. */
export const acme = execution({ actor: tenantUser('acme') });
export const automatic: Actor = { sub: 'job:billing', tenant_id: null, roles: ['automatic'] };

export const created = (state: DeploymentState = 'active'): DeploymentEvent => ({
  type: 'DeploymentCreated',
  data: {
    ...owner,
    slug: 'site',
    display_name: 'Site',
    region: null,
    state,
    llm_mode: 'none',
    template_code: null,
    template_version: null,
    trial_ends_at: null,
    effective_on: today,
  },
});
export const transitioned = (
  from: DeploymentState,
  to: DeploymentState,
  reason: string | null = null,
  transition_no = 1,
): DeploymentEvent => ({
  type: 'DeploymentTransitioned',
  data: { ...owner, from, to, reason, effective_on: today, transition_no },
});
export const started = (starts_on = today, plan_version = 2): DeploymentEvent => ({
  type: 'SubscriptionStarted',
  data: { ...owner, subscription_id, plan_code: 'studio', plan_version, starts_on, trial_ends_at: null },
  ...(starts_on === today ? {} : { effective_at: starts_on }),
});
export const attached = (
  changes: { attachment_id?: string; packs?: number; effective_on?: string; price_cents?: number } = {},
): DeploymentEvent => ({
  type: 'AddonAttached',
  data: {
    ...owner,
    subscription_id,
    attachment_id: 'a1',
    code: 'storage_50gb',
    resource_kind: 'spaces_gb_month',
    packs: 1,
    qty: '50',
    price_cents: 750,
    effective_on: today,
    ...changes,
  },
});

export const studio: PlanOffer = {
  code: 'studio',
  versions: [
    { version: 1, status: 'retired', currency: 'AUD' },
    { version: 2, status: 'active', currency: 'AUD' },
    { version: 3, status: 'draft', currency: 'AUD' },
  ],
};
export const storage: AddonOffer = {
  code: 'storage_50gb',
  resource_kind: 'spaces_gb_month',
  qty: '50',
  price_cents: 750,
};

/** The catalog that a subscriber may choose from, and no invoices that block a change. */
export const onOffer: SubscribeContext = { plan: studio, addons: [storage], invoices: [] };

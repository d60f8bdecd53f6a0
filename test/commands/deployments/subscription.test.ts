import { expect } from 'chai';
import { attachAddon } from '../../../commands/deployments/attach-addon.ts';
import { changePlanVersion } from '../../../commands/deployments/change-plan-version.ts';
import { detachAddon } from '../../../commands/deployments/detach-addon.ts';
import { startSubscription } from '../../../commands/deployments/start-subscription.ts';
import type { DeploymentEvent } from '../../../src/events/deployments.ts';
import { idFrom } from '../../../src/ledger/ids.ts';
import { execution, given, tenantUser } from '../../support/commands/command-spec.ts';
import {
  attached,
  created,
  deployment_id,
  onOffer,
  owner,
  started,
  storage,
  studio,
  subscription_id,
  transitioned,
} from '../../support/commands/deployment-events.ts';

const acme = execution({ actor: tenantUser('acme') });
const attachmentOf = (code: string, commandId = execution().commandId) =>
  idFrom('attachment', subscription_id, commandId, code);

describe('start subscription', () => {
  const input = { deployment_id, plan_code: 'studio', addons: [] };

  it('takes the active version, from today', () => {
    const state = given(startSubscription, [created()]).when(input, onOffer, acme).then([started()]);
    expect(state.subscription).to.include({ plan_version: 2, status: 'active', starts_on: '2026-05-01' });
  });

  it('attaches addons by their code, a repeated one as a pack more, at the terms of now', () => {
    given(startSubscription, [created()])
      .when({ ...input, addons: ['storage_50gb', 'storage_50gb'] }, onOffer, acme)
      .then([started(), attached({ attachment_id: attachmentOf('storage_50gb'), packs: 2 })]);
  });

  it('names every place of an unknown addon', () => {
    const refusal = given(startSubscription, [created()])
      .when({ ...input, addons: ['x', 'storage_50gb', 'y'] }, onOffer, acme)
      .refused('unknown-addon');
    expect(refusal.errors?.map(({ path }) => path)).to.deep.equal(['addons.0', 'addons.2']);
  });

  it('refuses drafts to all, and retired versions to tenants', () => {
    const withVersion = (version: number) =>
      given(startSubscription, [created()]).when({ ...input, version }, onOffer, acme);
    withVersion(1).refused('plan-retired');
    withVersion(3).refused('plan-draft');
    withVersion(4).refused('unknown-plan');
    given(startSubscription, [created()])
      .when({ ...input, version: 1 }, onOffer)
      .then([started('2026-05-01', 1)]);
    given(startSubscription, [created()])
      .when({ ...input, version: 3 }, onOffer)
      .refused('plan-draft');
    given(startSubscription, [created()])
      .when(input, { ...onOffer, plan: null }, acme)
      .refused('unknown-plan');
    const without = given(startSubscription, [created()])
      .when(input, { ...onOffer, plan: { code: 'studio', versions: [] } }, acme)
      .refused('unknown-plan');
    expect(without.detail).to.contain('no active version');
    given(startSubscription, [created()])
      .when(input, onOffer, { ...acme, currency: 'USD' })
      .refused('currency-mismatch');
  });

  it('lets only an admin backdate, and nobody into an invoiced month', () => {
    const april = { ...input, starts_on: '2026-04-15' };
    given(startSubscription, [created()]).when(april, onOffer, acme).refused('forbidden');
    given(startSubscription, [created()])
      .when(april, onOffer)
      .then([started('2026-04-15')]);
    const invoices = [{ invoice_id: 'i1', period_start: '2026-04-01', period_end: '2026-04-30' }];
    expect(
      given(startSubscription, [created()])
        .when(april, { ...onOffer, invoices })
        .refused('period-invoiced').extra,
    ).to.include({ invoice_id: 'i1' });
  });

  it('starts later when asked, within a year; addons count from the first day', () => {
    given(startSubscription, [created()])
      .when({ ...input, starts_on: '2026-06-10', addons: ['storage_50gb'] }, onOffer, acme)
      .then([
        started('2026-06-10'),
        {
          ...attached({ attachment_id: attachmentOf('storage_50gb'), effective_on: '2026-06-10' }),
          effective_at: '2026-06-10',
        },
      ]);
    given(startSubscription, [created()])
      .when({ ...input, starts_on: '2027-05-03' }, onOffer, acme)
      .refused('invalid-input');
  });

  it('takes one subscription a deployment, and none where there is nothing to bill', () => {
    given(startSubscription, [created(), started()]).when(input, onOffer, acme).refused('already-subscribed');
    given(startSubscription, [created(), transitioned('active', 'cancelled')])
      .when(input, onOffer, acme)
      .refused('deployment-closed');
    given(startSubscription, [created(), transitioned('active', 'paused')])
      .when(input, onOffer, acme)
      .refused('conflict');
    given(startSubscription).when(input, onOffer, acme).refused('not-found');
    given(startSubscription, [created()])
      .when(input, onOffer, execution({ actor: tenantUser('other') }))
      .refused('not-found');
    given(startSubscription, [created('trial')])
      .when(input, onOffer, acme)
      .then([started()]);
  });
});

describe('attach addon', () => {
  const input = { deployment_id, code: 'storage_50gb', packs: 3 };

  it('snapshots price and quantity', () => {
    given(attachAddon, [created(), started()])
      .when(input, { addon: { ...storage, price_cents: 800 } }, acme)
      .then([attached({ attachment_id: attachmentOf('storage_50gb'), packs: 3, price_cents: 800 })]);
  });

  it('adds packs once an execution, and again for another', () => {
    const before = [
      created(),
      started(),
      attached({ attachment_id: attachmentOf('storage_50gb'), packs: 3 }),
    ];
    given(attachAddon, before).when(input, { addon: storage }, acme).then([]);
    given(attachAddon, before)
      .when(input, { addon: storage }, { ...acme, commandId: 'other' })
      .then([attached({ attachment_id: attachmentOf('storage_50gb', 'other'), packs: 3 })]);
  });

  it('counts from the first day of a subscription that is yet to start', () => {
    given(attachAddon, [created(), started('2026-06-01')])
      .when(input, { addon: storage }, acme)
      .then([
        {
          ...attached({ attachment_id: attachmentOf('storage_50gb'), packs: 3, effective_on: '2026-06-01' }),
          effective_at: '2026-06-01',
        },
      ]);
  });

  it('refuses an unknown addon, no subscription, a closed deployment, and a price beyond an amount', () => {
    given(attachAddon, [created(), started()]).when(input, { addon: null }, acme).refused('unknown-addon');
    given(attachAddon, [created()]).when(input, { addon: storage }, acme).refused('not-subscribed');
    given(attachAddon, [created(), started(), transitioned('active', 'cancelled')])
      .when(input, { addon: storage }, acme)
      .refused('deployment-closed');
    given(attachAddon, [created(), started()])
      .when({ ...input, packs: Number.MAX_SAFE_INTEGER }, { addon: storage }, acme)
      .refused('invalid-input');
  });
});

describe('detach addon', () => {
  const input = { deployment_id, code: 'storage_50gb' };
  const detached = (attachment_ids: string[]): DeploymentEvent => ({
    type: 'AddonDetached',
    data: { ...owner, subscription_id, code: 'storage_50gb', attachment_ids, effective_on: '2026-05-01' },
  });

  it('removes every attachment of the code', () => {
    const state = given(detachAddon, [created(), started(), attached(), attached({ attachment_id: 'a2' })])
      .when(input, undefined, acme)
      .then([detached(['a1', 'a2'])]);
    expect(state.subscription?.addons).to.deep.equal([]);
  });

  it('refuses what is not attached', () => {
    given(detachAddon, [created(), started()]).when(input, undefined, acme).refused('not-found');
    given(detachAddon, [created(), started(), attached(), detached(['a1'])])
      .when(input, undefined, acme)
      .refused('not-found');
    given(detachAddon, [created()]).when(input, undefined, acme).refused('not-subscribed');
  });
});

describe('change plan version', () => {
  const input = { deployment_id, plan_code: 'studio' };
  const changed = (from: number, to: number): DeploymentEvent => ({
    type: 'PlanVersionChanged',
    data: {
      ...owner,
      subscription_id,
      from_plan_code: 'studio',
      from_plan_version: from,
      plan_code: 'studio',
      plan_version: to,
      effective_on: '2026-05-01',
    },
  });
  const onRetired = [created(), started('2026-05-01', 1)];

  it('moves to the active version', () => {
    given(changePlanVersion, onRetired)
      .when(input, { plan: studio }, acme)
      .then([changed(1, 2)]);
  });

  it('adds nothing for the version that it holds, be it retired', () => {
    given(changePlanVersion, [created(), started()]).when(input, { plan: studio }, acme).then([]);
    given(changePlanVersion, onRetired)
      .when({ ...input, version: 1 }, { plan: studio }, acme)
      .then([]);
  });

  it('lets only an admin choose a retired version', () => {
    given(changePlanVersion, [created(), started()])
      .when({ ...input, version: 1 }, { plan: studio }, acme)
      .refused('plan-retired');
    given(changePlanVersion, [created(), started()])
      .when({ ...input, version: 1 }, { plan: studio })
      .then([changed(2, 1)]);
    given(changePlanVersion, [created(), started()])
      .when({ ...input, version: 3 }, { plan: studio }, acme)
      .refused('plan-draft');
    given(changePlanVersion, [created()]).when(input, { plan: studio }, acme).refused('not-subscribed');
  });
});

import { expect } from 'chai';
import { startSubscription } from '../../../../commands/deployments/start-subscription.ts';
import { execution, given, tenantUser } from '../../../support/commands/command-spec.ts';
import {
  acme,
  created,
  onOffer,
  started,
  transitioned,
} from '../../../support/commands/deployment-events.ts';
import { startInput } from '../../../support/commands/subscription-inputs.ts';

describe('start-subscription', () => {
  it('refuses unknown addons, and names the place of each', () => {
    const refusal = given(startSubscription, [created()])
      .when({ ...startInput, addons: ['x', 'storage_50gb', 'y'] }, onOffer, acme)
      .refused('unknown-addon');
    expect(refusal.errors?.map(({ path }) => path)).to.deep.equal(['addons.0', 'addons.2']);
  });

  it('refuses a tenant a retired, a draft and an unknown version', () => {
    const withVersion = (version: number) =>
      given(startSubscription, [created()]).when({ ...startInput, version }, onOffer, acme);
    withVersion(1).refused('plan-retired');
    withVersion(3).refused('plan-draft');
    withVersion(4).refused('unknown-plan');
  });

  it('refuses an admin a draft version', () => {
    given(startSubscription, [created()])
      .when({ ...startInput, version: 3 }, onOffer)
      .refused('plan-draft');
  });

  it('refuses a plan that is unknown or has no active version', () => {
    given(startSubscription, [created()])
      .when(startInput, { ...onOffer, plan: null }, acme)
      .refused('unknown-plan');
    const without = given(startSubscription, [created()])
      .when(startInput, { ...onOffer, plan: { code: 'studio', versions: [] } }, acme)
      .refused('unknown-plan');
    expect(without.detail).to.contain('no active version');
  });

  it("refuses a version in another currency than the ledger's", () => {
    given(startSubscription, [created()])
      .when(startInput, onOffer, { ...acme, currency: 'USD' })
      .refused('currency-mismatch');
  });

  it('refuses a tenant a first day in the past', () => {
    const april = { ...startInput, starts_on: '2026-04-15' };
    given(startSubscription, [created()]).when(april, onOffer, acme).refused('forbidden');
  });

  it('refuses a first day in an invoiced month', () => {
    const april = { ...startInput, starts_on: '2026-04-15' };
    const invoices = [{ invoice_id: 'i1', period_start: '2026-04-01', period_end: '2026-04-30' }];
    expect(
      given(startSubscription, [created()])
        .when(april, { ...onOffer, invoices })
        .refused('period-invoiced').extra,
    ).to.include({ invoice_id: 'i1' });
  });

  it('refuses a first day more than a year ahead', () => {
    given(startSubscription, [created()])
      .when({ ...startInput, starts_on: '2027-05-03' }, onOffer, acme)
      .refused('invalid-input');
  });

  it('refuses a second subscription of a deployment', () => {
    given(startSubscription, [created(), started()])
      .when(startInput, onOffer, acme)
      .refused('already-subscribed');
  });

  it('refuses a deployment that is closed or paused', () => {
    given(startSubscription, [created(), transitioned('active', 'cancelled')])
      .when(startInput, onOffer, acme)
      .refused('deployment-closed');
    given(startSubscription, [created(), transitioned('active', 'paused')])
      .when(startInput, onOffer, acme)
      .refused('conflict');
  });

  it('refuses a deployment that is unknown or of another tenant', () => {
    given(startSubscription).when(startInput, onOffer, acme).refused('not-found');
    given(startSubscription, [created()])
      .when(startInput, onOffer, execution({ actor: tenantUser('other') }))
      .refused('not-found');
  });
});

import { expect } from 'chai';
import { startSubscription } from '../../../../commands/deployments/start-subscription.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { acme, attached, created, onOffer, started } from '../../../support/commands/deployment-events.ts';
import { attachmentOf, startInput } from '../../../support/commands/subscription-inputs.ts';

describe('start-subscription', () => {
  it('takes the active version, from today', () => {
    const state = given(startSubscription, [created()]).when(startInput, onOffer, acme).then([started()]);
    expect(state.subscription).to.include({ plan_version: 2, status: 'active', starts_on: '2026-05-01' });
  });

  it('attaches addons at the terms of now, a repeated code as one more pack', () => {
    given(startSubscription, [created()])
      .when({ ...startInput, addons: ['storage_50gb', 'storage_50gb'] }, onOffer, acme)
      .then([started(), attached({ attachment_id: attachmentOf('storage_50gb'), packs: 2 })]);
  });

  it('lets an admin choose a retired version', () => {
    given(startSubscription, [created()])
      .when({ ...startInput, version: 1 }, onOffer)
      .then([started('2026-05-01', 1)]);
  });

  it('lets an admin choose a first day in the past', () => {
    const april = { ...startInput, starts_on: '2026-04-15' };
    given(startSubscription, [created()])
      .when(april, onOffer)
      .then([started('2026-04-15')]);
  });

  it('starts on a later day, and counts addons from that day on', () => {
    given(startSubscription, [created()])
      .when({ ...startInput, starts_on: '2026-06-10', addons: ['storage_50gb'] }, onOffer, acme)
      .then([
        started('2026-06-10'),
        {
          ...attached({ attachment_id: attachmentOf('storage_50gb'), effective_on: '2026-06-10' }),
          effective_at: '2026-06-10',
        },
      ]);
  });

  it('starts the subscription of a deployment in trial', () => {
    given(startSubscription, [created('trial')])
      .when(startInput, onOffer, acme)
      .then([started()]);
  });
});

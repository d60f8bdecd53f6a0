import { attachAddon } from '../../../../commands/deployments/attach-addon.ts';
import { given } from '../../../support/commands/command-spec.ts';
import {
  acme,
  created,
  started,
  storage,
  transitioned,
} from '../../../support/commands/deployment-events.ts';
import { attachInput } from '../../../support/commands/subscription-inputs.ts';

describe('attach-addon', () => {
  it('refuses an unknown addon', () => {
    given(attachAddon, [created(), started()])
      .when(attachInput, { addon: null }, acme)
      .refused('unknown-addon');
  });

  it('refuses a deployment without a subscription', () => {
    given(attachAddon, [created()]).when(attachInput, { addon: storage }, acme).refused('not-subscribed');
  });

  it('refuses a closed deployment', () => {
    given(attachAddon, [created(), started(), transitioned('active', 'cancelled')])
      .when(attachInput, { addon: storage }, acme)
      .refused('deployment-closed');
  });

  it('refuses packs whose price exceeds what an amount holds', () => {
    given(attachAddon, [created(), started()])
      .when({ ...attachInput, packs: Number.MAX_SAFE_INTEGER }, { addon: storage }, acme)
      .refused('invalid-input');
  });
});

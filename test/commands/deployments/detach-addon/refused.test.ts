import { detachAddon } from '../../../../commands/deployments/detach-addon.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { acme, attached, created, started } from '../../../support/commands/deployment-events.ts';
import { detachInput, addonDetached } from '../../../support/commands/subscription-inputs.ts';

describe('detach-addon', () => {
  it('refuses an addon that is not attached', () => {
    given(detachAddon, [created(), started()]).when(detachInput, undefined, acme).refused('not-found');
    given(detachAddon, [created(), started(), attached(), addonDetached(['a1'])])
      .when(detachInput, undefined, acme)
      .refused('not-found');
  });

  it('refuses a deployment without a subscription', () => {
    given(detachAddon, [created()]).when(detachInput, undefined, acme).refused('not-subscribed');
  });
});

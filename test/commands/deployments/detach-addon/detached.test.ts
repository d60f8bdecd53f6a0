import { expect } from 'chai';
import { detachAddon } from '../../../../commands/deployments/detach-addon.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { acme, attached, created, started } from '../../../support/commands/deployment-events.ts';
import { detachInput, addonDetached } from '../../../support/commands/subscription-inputs.ts';

describe('detach-addon', () => {
  it('removes every attachment of the code', () => {
    const state = given(detachAddon, [created(), started(), attached(), attached({ attachment_id: 'a2' })])
      .when(detachInput, undefined, acme)
      .then([addonDetached(['a1', 'a2'])]);
    expect(state.subscription?.addons).to.deep.equal([]);
  });
});

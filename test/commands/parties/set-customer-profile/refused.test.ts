import { setCustomerProfile } from '../../../../commands/parties/set-customer-profile.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { aProfile, customerErased, profileSet } from '../../../support/commands/party-events.ts';

describe('set-customer-profile', () => {
  it('refuses what an erased key sealed: it could not be read', () => {
    given(setCustomerProfile, [profileSet(), customerErased(['key-1'])])
      .when(aProfile(), undefined)
      .refused('conflict');
  });
});

import { setCustomerProfile } from '../../../../commands/parties/set-customer-profile.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { aProfile, profileSet } from '../../../support/commands/party-events.ts';

describe('set-customer-profile', () => {
  it('adds nothing for the profile that is in force on the day', () => {
    given(setCustomerProfile, [profileSet()]).when(aProfile(), undefined).then([]);
    given(setCustomerProfile, [profileSet()])
      .when(aProfile({ effective_from: '2026-09-01' }), undefined)
      .then([]);
  });
});

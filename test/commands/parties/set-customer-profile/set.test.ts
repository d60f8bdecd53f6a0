import { setCustomerProfile } from '../../../../commands/parties/set-customer-profile.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { aProfile, customerErased, profileSet } from '../../../support/commands/party-events.ts';

describe('set-customer-profile', () => {
  it('records the profile from a day on', () => {
    given(setCustomerProfile).when(aProfile(), undefined).then([profileSet()]);
    const later = { effective_from: '2026-06-01', net_days: 30 };
    given(setCustomerProfile, [profileSet()])
      .when(aProfile(later), undefined)
      .then([{ ...profileSet(later), effective_at: '2026-06-01' }]);
  });

  it('records it again, under another key, after an erasure', () => {
    given(setCustomerProfile, [profileSet(), customerErased(['key-1'])])
      .when(aProfile({}, 'key-2'), undefined)
      .then([profileSet({}, 'key-2')]);
  });
});

import { setSeller } from '../../../../commands/parties/set-seller.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { aSeller, sellerSet } from '../../../support/commands/party-events.ts';

describe('set-seller', () => {
  it('adds nothing for the seller that is in force on the day', () => {
    given(setSeller, [sellerSet()]).when(aSeller(), undefined).then([]);
    given(setSeller, [sellerSet(), sellerSet({ effective_from: '2027-01-01', phone: '1' })])
      .when(aSeller({ effective_from: '2026-12-31' }), undefined)
      .then([]);
  });
});

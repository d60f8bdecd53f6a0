import { expect } from 'chai';
import { setSeller } from '../../../../commands/parties/set-seller.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { aSeller, sellerSet } from '../../../support/commands/party-events.ts';

describe('set-seller', () => {
  it('records the seller from a day on', () => {
    expect(given(setSeller).when(aSeller(), undefined).then([sellerSet()])).to.deep.equal(aSeller());
    const later = { effective_from: '2026-06-01', phone: '1' };
    given(setSeller, [sellerSet()])
      .when(aSeller(later), undefined)
      .then([{ ...sellerSet(later), effective_at: '2026-06-01' }]);
  });

  it('replaces the seller of a day, also by the one before', () => {
    const changed = sellerSet({ phone: '1' });
    given(setSeller, [sellerSet()]).when(changed.data, undefined).then([changed]);
    given(setSeller, [sellerSet(), changed]).when(aSeller(), undefined).then([sellerSet()]);
  });
});

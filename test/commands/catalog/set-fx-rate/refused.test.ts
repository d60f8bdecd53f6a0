import { setFxRate } from '../../../../commands/catalog/set-fx-rate.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { rate } from '../../../support/commands/price-events.ts';

describe('set-fx-rate', () => {
  it('refuses a rate of zero, and a rate from a currency to itself', () => {
    given(setFxRate)
      .when({ ...rate, rate: '0.000' }, undefined)
      .refused('invalid-input');
    given(setFxRate)
      .when({ ...rate, to: 'USD' }, undefined)
      .refused('invalid-input');
  });
});

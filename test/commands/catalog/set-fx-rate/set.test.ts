import { setFxRate } from '../../../../commands/catalog/set-fx-rate.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { rate, rateSet } from '../../../support/commands/price-events.ts';

describe('set-fx-rate', () => {
  it('sets a rate, and replaces it by another one of that day', () => {
    given(setFxRate)
      .when({ ...rate, rate: '1.50' }, undefined)
      .then([rateSet]);
    given(setFxRate, [rateSet])
      .when({ ...rate, rate: '1.51' }, undefined)
      .then([{ type: 'FxRateSet', data: { ...rate, rate: '1.51' } }]);
  });
});

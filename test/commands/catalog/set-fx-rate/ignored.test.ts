import { setFxRate } from '../../../../commands/catalog/set-fx-rate.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { rate, rateSet } from '../../../support/commands/price-events.ts';

describe('set-fx-rate', () => {
  it('adds nothing for an equal rate in another spelling', () => {
    given(setFxRate, [rateSet])
      .when({ ...rate, rate: '01.500' }, undefined)
      .then([]);
  });
});

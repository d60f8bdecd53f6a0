import { setResourcePrice } from '../../../../commands/catalog/set-resource-price.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { price } from '../../../support/commands/price-events.ts';

describe('set-resource-price', () => {
  it('refuses a unit that nothing is priced by', () => {
    given(setResourcePrice)
      .when({ ...price, unit: 'minute' }, undefined)
      .refused('invalid-input');
  });
});

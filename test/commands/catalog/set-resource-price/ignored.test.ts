import { setResourcePrice } from '../../../../commands/catalog/set-resource-price.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { price, priceSet } from '../../../support/commands/price-events.ts';

describe('set-resource-price', () => {
  it('adds nothing for the same price from the same day', () => {
    given(setResourcePrice, [priceSet]).when(price, undefined).then([]);
  });
});

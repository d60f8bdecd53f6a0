import { setResourcePrice } from '../../../../commands/catalog/set-resource-price.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { price, priceSet } from '../../../support/commands/price-events.ts';

describe('set-resource-price', () => {
  it('takes effect on its day', () => {
    given(setResourcePrice).when(price, undefined).then([priceSet]);
    given(setResourcePrice)
      .when({ ...price, effective_from: '2026-07-01' }, undefined)
      .then([
        {
          type: 'ResourcePriceSet',
          data: { ...price, effective_from: '2026-07-01' },
          effective_at: '2026-07-01',
        },
      ]);
  });

  it('replaces the price of that day', () => {
    given(setResourcePrice, [priceSet])
      .when({ ...price, price_cents: 6 }, undefined)
      .then([{ type: 'ResourcePriceSet', data: { ...price, price_cents: 6 } }]);
    given(setResourcePrice, [priceSet])
      .when({ ...price, unit: 'hour' }, undefined)
      .then([{ type: 'ResourcePriceSet', data: { ...price, unit: 'hour' } }]);
  });
});

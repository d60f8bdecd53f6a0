import { defineAddon } from '../../../commands/catalog/define-addon.ts';
import { setFxRate } from '../../../commands/catalog/set-fx-rate.ts';
import { setResourcePrice } from '../../../commands/catalog/set-resource-price.ts';
import type { AddonEvent, FxEvent, ResourcePriceEvent } from '../../../src/events/catalog.ts';
import { given } from '../../support/commands/command-spec.ts';

describe('define addon', () => {
  const terms = {
    code: 'storage_50gb',
    name: 'Storage',
    resource_kind: 'spaces_gb_month',
    qty: '50',
    price_cents: 750,
  };
  const defined: AddonEvent = { type: 'AddonDefined', data: terms };

  it('defines, redefines, and adds nothing for the same terms', () => {
    given(defineAddon)
      .when({ ...terms, qty: '50.0' }, undefined)
      .then([defined]);
    given(defineAddon, [defined]).when(terms, undefined).then([]);
    given(defineAddon, [defined])
      .when({ ...terms, price_cents: 751 }, undefined)
      .then([{ type: 'AddonDefined', data: { ...terms, price_cents: 751 } }]);
  });
});

describe('set resource price', () => {
  const price = {
    resource_kind: 'backup_gb_month',
    unit: 'gb',
    price_cents: 5,
    effective_from: '2026-05-01',
  };
  const set: ResourcePriceEvent = { type: 'ResourcePriceSet', data: price };

  it('is effective from its day on', () => {
    given(setResourcePrice).when(price, undefined).then([set]);
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

  it('adds nothing for the same price and day, another price replaces it', () => {
    given(setResourcePrice, [set]).when(price, undefined).then([]);
    given(setResourcePrice, [set])
      .when({ ...price, price_cents: 6 }, undefined)
      .then([{ type: 'ResourcePriceSet', data: { ...price, price_cents: 6 } }]);
    given(setResourcePrice, [set])
      .when({ ...price, unit: 'hour' }, undefined)
      .then([{ type: 'ResourcePriceSet', data: { ...price, unit: 'hour' } }]);
  });

  it('refuses a unit that nothing is priced by', () => {
    given(setResourcePrice)
      .when({ ...price, unit: 'minute' }, undefined)
      .refused('invalid-input');
  });
});

describe('set exchange rate', () => {
  const rate = { from: 'USD', to: 'AUD', rate: '1.5', effective_from: '2026-05-01' };
  const set: FxEvent = { type: 'FxRateSet', data: rate };

  it('adds nothing for an equal rate, in whatever spelling', () => {
    given(setFxRate)
      .when({ ...rate, rate: '1.50' }, undefined)
      .then([set]);
    given(setFxRate, [set])
      .when({ ...rate, rate: '01.500' }, undefined)
      .then([]);
    given(setFxRate, [set])
      .when({ ...rate, rate: '1.51' }, undefined)
      .then([{ type: 'FxRateSet', data: { ...rate, rate: '1.51' } }]);
  });

  it('refuses zero and a currency to itself', () => {
    given(setFxRate)
      .when({ ...rate, rate: '0.000' }, undefined)
      .refused('invalid-input');
    given(setFxRate)
      .when({ ...rate, to: 'USD' }, undefined)
      .refused('invalid-input');
  });
});

import { defineAddon } from '../../../../commands/catalog/define-addon.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { addonTerms, addonDefined } from '../../../support/commands/price-events.ts';

describe('define-addon', () => {
  it('defines an addon, and defines it again with other terms', () => {
    given(defineAddon)
      .when({ ...addonTerms, qty: '50.0' }, undefined)
      .then([addonDefined]);
    given(defineAddon, [addonDefined])
      .when({ ...addonTerms, price_cents: 751 }, undefined)
      .then([{ type: 'AddonDefined', data: { ...addonTerms, price_cents: 751 } }]);
  });
});

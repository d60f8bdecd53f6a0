import { defineAddon } from '../../../../commands/catalog/define-addon.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { addonTerms, addonDefined } from '../../../support/commands/price-events.ts';

describe('define-addon', () => {
  it('adds nothing for the same terms', () => {
    given(defineAddon, [addonDefined]).when(addonTerms, undefined).then([]);
  });
});

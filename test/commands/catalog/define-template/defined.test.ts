import { expect } from 'chai';
import { defineTemplate } from '../../../../commands/catalog/define-template.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { catalogNow, shop, templateDefined } from '../../../support/commands/template-events.ts';

describe('define-template', () => {
  it('defines a version, and others beside it', () => {
    expect(given(defineTemplate).when(shop, catalogNow).then([templateDefined()])).to.deep.equal(shop);
    const second = { ...shop, version: '2', addons: [], specs: [] };
    const result = given(defineTemplate, [templateDefined()])
      .when(second, { ...catalogNow, addons: [] })
      .then([templateDefined(second)]);
    expect(result).to.deep.equal(second);
  });

  it('takes the same kind and size in one region and in any other', () => {
    const [droplets] = shop.specs;
    const specs = [droplets!, { ...droplets!, region: null }, { ...droplets!, size_slug: null }];
    given(defineTemplate)
      .when({ ...shop, specs }, catalogNow)
      .then([templateDefined({ specs })]);
  });
});

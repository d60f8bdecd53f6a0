import { defineTemplate } from '../../../../commands/catalog/define-template.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { catalogNow, shop, templateDefined } from '../../../support/commands/template-events.ts';

describe('define-template', () => {
  it('adds nothing for a version with equal content, in whatever order', () => {
    const again = { ...shop, specs: [...shop.specs].reverse() };
    given(defineTemplate, [templateDefined()]).when(again, catalogNow).then([]);
  });

  it('adds nothing for it when the plan is on sale no more', () => {
    given(defineTemplate, [templateDefined(), templateDefined({ version: '2' })])
      .when(shop, { plan: { code: 'studio', versions: [] }, addons: [] })
      .then([]);
  });
});

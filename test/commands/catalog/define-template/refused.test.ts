import { expect } from 'chai';
import { defineTemplate } from '../../../../commands/catalog/define-template.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { studio } from '../../../support/commands/deployment-events.ts';
import { catalogNow, shop, templateDefined } from '../../../support/commands/template-events.ts';

describe('define-template', () => {
  it('refuses a version that says something else already', () => {
    for (const other of [
      { llm_mode: 'none' },
      { plan_code: 'pro' },
      { addons: ['storage_50gb'] },
      { specs: [] },
    ])
      given(defineTemplate, [templateDefined()])
        .when({ ...shop, ...other }, catalogNow)
        .refused('already-exists');
  });

  it('refuses a plan that does not exist or has no active version', () => {
    const errors = (plan: typeof studio | null) =>
      given(defineTemplate)
        .when(shop, { ...catalogNow, plan })
        .refused('unknown-plan').errors;
    expect(errors(null)).to.deep.equal([{ path: 'plan_code', message: 'no such plan' }]);
    const drafts = studio.versions.filter(({ status }) => status !== 'active');
    expect(errors({ ...studio, versions: drafts })?.[0]?.path).to.equal('plan_code');
  });

  it('refuses an unknown addon by its place', () => {
    const refusal = given(defineTemplate)
      .when({ ...shop, addons: ['storage_50gb', 'nothing'] }, catalogNow)
      .refused('unknown-addon');
    expect(refusal.errors).to.deep.equal([{ path: 'addons.1', message: 'no such addon' }]);
  });

  it('refuses a kind, size and region that stands twice', () => {
    const [droplets, zone] = shop.specs;
    const refusal = given(defineTemplate)
      .when({ ...shop, specs: [droplets!, zone!, { ...droplets!, count: 9 }] }, catalogNow)
      .refused('invalid-input');
    expect(refusal.errors?.map(({ path }) => path)).to.deep.equal(['specs.2']);
  });
});

import { expect } from 'chai';
import { createFromTemplate } from '../../../../commands/deployments/create-from-template.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { created, studio } from '../../../support/commands/deployment-events.ts';
import { createInput } from '../../../support/commands/deployment-inputs.ts';
import { shopNow } from '../../../support/commands/template-events.ts';

const input = { ...createInput, llm_mode: null, template_code: 'shop', template_version: '9' };
const nothing = { template: null, plan: null, addons: [] };

describe('create-from-template', () => {
  it('refuses an unknown template, and an unknown version of a template, by the field', () => {
    const paths = (is_known: boolean) =>
      given(createFromTemplate)
        .when(input, { ...nothing, is_known })
        .refused('unknown-template')
        .errors?.map(({ path }) => path);
    expect(paths(false)).to.deep.equal(['template_code']);
    expect(paths(true)).to.deep.equal(['template_version']);
  });

  it('refuses a slug that is taken', () => {
    given(createFromTemplate, [created()]).when(input, shopNow).refused('already-exists');
  });

  it('refuses a template whose plan is on sale no more, in the words of its fields', () => {
    const versions = studio.versions.filter(({ status }) => status === 'retired');
    const refusal = given(createFromTemplate)
      .when(input, { ...shopNow, plan: { ...studio, versions } })
      .refused('unknown-plan');
    expect(refusal.errors?.map(({ path }) => path)).to.deep.equal(['template_code']);
    expect(refusal.detail).to.equal('template shop: plan studio has no active version');
  });
});

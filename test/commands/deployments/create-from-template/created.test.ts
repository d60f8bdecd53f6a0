import { expect } from 'chai';
import {
  createFromTemplate,
  type CreateFromTemplate,
} from '../../../../commands/deployments/create-from-template.ts';
import { idFrom } from '../../../../src/ledger/ids.ts';
import { execution, given } from '../../../support/commands/command-spec.ts';
import {
  acme,
  attached,
  created,
  started,
  subscription_id,
} from '../../../support/commands/deployment-events.ts';
import { createInput } from '../../../support/commands/deployment-inputs.ts';
import { catalogNow, shop, shopNow } from '../../../support/commands/template-events.ts';
import type { DeploymentEvent } from '../../../../src/events/deployments.ts';

const input: CreateFromTemplate = {
  ...createInput,
  llm_mode: null,
  template_code: 'shop',
  template_version: '1',
};
const attachment_id = idFrom('attachment', subscription_id, execution().commandId, 'storage_50gb');

const createdFrom = (changes: object = {}): DeploymentEvent => {
  const { type, data } = created() as Extract<DeploymentEvent, { type: 'DeploymentCreated' }>;
  const fromShop = {
    llm_mode: 'allowance',
    template_code: 'shop',
    template_version: '1',
    wanted: shop.specs,
  };
  return { type, data: { ...data, ...fromShop, ...changes } };
};

describe('create-from-template', () => {
  it('creates, subscribes from today to the active version, and attaches the addons, in one append', () => {
    const { deployment, subscription } = given(createFromTemplate)
      .when(input, shopNow)
      .then([createdFrom(), started(), attached({ attachment_id, packs: 2 })]);
    expect(deployment).to.include({ llm_mode: 'allowance', template_version: '1' });
    expect(subscription).to.include({ plan_code: 'studio', plan_version: 2, status: 'active' });
  });

  it('records the version that was defined last where the caller names none, and its own LLM mode', () => {
    const template = { ...shop, version: '2', addons: [], specs: [] };
    given(createFromTemplate)
      .when({ ...input, template_version: null, llm_mode: 'charges' }, { ...shopNow, template })
      .then([createdFrom({ llm_mode: 'charges', template_version: '2', wanted: [] }), started()]);
  });

  it("subscribes a trial too; a tenant's ends by itself", () => {
    const trial_ends_at = '2026-05-15T00:00:00.000Z';
    const template = { ...shop, addons: [] };
    given(createFromTemplate)
      .when({ ...input, state: 'trial' }, { is_known: true, template, ...catalogNow }, acme)
      .then([
        createdFrom({ state: 'trial', trial_ends_at }),
        { ...started(), data: { ...started().data, trial_ends_at } } as DeploymentEvent,
      ]);
  });
});

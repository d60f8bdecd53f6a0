import { expect } from 'chai';
import { updateDeployment } from '../../../../commands/deployments/update-deployment.ts';
import type { DeploymentEvent } from '../../../../src/events/deployments.ts';
import { given } from '../../../support/commands/command-spec.ts';
import {
  acme,
  created,
  deployment_id,
  owner,
  transitioned,
} from '../../../support/commands/deployment-events.ts';
import { bounds, later, mayInvoice, on } from '../../../support/commands/dated-back.ts';

const fields = { ...owner, display_name: 'Site', llm_mode: 'charges', billing_action_suspended: false };
const moded = (effective_on: string, changes = {}): DeploymentEvent =>
  on(effective_on, { type: 'DeploymentUpdated', data: { ...fields, ...changes, changed: ['llm_mode'] } });
const back = (effective_on: string, more: { llm_mode?: string; display_name?: string } = {}) => ({
  ...{ deployment_id, llm_mode: 'charges', effective_on },
  ...more,
});

describe('update-deployment with effective_on', () => {
  it('sets the mode from that day on, and the name from now on', () => {
    given(updateDeployment, [created()])
      .when(back('2026-05-10'), bounds, later)
      .then([moded('2026-05-10')]);
    const renamed: DeploymentEvent = {
      type: 'DeploymentUpdated',
      data: { ...fields, display_name: 'New', changed: ['display_name'] },
    };
    given(updateDeployment, [created()])
      .when(back('2026-05-10', { display_name: 'New' }), bounds, later)
      .then([renamed, moded('2026-05-10', { display_name: 'New' })]);
  });

  it('keeps a name that was given after that day', () => {
    const renamed: DeploymentEvent = {
      type: 'DeploymentUpdated',
      data: { ...fields, llm_mode: 'none', display_name: 'New', changed: ['display_name'] },
    };
    given(updateDeployment, [created(), renamed])
      .when(back('2026-05-10'), bounds, later)
      .then([moded('2026-05-10', { display_name: 'New' })]);
  });

  it('refuses a day before a later change of the mode, also where an earlier release made it', () => {
    const refusal = given(updateDeployment, [created(), moded('2026-05-15')])
      .when(back('2026-05-14', { llm_mode: 'none' }), bounds, later)
      .refused('conflict');
    expect(refusal.extra).to.deep.equal({ later: { effective_on: '2026-05-15', llm_mode: 'charges' } });
    given(updateDeployment, [created(), { type: 'DeploymentUpdated', data: fields }])
      .when(back('2026-05-14', { llm_mode: 'none' }), bounds, later)
      .refused('conflict');
  });

  it('refuses a day without a mode, a day of a tenant, the future and an invoiced month', () => {
    const when = (input: object, more = {}, at = later) =>
      given(updateDeployment, [created()]).when({ deployment_id, ...input }, { ...bounds, ...more }, at);
    for (const input of [
      { display_name: 'New', effective_on: '2026-05-20' },
      back('2026-05-21'),
      back('2026-04-30'),
    ])
      expect(when(input).refused('invalid-input').errors?.[0]?.path).to.equal('effective_on');
    when(back('2026-05-19'), {}, { ...later, actor: acme.actor }).refused('forbidden');
    when(back('2026-05-19'), { invoices: [mayInvoice] }).refused('period-invoiced');
  });

  it('refuses the past of a deployment that is cancelled', () => {
    given(updateDeployment, [created(), transitioned('active', 'cancelled')])
      .when(back('2026-05-10'), bounds, later)
      .refused('deployment-closed');
  });
});

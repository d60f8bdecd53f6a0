import { endProjectRule } from '../../../../commands/inventory/end-project-rule.ts';
import { setProjectRule } from '../../../../commands/inventory/set-project-rule.ts';
import type { ProjectEvent } from '../../../../src/events/inventory.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { projectDiscovered } from '../../../support/commands/ownership-events.ts';

const input = { project_id: 'p1', deployment_id: 'd1' };
const context = (state = 'active') => ({ deployment: { deployment_id: 'd1', tenant_id: 'acme', state } });
const set: ProjectEvent = { type: 'ProjectRuleSet', data: { ...input, tenant_id: 'acme' } };
const ended: ProjectEvent = { type: 'ProjectRuleEnded', data: input };
const removed: ProjectEvent = { type: 'ProjectRemoved', data: { project_id: 'p1' } };

describe('the rule of a project', () => {
  it('is set, replaced, and ended', () => {
    given(setProjectRule, [projectDiscovered]).when(input, context()).then([set]);
    const other: ProjectEvent = { type: 'ProjectRuleSet', data: { ...set.data, deployment_id: 'd0' } };
    given(setProjectRule, [projectDiscovered, other]).when(input, context()).then([set]);
    given(endProjectRule, [projectDiscovered, set]).when({ project_id: 'p1' }, undefined).then([ended]);
    given(setProjectRule, [projectDiscovered, set, ended]).when(input, context()).then([set]);
  });

  it('adds nothing when it is so already', () => {
    given(setProjectRule, [projectDiscovered, set]).when(input, context('cancelled')).then([]);
    given(endProjectRule, [projectDiscovered]).when({ project_id: 'p1' }, undefined).then([]);
  });

  it('needs a project, and a deployment that is not closed', () => {
    given(setProjectRule, [projectDiscovered, removed]).when(input, context()).refused('not-found');
    given(setProjectRule).when(input, context()).refused('not-found');
    given(endProjectRule).when({ project_id: 'p1' }, undefined).refused('not-found');
    given(setProjectRule, [projectDiscovered]).when(input, { deployment: null }).refused('invalid-input');
    given(setProjectRule, [projectDiscovered]).when(input, context('archived')).refused('deployment-closed');
  });
});

import { expect } from 'chai';
import { transitionDeployment, transitions } from '../../../../commands/deployments/transition-deployment.ts';
import { deploymentStates, type DeploymentEvent } from '../../../../src/events/deployments.ts';
import { execution, given } from '../../../support/commands/command-spec.ts';
import { acme, automatic, owner, transitioned } from '../../../support/commands/deployment-events.ts';
import { inState, transitionTo } from '../../../support/commands/deployment-inputs.ts';

describe('transition-deployment', () => {
  it('takes every edge of the table and no other, and names the allowed targets', () => {
    for (const from of deploymentStates) {
      for (const target of deploymentStates) {
        const when = given(transitionDeployment, inState(from)).when(transitionTo(target, 'why'), undefined);
        if (transitions[from].includes(target)) when.then([transitioned(from, target, 'why', 2)]);
        else
          expect(when.refused('transition-not-allowed').extra).to.deep.include({
            from,
            to: target,
            allowed: [...transitions[from]],
          });
      }
    }
  });

  it('lets a tenant activate its trial, pause, resume and cancel, and nothing else', () => {
    const edges = deploymentStates.flatMap((from) =>
      transitions[from].map((target) => [from, target] as const),
    );
    const open = edges.filter(([from, target]) =>
      Array.isArray(
        given(transitionDeployment, inState(from)).when(transitionTo(target), undefined, acme).decision,
      ),
    );
    expect(open.map((edge) => edge.join('→'))).to.deep.equal([
      'trial→active',
      'trial→cancelled',
      'active→paused',
      'active→cancelled',
      'paused→active',
      'paused→cancelled',
    ]);
  });

  it('lets automatic billing actions take any edge', () => {
    const at = execution({ actor: automatic });
    given(transitionDeployment, inState('active'))
      .when(transitionTo('past_due'), undefined, at)
      .then([transitioned('active', 'past_due', null, 2)]);
  });

  it('lets an admin take an edge while automatic billing actions are suspended', () => {
    const suspended: DeploymentEvent = {
      type: 'DeploymentUpdated',
      data: { ...owner, display_name: 'Site', llm_mode: 'none', billing_action_suspended: true },
    };
    given(transitionDeployment, [...inState('active'), suspended])
      .when(transitionTo('past_due'), undefined)
      .then([transitioned('active', 'past_due', null, 2)]);
  });
});

import { expect } from 'chai';
import { createDeployment } from '../../../commands/deployments/create-deployment.ts';
import { transitionDeployment, transitions } from '../../../commands/deployments/transition-deployment.ts';
import { updateDeployment } from '../../../commands/deployments/update-deployment.ts';
import { deploymentStates } from '../../../src/events/deployments.ts';
import type { DeploymentEvent, DeploymentState } from '../../../src/events/deployments.ts';
import { execution, given, tenantUser } from '../../support/commands/command-spec.ts';
import {
  automatic,
  created,
  deployment_id,
  owner,
  started,
  subscription_id,
  today,
  transitioned,
} from '../../support/commands/deployment-events.ts';

const acme = execution({ actor: tenantUser('acme') });

describe('create deployment', () => {
  const input = {
    tenant_id: 'acme',
    slug: 'site',
    display_name: 'Site',
    region: null,
    state: 'active' as const,
    llm_mode: 'none',
    template_code: null,
    template_version: null,
    trial_ends_at: null,
  };

  it('creates it under the id of tenant and slug', () => {
    given(createDeployment).when(input, undefined).then([created()]);
    given(createDeployment)
      .when({ ...input, state: 'trial' }, undefined)
      .then([created('trial')]);
  });

  it('takes a slug for ever, and says so', () => {
    given(createDeployment, [created()]).when(input, undefined).refused('already-exists');
    const archived = given(createDeployment, [
      created(),
      transitioned('active', 'cancelled'),
      transitioned('cancelled', 'archived'),
    ])
      .when(input, undefined)
      .refused('already-exists');
    expect(archived.detail).to.contain('taken for ever');
  });

  it('refuses a slug that is none, and an end of no trial', () => {
    for (const slug of ['', 'Site', '-site', 'a_b', 'ü'])
      given(createDeployment)
        .when({ ...input, slug }, undefined)
        .refused('invalid-input');
    given(createDeployment)
      .when({ ...input, trial_ends_at: '2026-06-01T00:00:00.000Z' }, undefined)
      .refused('invalid-input');
  });
});

describe('update deployment', () => {
  const updated = (changes: object): DeploymentEvent => ({
    type: 'DeploymentUpdated',
    data: { ...owner, display_name: 'Site', llm_mode: 'none', billing_action_suspended: false, ...changes },
  });

  it('changes what is given and keeps the rest', () => {
    given(updateDeployment, [created()])
      .when({ deployment_id, display_name: 'New' }, undefined, acme)
      .then([updated({ display_name: 'New' })]);
    given(updateDeployment, [created(), updated({ display_name: 'New' })])
      .when({ deployment_id, llm_mode: 'shared' }, undefined, acme)
      .then([updated({ display_name: 'New', llm_mode: 'shared' })]);
    given(updateDeployment, [created()])
      .when({ deployment_id, display_name: 'Site' }, undefined, acme)
      .then([]);
  });

  it('leaves billing_action_suspended to an admin', () => {
    given(updateDeployment, [created()])
      .when({ deployment_id, billing_action_suspended: true }, undefined)
      .then([updated({ billing_action_suspended: true })]);
    given(updateDeployment, [created()])
      .when({ deployment_id, billing_action_suspended: false }, undefined, acme)
      .refused('forbidden');
  });

  it('refuses an unknown, a foreign and an archived one', () => {
    given(updateDeployment).when({ deployment_id, llm_mode: 'x' }, undefined).refused('not-found');
    given(updateDeployment, [created()])
      .when({ deployment_id, llm_mode: 'x' }, undefined, execution({ actor: tenantUser('other') }))
      .refused('not-found');
    given(updateDeployment, [
      created(),
      transitioned('active', 'cancelled'),
      transitioned('cancelled', 'archived'),
    ])
      .when({ deployment_id, llm_mode: 'x' }, undefined)
      .refused('deployment-closed');
  });
});

describe('transition deployment', () => {
  const inState = (state: DeploymentState) => [created('trial'), transitioned('trial', state)];
  const to = (state: DeploymentState, reason: string | null = null) => ({ deployment_id, to: state, reason });

  it('takes every edge of the table and no other, naming the allowed targets', () => {
    for (const from of deploymentStates) {
      for (const target of deploymentStates) {
        const when = given(transitionDeployment, inState(from)).when(to(target, 'why'), undefined);
        if (transitions[from].includes(target)) when.then([transitioned(from, target, 'why')]);
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
      Array.isArray(given(transitionDeployment, inState(from)).when(to(target), undefined, acme).decision),
    );
    expect(open.map((edge) => edge.join('→'))).to.deep.equal([
      'trial→active',
      'trial→cancelled',
      'active→paused',
      'active→cancelled',
      'paused→active',
      'paused→cancelled',
    ]);
    given(transitionDeployment, inState('active')).when(to('past_due'), undefined, acme).refused('forbidden');
    given(transitionDeployment, inState('active'))
      .when(to('paused'), undefined, execution({ actor: tenantUser('other') }))
      .refused('not-found');
  });

  it('lets automatic billing actions take any edge, unless an operator has suspended them', () => {
    const suspended: DeploymentEvent = {
      type: 'DeploymentUpdated',
      data: { ...owner, display_name: 'Site', llm_mode: 'none', billing_action_suspended: true },
    };
    const at = execution({ actor: automatic });
    given(transitionDeployment, inState('active'))
      .when(to('past_due'), undefined, at)
      .then([transitioned('active', 'past_due')]);
    given(transitionDeployment, [...inState('active'), suspended])
      .when(to('past_due'), undefined, at)
      .refused('forbidden');
    given(transitionDeployment, [...inState('active'), suspended])
      .when(to('past_due'), undefined)
      .then([transitioned('active', 'past_due')]);
    // A tenant's token that claims the role is a tenant's all the same.
    const impostor = execution({ actor: { sub: 'x', tenant_id: 'acme', roles: ['automatic'] } });
    given(transitionDeployment, inState('active'))
      .when(to('past_due'), undefined, impostor)
      .refused('forbidden');
  });

  it('does to the subscription what it does to the deployment, in the same append', () => {
    const change = (
      type: 'SubscriptionPaused' | 'SubscriptionResumed' | 'SubscriptionCancelled',
      effective_on = today,
    ): DeploymentEvent => ({
      type,
      data: { ...owner, subscription_id, effective_on },
      ...(effective_on === today ? {} : { effective_at: effective_on }),
    });
    const active = [created(), started()];
    const paused = [...active, transitioned('active', 'paused'), change('SubscriptionPaused')];
    given(transitionDeployment, active)
      .when(to('paused'), undefined)
      .then([transitioned('active', 'paused'), change('SubscriptionPaused')]);
    given(transitionDeployment, paused)
      .when(to('active'), undefined)
      .then([transitioned('paused', 'active'), change('SubscriptionResumed')]);
    given(transitionDeployment, paused)
      .when(to('cancelled'), undefined)
      .then([transitioned('paused', 'cancelled'), change('SubscriptionCancelled')]);
    given(transitionDeployment, active)
      .when(to('suspended'), undefined)
      .then([transitioned('active', 'suspended')]);
    given(transitionDeployment, [...active, transitioned('active', 'suspended')])
      .when(to('active'), undefined)
      .then([transitioned('suspended', 'active')]);
    given(transitionDeployment, [created(), started('2026-06-01')])
      .when(to('cancelled'), undefined)
      .then([transitioned('active', 'cancelled'), change('SubscriptionCancelled', '2026-06-01')]);
  });
});

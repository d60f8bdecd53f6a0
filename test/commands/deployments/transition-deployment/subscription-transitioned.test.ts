import { transitionDeployment } from '../../../../commands/deployments/transition-deployment.ts';
import type { DeploymentEvent } from '../../../../src/events/deployments.ts';
import { given } from '../../../support/commands/command-spec.ts';
import {
  created,
  owner,
  started,
  subscription_id,
  today,
  transitioned,
} from '../../../support/commands/deployment-events.ts';
import { transitionTo } from '../../../support/commands/deployment-inputs.ts';

describe('transition-deployment', () => {
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
      .when(transitionTo('paused'), undefined)
      .then([transitioned('active', 'paused'), change('SubscriptionPaused')]);
    given(transitionDeployment, paused)
      .when(transitionTo('active'), undefined)
      .then([transitioned('paused', 'active', null, 2), change('SubscriptionResumed')]);
    given(transitionDeployment, paused)
      .when(transitionTo('cancelled'), undefined)
      .then([transitioned('paused', 'cancelled', null, 2), change('SubscriptionCancelled')]);
    given(transitionDeployment, active)
      .when(transitionTo('suspended'), undefined)
      .then([transitioned('active', 'suspended')]);
    given(transitionDeployment, [...active, transitioned('active', 'suspended')])
      .when(transitionTo('active'), undefined)
      .then([transitioned('suspended', 'active', null, 2)]);
    given(transitionDeployment, [created(), started('2026-06-01')])
      .when(transitionTo('cancelled'), undefined)
      .then([transitioned('active', 'cancelled'), change('SubscriptionCancelled', '2026-06-01')]);
  });
});

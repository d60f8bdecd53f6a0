import { expect } from 'chai';
import { deploymentsProjection } from '../../../projections/deployments/deployments.ts';
import {
  deployments,
  lifecycleDays,
  subscriptionFacts,
  subscriptions,
  wantedSpecs,
} from '../../../projections/deployments/tables.ts';
import type { DeploymentEvent } from '../../../src/events/deployments.ts';
import { lifecycleDayCompleted } from '../../support/commands/lifecycle-events.ts';
import { projectTwice } from '../../support/projections/projection-spec.ts';
import {
  attached,
  created,
  deployment_id,
  owner,
  started,
  subscription_id,
  transitioned,
} from '../../support/commands/deployment-events.ts';
import { shop } from '../../support/commands/template-events.ts';

const change = (
  type: 'SubscriptionPaused' | 'SubscriptionResumed' | 'SubscriptionCancelled',
  effective_on: string,
): DeploymentEvent => ({ type, data: { ...owner, subscription_id, effective_on } });
const detached: DeploymentEvent = {
  type: 'AddonDetached',
  data: {
    ...owner,
    subscription_id,
    code: 'storage_50gb',
    attachment_ids: ['a1'],
    effective_on: '2026-05-03',
  },
};

describe('deployments projection', () => {
  it('knows the days on which the automatic lifecycle has done its work', () => {
    const days = [lifecycleDayCompleted('2026-05-02', 0), lifecycleDayCompleted('2026-05-03', 4)];
    const rows = projectTwice(deploymentsProjection, days);
    expect(rows(lifecycleDays).map(({ day, transitions }) => [day, transitions])).to.deep.equal([
      ['2026-05-02', 0],
      ['2026-05-03', 4],
    ]);
  });

  it('keeps the resources that the template of a deployment wants', () => {
    const { type, data } = created() as Extract<DeploymentEvent, { type: 'DeploymentCreated' }>;
    const rows = projectTwice(deploymentsProjection, [{ type, data: { ...data, wanted: shop.specs } }]);
    expect(rows(wantedSpecs)).to.deep.equal(
      shop.specs.map((spec, place) => ({ ...spec, deployment_id, place })),
    );
  });

  it('keeps the deployment and its subscription as they are now', () => {
    const rows = projectTwice(deploymentsProjection, [
      created(),
      {
        type: 'DeploymentUpdated',
        data: { ...owner, display_name: 'New', llm_mode: 'shared', billing_action_suspended: true },
      },
      started('2026-04-20'),
      attached(),
      attached({ attachment_id: 'a2', packs: 2 }),
      {
        type: 'PlanVersionChanged',
        data: {
          ...owner,
          subscription_id,
          from_plan_code: 'studio',
          from_plan_version: 2,
          plan_code: 'pro',
          plan_version: 1,
          effective_on: '2026-05-02',
        },
      },
      detached,
      transitioned('active', 'paused'),
      change('SubscriptionPaused', '2026-05-04'),
    ]);
    expect(rows(deployments)[0]).to.include({
      id: deployment_id,
      tenant_id: 'acme',
      state: 'paused',
      display_name: 'New',
      llm_mode: 'shared',
      billing_action_suspended: true,
    });
    expect(rows(subscriptions)[0]).to.include({
      id: subscription_id,
      plan_code: 'pro',
      plan_version: 1,
      status: 'paused',
      starts_on: '2026-04-20',
    });
  });

  it('keeps when billing actions were last allowed again', () => {
    type Changed = 'display_name' | 'billing_action_suspended';
    const set = (billing_action_suspended: boolean, changed: Changed[]) => ({
      type: 'DeploymentUpdated' as const,
      data: { ...owner, display_name: 'New', llm_mode: 'none', billing_action_suspended, changed },
    });
    const freed = (...updates: ReturnType<typeof set>[]) =>
      projectTwice(deploymentsProjection, [created(), ...updates])(deployments)[0]?.['freed_at'];
    const apart = set(true, ['billing_action_suspended']);
    const free = set(false, ['billing_action_suspended']);
    expect(freed(apart, set(true, ['display_name']))).to.equal(null);
    expect(freed(set(false, ['display_name']))).to.equal(null);
    expect(freed(apart, free, apart))
      .to.equal(freed(apart, free))
      .and.to.be.a('string');
  });

  it('dates every fact that invoicing needs, and nothing else', () => {
    const rows = projectTwice(deploymentsProjection, [
      created('trial'),
      {
        type: 'DeploymentUpdated',
        data: { ...owner, display_name: 'New', llm_mode: 'none', billing_action_suspended: false },
      },
      started('2026-04-20'),
      attached({ effective_on: '2026-05-02' }),
      detached,
      transitioned('trial', 'active'),
      change('SubscriptionPaused', '2026-05-04'),
      change('SubscriptionResumed', '2026-05-05'),
      change('SubscriptionCancelled', '2026-05-06'),
      {
        type: 'DeploymentUpdated',
        data: {
          ...{ ...owner, display_name: 'New', llm_mode: 'charges', billing_action_suspended: false },
          ...{ changed: ['llm_mode'], effective_on: '2026-04-30' },
        },
        effective_at: '2026-04-30',
      },
    ]);
    expect(
      rows(subscriptionFacts).map((row) => [
        row['position'],
        row['fact'],
        row['effective_on'],
        row['tenant_id'],
      ]),
    ).to.deep.equal([
      [10, 'DeploymentUpdated', '2026-04-30', 'acme'],
      [1, 'DeploymentCreated', '2026-05-01', 'acme'],
      [3, 'SubscriptionStarted', '2026-04-20', 'acme'],
      [4, 'AddonAttached', '2026-05-02', 'acme'],
      [5, 'AddonDetached', '2026-05-03', 'acme'],
      [6, 'DeploymentTransitioned', '2026-05-01', 'acme'],
      [7, 'SubscriptionPaused', '2026-05-04', 'acme'],
      [8, 'SubscriptionResumed', '2026-05-05', 'acme'],
      [9, 'SubscriptionCancelled', '2026-05-06', 'acme'],
    ]);
    expect(rows(subscriptionFacts)[2]?.['event_id']).to.equal('00000000-0000-5000-8000-000000000003');
  });
});

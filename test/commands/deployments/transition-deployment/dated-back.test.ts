import { expect } from 'chai';
import { transitionDeployment } from '../../../../commands/deployments/transition-deployment.ts';
import type { DeploymentEvent } from '../../../../src/events/deployments.ts';
import type { Actor } from '../../../../src/events/define.ts';
import { admin, execution, given } from '../../../support/commands/command-spec.ts';
import {
  acme,
  automatic,
  created,
  owner,
  started,
  subscription_id,
  transitioned,
} from '../../../support/commands/deployment-events.ts';
import { transitionTo } from '../../../support/commands/deployment-inputs.ts';

/** Decided on 20 May 2026; the deployment is of 1 May. */
const now = '2026-05-20T12:00:00.000Z';
const byAdmin = execution({ now });
const bounds = { invoices: [], first_day: '2026-05-01' };
const back = (to: 'paused' | 'active' | 'cancelled' | 'suspended', effective_on: string) => ({
  ...transitionTo(to),
  effective_on,
});
const moved = (from: 'active' | 'paused', to: 'paused' | 'active', effective_on: string, no = 1) => ({
  type: 'DeploymentTransitioned' as const,
  data: { ...owner, from, to, reason: null, effective_on, transition_no: no },
  ...(effective_on === '2026-05-20' ? {} : { effective_at: effective_on }),
});
const paused = (effective_on: string): DeploymentEvent => ({
  type: 'SubscriptionPaused',
  data: { ...owner, subscription_id, effective_on },
  effective_at: effective_on,
});

describe('transition-deployment with effective_on', () => {
  it('holds from that day, for the subscription too', () => {
    const state = given(transitionDeployment, [created(), started()])
      .when(back('paused', '2026-05-10'), bounds, byAdmin)
      .then([moved('active', 'paused', '2026-05-10'), paused('2026-05-10')]);
    expect(state.deployment?.standing).to.deep.equal({ since: '2026-05-10', rule: null, transitions: 1 });
  });

  it('touches a subscription that starts later from its first day on', () => {
    given(transitionDeployment, [created(), started('2026-05-15')])
      .when(back('paused', '2026-05-10'), bounds, byAdmin)
      .then([moved('active', 'paused', '2026-05-10'), paused('2026-05-15')]);
  });

  it('is open to automatic billing actions, and to a tenant for today', () => {
    given(transitionDeployment, [created()])
      .when(back('paused', '2026-05-10'), bounds, execution({ now, actor: automatic }))
      .then([moved('active', 'paused', '2026-05-10')]);
    given(transitionDeployment, [created()])
      .when(back('paused', '2026-05-20'), undefined, { ...byAdmin, actor: acme.actor })
      .then([moved('active', 'paused', '2026-05-20')]);
  });

  it('adds nothing for the same transition on the same day', () => {
    given(transitionDeployment, [created(), moved('active', 'paused', '2026-05-10')])
      .when(back('paused', '2026-05-10'), bounds, byAdmin)
      .then([]);
    given(transitionDeployment, [created(), moved('active', 'paused', '2026-05-10')])
      .when(transitionTo('paused'), undefined, byAdmin)
      .refused('transition-not-allowed');
  });

  it('follows what happened on that day', () => {
    given(transitionDeployment, [created(), moved('active', 'paused', '2026-05-10')])
      .when(back('active', '2026-05-10'), bounds, byAdmin)
      .then([moved('paused', 'active', '2026-05-10', 2)]);
  });

  it('refuses a day before a later transition, which it names', () => {
    const { extra, errors } = given(transitionDeployment, [
      created(),
      moved('active', 'paused', '2026-05-10'),
    ])
      .when(back('active', '2026-05-09'), bounds, byAdmin)
      .refused('conflict');
    expect(extra).to.deep.equal({ later: { effective_on: '2026-05-10', from: 'active', to: 'paused' } });
    expect(errors?.map(({ path }) => path)).to.deep.equal(['effective_on']);
  });

  it('refuses the future, a day before the first, and any other day than today of a tenant', () => {
    const when = (effective_on: string, actor: Actor = admin) =>
      given(transitionDeployment, [created()]).when(back('paused', effective_on), bounds, {
        ...byAdmin,
        actor,
      });
    for (const day of ['2026-05-21', '2026-04-30'])
      expect(when(day).refused('invalid-input').errors?.[0]?.path).to.equal('effective_on');
    when('2026-05-21', acme.actor).refused('invalid-input');
    when('2026-05-19', acme.actor).refused('forbidden');
  });

  it('refuses a day in or before an invoiced month', () => {
    const invoices = [{ invoice_id: 'i1', period_start: '2026-05-01', period_end: '2026-05-31' }];
    expect(
      given(transitionDeployment, [created()])
        .when(back('paused', '2026-05-10'), { ...bounds, invoices }, byAdmin)
        .refused('period-invoiced').extra,
    ).to.include({ invoice_id: 'i1' });
  });

  it('does nothing after another transition than the caller saw', () => {
    given(transitionDeployment, [created(), transitioned('active', 'paused')])
      .when({ ...back('suspended', '2026-05-10'), after: 0 }, bounds, byAdmin)
      .then([]);
  });
});

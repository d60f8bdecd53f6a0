import { expect } from 'chai';
import { tieResource } from '../../../commands/inventory/tie-resource.ts';
import { untieResource } from '../../../commands/inventory/untie-resource.ts';
import { execution, given } from '../../support/commands/command-spec.ts';
import { discovered, dropletId, tied, untied } from '../../support/commands/droplet-events.ts';

const today = execution({ now: '2026-05-10T12:00:00.000Z' });
const context = { deployment: { deployment_id: 'd1', tenant_id: 'acme', state: 'active' }, invoices: [] };
const april = { invoice_id: 'invoice-1', period_start: '2026-04-01', period_end: '2026-04-30' };
const tie = (effective_from?: string, deployment_id = 'd1') => ({
  resource_id: dropletId,
  deployment_id,
  effective_from,
});
const untie = (effective_to?: string) => ({ resource_id: dropletId, deployment_id: 'd1', effective_to });

describe('tie-resource', () => {
  it('ties from today on', () => {
    const result = given(tieResource, [discovered()])
      .when(tie(), context, today)
      .then([tied('d1', 'acme', '2026-05-10')]);
    expect(result).to.deep.equal({
      resource_id: dropletId,
      deployment_id: 'd1',
      tenant_id: 'acme',
      effective_from: '2026-05-10',
      effective_to: null,
    });
  });

  it('reaches back, but not into an invoiced period', () => {
    given(tieResource, [discovered()])
      .when(tie('2026-05-01'), { ...context, invoices: [april] }, today)
      .then([tied('d1', 'acme', '2026-05-01')]);
    const refusal = given(tieResource, [discovered()])
      .when(tie('2026-04-30'), { ...context, invoices: [april] }, today)
      .refused('period-invoiced');
    expect(refusal.extra).to.include({ invoice_id: 'invoice-1' });
  });

  it('refuses a day that another deployment has, and names it', () => {
    const events = [discovered(), tied('d2', 'other', '2026-05-01')];
    expect(given(tieResource, events).when(tie(), context, today).refused('already-tied').extra).to.include({
      deployment_id: 'd2',
    });
    expect(
      given(tieResource, events).when(tie('2026-04-01'), context, today).refused('already-tied').extra,
    ).to.include({ deployment_id: 'd2' });
  });

  it('takes the day on which the other ended, and refuses the day before', () => {
    const events = [
      discovered(),
      tied('d2', 'other', '2026-05-01'),
      untied('d2', 'other', '2026-05-01', '2026-05-05'),
    ];
    given(tieResource, events)
      .when(tie('2026-05-05'), context, today)
      .then([tied('d1', 'acme', '2026-05-05')]);
    given(tieResource, events).when(tie('2026-05-04'), context, today).refused('already-tied');
  });

  it('is not in the way of a tie without days', () => {
    const events = [
      discovered(),
      tied('d2', 'other', '2026-05-10'),
      untied('d2', 'other', '2026-05-10', '2026-05-10'),
    ];
    given(tieResource, events)
      .when(tie(), context, today)
      .then([tied('d1', 'acme', '2026-05-10')]);
  });

  it('says nothing when it is tied so already', () => {
    given(tieResource, [discovered(), tied('d1', 'acme', '2026-05-01')])
      .when(tie(), context, today)
      .then([]);
    given(tieResource, [discovered(), tied('d1', 'acme', '2026-05-01')])
      .when(tie('2026-05-02'), context, today)
      .refused('already-tied');
  });

  it('refuses the future, an unknown resource, an unknown or closed deployment', () => {
    given(tieResource, [discovered()]).when(tie('2026-05-11'), context, today).refused('invalid-input');
    given(tieResource).when(tie(), context, today).refused('unknown-resource');
    given(tieResource, [discovered()])
      .when(tie(), { deployment: null, invoices: [] }, today)
      .refused('not-found');
    given(tieResource, [discovered()])
      .when(tie(), { ...context, deployment: { ...context.deployment, state: 'cancelled' } }, today)
      .refused('deployment-closed');
  });
});

describe('untie-resource', () => {
  const events = [discovered(), tied('d1', 'acme', '2026-05-01')];

  it('ends before today', () => {
    given(untieResource, events)
      .when(untie(), context, today)
      .then([untied('d1', 'acme', '2026-05-01', '2026-05-10')]);
  });

  it('ends on its first day: then it has none', () => {
    given(untieResource, events)
      .when(untie('2026-05-01'), context, today)
      .then([untied('d1', 'acme', '2026-05-01', '2026-05-01')]);
  });

  it('ends with today at the latest, and never before it began', () => {
    given(untieResource, events)
      .when(untie('2026-05-11'), context, today)
      .then([untied('d1', 'acme', '2026-05-01', '2026-05-11')]);
    given(untieResource, events).when(untie('2026-05-12'), context, today).refused('invalid-input');
    given(untieResource, events).when(untie('2026-04-30'), context, today).refused('invalid-input');
  });

  it('takes no invoiced day away', () => {
    const since = [discovered(), tied('d1', 'acme', '2026-04-01')];
    given(untieResource, since)
      .when(untie('2026-04-30'), { ...context, invoices: [april] }, today)
      .refused('period-invoiced');
    given(untieResource, since)
      .when(untie('2026-05-01'), { ...context, invoices: [april] }, today)
      .then([untied('d1', 'acme', '2026-04-01', '2026-05-01')]);
  });

  it('shortens one that has ended, and refuses what is not tied', () => {
    const ended = [...events, untied('d1', 'acme', '2026-05-01', '2026-05-08')];
    given(untieResource, ended)
      .when(untie('2026-05-05'), context, today)
      .then([untied('d1', 'acme', '2026-05-01', '2026-05-05')]);
    given(untieResource, ended).when(untie(), context, today).refused('not-tied');
    given(untieResource, [discovered()]).when(untie(), context, today).refused('not-tied');
    given(untieResource).when(untie(), context, today).refused('not-tied');
  });
});

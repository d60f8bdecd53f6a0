import { expect } from 'chai';
import { lifecycleDay } from '../../../src/jobs/lifecycle-day.ts';
import { ok, problem } from '../../support/http/api.ts';
import { tenantToken } from '../../support/http/tokens.ts';
import { customerBody } from '../../support/parties/party-bodies.ts';
import { lifecycleStage, type LifecycleStage } from '../../support/processes/lifecycle-stage.ts';

describe('lifecycle.day', function () {
  this.timeout(120_000);
  let stage: LifecycleStage;
  const sites: Record<string, string> = {};
  const site = (tenant: string): string => {
    const id = sites[tenant];
    if (id === undefined) throw new Error(`${tenant} has no site`);
    return id;
  };
  before(async () => {
    stage = await lifecycleStage();
    const tenants = ['late', 'part', 'two', 'apart', 'decided', 'paused', 'bounced', 'voided', 'credited'];
    for (const tenant of tenants) {
      sites[tenant] = await stage.deployment(tenant);
      stage.at('2026-05-01T09:00:00.000Z');
      await stage.invoice(tenant);
      stage.at('2026-04-01T09:00:00.000Z');
    }
    stage.at('2026-05-01T09:00:00.000Z');
  });
  after(() => stage.ledger.close());

  const number = async (tenant: string): Promise<string> =>
    (await ok(stage.ledger.api.get(`invoices?period=2026-04&limit=50`))).data.find(
      (invoice: { tenant_id: string }) => invoice.tenant_id === tenant,
    ).number;

  it('refuses a day that has not come, one before the ledger, and what is no day', async () => {
    const { api } = stage.ledger;
    for (const day of ['2026-05-02', '2026-03-31', '2026-02-30', '2026-5-1', 'today', 5, null])
      await problem(api.post('jobs/lifecycle.day/run', { day }), 422, 'day');
    await problem(api.post('jobs/lifecycle.day/run', { days: 1 }), 422, 'days');
    await problem(api.post('jobs/lifecycle.day/run', {}, { token: tenantToken('late') }), 403);
  });

  it('takes today alone at first, and records a day once', async () => {
    expect((await stage.run()).days).to.deep.equal(['2026-05-01']);
    const before = await stage.ledger.eventCount();
    const again = await stage.run('2026-05-01');
    expect(again).to.deep.equal({
      days: ['2026-05-01'],
      trial_ended: 0,
      dunned: 0,
      recovered: 0,
      refused: 0,
    });
    expect(await stage.ledger.eventCount()).to.equal(before);
  });

  it('makes up for each missed day in order, with a reason and a cause', async () => {
    await ok(stage.ledger.api.patch(`deployments/${site('apart')}`, { billing_action_suspended: true }));
    await stage.pay('part', 5_499);
    stage.at('2026-05-20T09:00:00.000Z');
    await stage.move(site('paused'), 'paused', 'paused');
    stage.at('2026-06-01T00:30:00.000Z');
    const { days, dunned } = await stage.run();
    expect([days[0], days.at(-1), days.length, dunned]).to.deep.equal(['2026-05-02', '2026-06-01', 31, 7]);
    for (const tenant of ['late', 'part'])
      expect(await stage.steps(site(tenant))).to.deep.equal([
        [
          'active > past_due dunning 2026-05-29',
          `invoice ${await number(tenant)} is 14 days overdue (due 2026-05-15)`,
        ],
      ]);
    expect(await stage.causes(site('late'))).to.deep.equal(['InvoiceIssued']);
    const { data } = await ok(stage.ledger.api.get(`deployments/${site('late')}`));
    expect([data.state, data.state_since, data.state_rule]).to.deep.equal([
      'past_due',
      '2026-05-29',
      'dunning',
    ]);
    for (const tenant of ['apart', 'paused']) expect(await stage.steps(site(tenant))).to.deep.equal([]);
  });

  it('leaves a debt to an admin who has decided, and duns what a tenant resumes', async () => {
    stage.at('2026-06-02T09:00:00.000Z');
    await stage.move(site('decided'), 'active');
    await stage.move(site('paused'), 'active', 'paused');
    stage.at('2026-06-03');
    await stage.run();
    expect(await stage.state(site('decided'))).to.equal('active');
    expect((await stage.steps(site('paused'))).map(([step]) => step)).to.deep.equal([
      'active > past_due dunning 2026-06-03',
    ]);
  });

  it('suspends, and brings back once all is paid that is overdue', async () => {
    stage.at('2026-06-02T10:00:00.000Z');
    await stage.invoice('two', '2026-05-01');
    stage.at('2026-06-18');
    await stage.run();
    const suspended = 'past_due > suspended dunning 2026-06-14';
    expect((await stage.steps(site('late'))).at(-1)?.[0]).to.equal(suspended);
    expect((await stage.steps(site('two'))).at(-1)?.[0]).to.equal(suspended);
    await stage.pay('late');
    await stage.pay('two');
    expect(await stage.run()).to.include({ recovered: 1 });
    expect((await stage.steps(site('late'))).at(-1)).to.deep.equal([
      'suspended > active recovery 2026-06-18',
      'all that was overdue is paid',
    ]);
    expect((await stage.causes(site('late'))).at(-1)).to.equal('PaymentReceived');
    expect(await stage.state(site('two'))).to.equal('suspended');
    await stage.pay('two');
    expect(await stage.run()).to.include({ recovered: 1 });
    expect(await stage.state(site('two'))).to.equal('active');
  });

  it('duns again what a payment left when it is taken back', async () => {
    const payment = await stage.pay('bounced');
    await stage.run();
    expect(await stage.state(site('bounced'))).to.equal('active');
    await ok(stage.ledger.api.post(`payments/${payment}/reverse`, { reason: 'no funds' }));
    stage.at('2026-06-19');
    await stage.run();
    expect((await stage.steps(site('bounced'))).at(-1)?.[0]).to.equal(
      'active > suspended dunning 2026-06-19',
    );
  });

  it('takes what is voided or credited for settled, and what is issued anew for not yet due', async () => {
    const { api } = stage.ledger;
    const invoices = (await ok(api.get('invoices?period=2026-04'))).data;
    const of = (tenant: string): string =>
      invoices.find(({ tenant_id }: { tenant_id: string }) => tenant_id === tenant).id;
    await ok(api.post(`invoices/${of('voided')}/void`, { reason: 'wrong' }));
    const lines = [{ description: 'For the outage', amount_cents: 5_000 }];
    await ok(api.post(`invoices/${of('credited')}/credit`, { lines, reason: 'the outage' }), 201);
    await stage.ledger.settled();
    expect(await stage.run()).to.include({ recovered: 2 });
    expect((await stage.steps(site('voided'))).at(-1)?.[1]).to.equal(
      'nothing that was overdue is open any more',
    );
    expect((await stage.causes(site('voided'))).at(-1)).to.equal('InvoiceVoided');
    expect((await stage.causes(site('credited'))).at(-1)).to.equal('CreditNoteTaken');
    const again = { period: '2026-04-01', tenant_id: 'voided', force: true };
    await ok(api.post('invoices/rollup', again));
    stage.at('2026-07-16');
    await stage.run();
    expect(await stage.state(site('voided'))).to.equal('active');
    stage.at('2026-07-17');
    await stage.run();
    expect((await stage.steps(site('voided'))).at(-1)?.[1]).to.match(
      /-R1 is 14 days overdue \(due 2026-07-03\)$/,
    );
  });

  it('ends trials: active with a subscription and a profile, else suspended', async () => {
    const { api } = stage.ledger;
    await ok(api.put('customers/tried', { ...customerBody, effective_from: '2026-04-01' }));
    const trial = async (tenant_id: string, slug: string, subscribe: boolean): Promise<string> => {
      const body = {
        tenant_id,
        slug,
        display_name: slug,
        state: 'trial',
        trial_ends_at: '2026-07-20T12:00:00Z',
      };
      const { data } = await ok(api.post('deployments', body), 201);
      if (subscribe) await ok(api.post(`deployments/${data.id}/subscribe`, { plan_code: 'studio' }), 201);
      return data.id;
    };
    const good = await trial('tried', 'good', true);
    const unsubscribed = await trial('tried', 'unsubscribed', false);
    const unknown = await trial('stranger', 'unknown', true);
    stage.at('2026-07-23T09:00:00.000Z');
    expect(await stage.run()).to.include({ trial_ended: 3 });
    expect(await stage.steps(good)).to.deep.equal([
      ['trial > active trial-end 2026-07-21', 'the trial ended on 2026-07-20'],
    ]);
    expect(await stage.steps(unsubscribed)).to.deep.equal([
      ['trial > suspended trial-end 2026-07-21', 'the trial ended on 2026-07-20 without a subscription'],
    ]);
    expect(await stage.steps(unknown)).to.deep.equal([
      ['trial > suspended trial-end 2026-07-21', 'the trial ended on 2026-07-20 without a customer profile'],
    ]);
    expect(await stage.causes(good)).to.deep.equal(['DeploymentCreated']);
  });

  it('leaves a day to the schedule that is run by hand before its time', async () => {
    const { api, processDeps } = stage.ledger;
    const scheduled = () => lifecycleDay.due?.(processDeps);
    stage.at('2026-07-24T00:30:00.000Z');
    expect(await scheduled()).to.deep.equal([]);
    const fields = { tenant_id: 'tried', slug: 'early', display_name: 'Early', state: 'trial' };
    const body = { ...fields, trial_ends_at: '2026-07-24T03:00:00Z' };
    const { id } = (await ok(api.post('deployments', body), 201)).data;
    expect((await stage.run()).days).to.deep.equal(['2026-07-24']);
    stage.at('2026-07-24');
    expect(await scheduled()).to.deep.equal([{ day: '2026-07-24' }]);
    await stage.run('2026-07-24');
    expect((await stage.steps(id)).map(([step]) => step)).to.deep.equal([
      'trial > suspended trial-end 2026-07-24',
    ]);
    expect(await scheduled()).to.deep.equal([]);
  });
});

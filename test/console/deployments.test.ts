import { expect } from 'chai';
import { money } from '../../src/pricing/amount-text.ts';
import { fieldsOfForm, formsOf, operatorAt, tableOf, type Browser } from '../support/console/browse.ts';
import { ok, type Json } from '../support/http/api.ts';
import { meter, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

describe("an admin's pages of deployments", () => {
  let ledger: TestLedger;
  let browser: Browser;
  let site: string;
  const answer = async (path: string): Promise<Json> => ok(ledger.api.get(path));
  const deployment = async (): Promise<Json> => (await answer(`deployments/${site}`)).data;
  const open = (tab = '') => browser.get(`/console/deployments/${site}${tab === '' ? '' : `?tab=${tab}`}`);

  before(async () => {
    ledger = await seededLedger();
    site = await subscribed(ledger, 'acme', 'site', { addons: ['storage_50gb'] });
    await meter(ledger, 'acme', site, '2026-05-01', [{ resource_kind: 'droplet_hours', qty: '2000' }]);
    await ledger.settled();
    browser = await operatorAt(ledger.url);
  });
  after(() => ledger.close());

  it('list deployments by state and tenant, and create one', async () => {
    const page = await browser.get('/console/deployments?tenant_id=acme');
    expect(
      tableOf(page, 'Deployments').map((row) => [row['Deployment'], row['State'], row['Plan']]),
    ).to.deep.equal([['site', 'active', 'studio, version 1']]);
    expect((await browser.get('/console/deployments?state=trial')).text).to.contain('that is trial');
    expect((await browser.get('/console/deployments?state=gone')).status).to.equal(422);
    const start = await browser.get('/console/deployments/new?tenant_id=acme');
    const refused = await browser.submit(start, 'create-deployment', {
      display_name: 'New',
      slug: 'New One',
    });
    expect(refused.text).to.contain('lower-case letters, digits and hyphens');
    const done = await browser.submit(refused, 'create-deployment', { slug: 'new-one', state: 'trial' });
    expect(done.root.querySelector('h1')?.textContent).to.equal('New');
    expect((await browser.get('/console/deployments?state=trial')).text).to.contain('New');
  });

  it('show the month so far and the terms', async () => {
    const page = await open();
    const { deployments } = (await answer(`usage/forecast?deployment_id=${site}`)).data;
    for (const cents of [deployments[0].total_cents, deployments[0].overage_cents])
      expect(page.text).to.contain(money(cents));
    expect(tableOf(page, 'Terms').find((row) => row['Kind'] === 'Droplet hours')).to.include({
      Included: '1,488',
      'Above it': '0.01',
    });
    expect(tableOf(page, 'Addons')[0]).to.include({ Addon: 'storage_50gb', Packs: '1' });
    expect((await browser.get('/console/deployments/nope')).status).to.equal(404);
  });

  it('show it as it was, without forms', async () => {
    const page = await browser.get(`/console/deployments/${site}?as_of=2026-05-09&known_at=2026-05-09`);
    expect(page.text).to.contain('As it was');
    expect(formsOf(page, 'transition-deployment')).to.deep.equal([]);
    expect((await browser.get(`/console/deployments/${site}?known_at=2020-01-01`)).status).to.equal(404);
  });

  it('offer the moves that are allowed, and keep each form apart', async () => {
    const page = await open();
    const { may_become } = await deployment();
    const offered = [...formsOf(page, 'transition-deployment'), ...formsOf(page, 'end-deployment')];
    expect(offered.map((form) => fieldsOfForm(form)['to'])).to.have.members(may_become);
    const refused = await browser.submit(
      page,
      'transition-deployment',
      { effective_on: '2030-01-01' },
      { to: 'paused' },
    );
    expect(refused.status).to.equal(422);
    const forms = formsOf(refused, 'transition-deployment').map(fieldsOfForm);
    expect(forms.map(({ to, effective_on }) => [to, effective_on])).to.deep.include.members([
      ['paused', '2030-01-01'],
      ['suspended', ''],
    ]);
    const done = await browser.submit(
      refused,
      'transition-deployment',
      { effective_on: '' },
      { to: 'paused' },
    );
    expect(done.text).to.contain('site is paused from 2026-05-09');
    expect((await deployment()).state).to.equal('paused');
    await browser.submit(
      await open(),
      'transition-deployment',
      { effective_on: '2026-05-09' },
      { to: 'active' },
    );
    expect((await deployment()).state).to.equal('active');
  });

  it('show what a change of plan costs before it is made', async () => {
    const start = await browser.get(
      `/console/deployments/${site}?tab=plan&plan_code=pro&effective_on=2026-05-09`,
    );
    const quoted = async (plan_code: string): Promise<Json> => {
      const { deployments } = (await answer(`usage/forecast?deployment_id=${site}`)).data;
      const usage = deployments[0].kinds.map(({ resource_kind, used_qty, forecast }: Json) => [
        resource_kind,
        forecast.so_far_qty ?? used_qty,
      ]);
      const body = { plan_code, deployment_id: site, starts_on: '2026-05-09' };
      return (await ok(ledger.api.post('quote', { ...body, projected_usage: Object.fromEntries(usage) })))
        .data;
    };
    const [now, then] = [await quoted('studio'), await quoted('pro')];
    const [recurring, rest, overage] = tableOf(start, 'What the plan costs').map((row) => row['Difference']);
    const signed = (cents: number): string => `${cents > 0 ? '+' : ''}${money(cents)}`;
    expect([recurring, rest, overage]).to.deep.equal([
      signed(then.recurring.total_cents - now.recurring.total_cents),
      signed(then.first_invoice.total_cents - now.first_invoice.total_cents),
      signed(then.overage.total_cents - now.overage.total_cents),
    ]);
    const done = await browser.submit(start, 'change-plan');
    expect(done.text).to.contain('It is on pro, version 1.');
    expect((await deployment()).subscription.plan_code).to.equal('pro');
  });

  it('attach and detach addons', async () => {
    const attached = await browser.submit(await open('plan'), 'attach-addon', {
      code: 'llm_1m_tokens',
      qty: '2',
    });
    expect(attached.text).to.contain('llm_1m_tokens is attached');
    expect(tableOf(attached, 'Addons').map((row) => row['Addon'])).to.include('llm_1m_tokens');
    const gone = await browser.submit(attached, 'detach-addon', {}, { 'p.code': 'llm_1m_tokens' });
    expect(gone.text).to.contain('Every pack of llm_1m_tokens is detached');
    expect((await deployment()).subscription.addons.map(({ code }: Json) => code)).to.deep.equal([
      'storage_50gb',
    ]);
  });

  it('charge once and take it back, with the amount as it was typed', async () => {
    const refused = await browser.submit(await open('charges'), 'add-charge', {
      description: 'Set-up',
      amount_cents: 'ten',
    });
    expect(refused.text).to.contain('expected an amount such as 78.23');
    const done = await browser.submit(refused, 'add-charge', { amount_cents: '125.50', day: '2026-05-10' });
    expect(tableOf(done, 'One-off charges')[0]).to.include({ Description: 'Set-up', Amount: '125.50' });
    const gone = await browser.submit(done, 'void-charge', { reason: 'a mistake' });
    expect(gone.text).to.contain('Set-up (125.50) is taken back');
    expect((await answer(`deployments/${site}/charges`)).data[0].void_reason).to.equal('a mistake');
  });

  it('report usage of a day, say why a report is rejected, and take a report back', async () => {
    const records = `/console/deployments/${site}/usage?period=2026-05`;
    expect((await open('usage')).html).to.contain(`href="${records}"`);
    const report = {
      resource_kind: 'bandwidth_gb',
      qty: '12.5',
      day: '2026-05-02',
      external_id: 'ticket/7',
    };
    const empty = await browser.submit(await browser.get(records), 'report-usage', report, {});
    expect(tableOf(empty, 'Usage records').at(-1)).to.include({ Kind: 'Bandwidth GB', Quantity: '12.5' });
    const again = await browser.submit(await browser.get(records), 'report-usage', report);
    expect(again.text).to.contain('known already: it counts once');
    for (const [fields, why] of [
      [{ qty: '13' }, 'names a report with other content already'],
      [{ resource_kind: 'droplet_hours', external_id: 'ticket/8' }, 'is metered by the sweep'],
      [{ day: '2030-01-01', external_id: 'ticket/8' }, 'has not begun'],
      [{ qty: 'much', external_id: 'ticket/8' }, 'Quantity'],
    ] as const) {
      const refused = await browser.submit(await browser.get(records), 'report-usage', {
        ...report,
        ...fields,
      });
      expect(refused.text).to.contain(why);
      expect(formsOf(refused, 'report-usage').map(fieldsOfForm)[0]).to.include({ ...report, ...fields });
    }
    const filtered = await browser.get(`${records}&resource_kind=bandwidth_gb`);
    const gone = await browser.submit(filtered, 'void-usage', { reason: 'counted twice' });
    expect(gone.text).to.contain('12.5 of Bandwidth GB on 2026-05-02 counts no more');
    expect(gone.text).to.contain('There is no record of Bandwidth GB in May 2026');
  });

  it('take a request of the LLM gateway back from its event, once', async () => {
    const charge = {
      gateway_request_id: 'req/1',
      deployment_id: site,
      model: 'm',
      input_tokens: 1,
      output_tokens: 1,
      charge_cents: '40.5',
      occurred_at: '2026-05-03T10:00:00Z',
    };
    await ok(ledger.api.post('integrations/llm-usage', charge));
    await ledger.settled();
    const { data } = await answer('events?type=LlmUsageRecorded');
    const page = await browser.get(`/console/journal/${data[0].position}`);
    const done = await browser.submit(page, 'void-llm-usage', { reason: 'a mistake' });
    expect(done.text).to.contain('The charge of the request to m (0.405) counts no more.');
    expect(formsOf(done, 'void-llm-usage')).to.deep.equal([]);
  });

  it('show usage, resources, events, and change the settings', async () => {
    expect(tableOf(await open('usage'), 'Usage against')[0]).to.have.property('Used');
    expect((await open('resources')).text).to.contain('No resource is tied to it');
    expect(tableOf(await open('events'), 'Events').at(-1)?.['Event']).to.equal('DeploymentCreated');
    await browser.submit(await open(), 'update-deployment', {
      display_name: 'Shop',
      billing_action_suspended: 'on',
    });
    expect(await deployment()).to.include({ display_name: 'Shop', billing_action_suspended: true });
  });
});

import { expect } from 'chai';
import { capitalised } from '../../src/console/parts/words.ts';
import { formsOf, operatorAt, tableOf, tenantAt, type Browser } from '../support/console/browse.ts';
import { ok, type Json } from '../support/http/api.ts';
import { meterMonth, rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { money } from '../../src/pricing/amount-text.ts';
import { until } from '../support/runtime/until.ts';

const paths = [
  '/console/jobs',
  '/console/jobs/runs',
  '/console/projections',
  '/console/verifications',
  '/console/catalog',
  '/console/catalog?part=addons',
  '/console/catalog?part=templates',
  '/console/catalog?part=prices',
  '/console/catalog?part=metering',
  '/console/catalog/plans/studio',
  '/console/what-if',
];

describe('the console: jobs, projections, catalog and what-if', () => {
  let ledger: TestLedger;
  let browser: Browser;
  before(async () => {
    ledger = await seededLedger({ digitalOcean: {} });
    const site = await subscribed(ledger, 'acme', 'site', { addons: ['storage_50gb'] });
    await meterMonth(ledger, 'acme', site, '2026-04-01', [
      { resource_id: 'droplet-0', resource_kind: 'droplet_hours', qty: '72' },
    ]);
    await subscribed(ledger, 'globex', 'shop', { plan_code: 'starter' });
    await ledger.settled();
    await rollup(ledger);
    browser = await operatorAt(ledger.url);
  });
  after(() => ledger.close());

  it('are pages of the operator alone', async () => {
    const tenant = await tenantAt(ledger.url, 'acme');
    for (const path of paths) {
      expect((await browser.get(path)).status, path).to.equal(200);
      expect((await tenant.get(path)).status, path).to.be.oneOf([403, 404]);
    }
    for (const path of ['/console/jobs/runs/x', '/console/verifications/x', '/console/what-if/x'])
      expect((await browser.get(path)).status, path).to.equal(404);
    expect((await browser.get('/console/catalog/plans/x')).status).to.equal(404);
    expect((await browser.get('/console/jobs?colour=red')).status).to.equal(422);
  });

  it('run a job with what its schema asks for, and show its result', async () => {
    const page = await browser.get('/console/jobs?job=metering.day');
    const refused = await browser.submit(page, 'run-metering.day', { day: '' });
    expect(refused.status).to.equal(422);
    expect(refused.text).to.contain('day');
    const started = await browser.submit(page, 'run-metering.day', { day: '2026-04-01' });
    expect(started.url).to.match(/^\/console\/jobs\/runs\//);
    await ledger.jobs.drain();
    const run = await browser.get(started.url);
    expect(run.text).to.contain('completed').and.to.contain('day 2026-04-01');
    const { data } = await ok(ledger.api.get(`jobs/runs/${started.url.split('/').at(-1) ?? ''}`));
    for (const [name, value] of Object.entries(data.result))
      expect(run.text).to.contain(`${capitalised(name.replaceAll('_', ' '))} ${String(value)}`);
    const rows = tableOf(await browser.get('/console/jobs/runs?job=metering.day'), 'Runs');
    expect(rows).to.have.length(1);
  });

  it('name a dead run with its error, and run it again', async () => {
    await ledger.sql`insert into job_runs (id, job, input, actor, status, error, started_at, finished_at,
        lease_until, trigger, attempt, attempts, dead)
      values ('dead-1', 'billing.balance', '{}', 'job:billing.balance', 'failed', 'the provider said no',
        '2026-05-09T10:07:00Z', '2026-05-09T10:22:00Z', now(), 'schedule', 5, 5, true)`;
    const page = await browser.get('/console/jobs');
    const [dead] = tableOf(page, 'Runs that the schedule has given up');
    expect(dead).to.include({ Job: 'billing.balance', Attempts: '5', Error: 'the provider said no' });
    const started = await browser.submit(page, 'run-billing.balance');
    await ledger.jobs.drain();
    expect((await browser.get(started.url)).text).to.contain('completed');
    expect((await browser.get('/console/jobs')).text).not.to.contain('the provider said no');
  });

  it('show how far read models are, rebuild one and verify the ledger', async () => {
    const page = await browser.get('/console/projections?projection=catalog');
    const { data } = await ok(ledger.api.get('projections'));
    const rows = tableOf(page, 'Read models');
    expect(rows.map((row) => row['Read model'])).to.deep.equal(data.map(({ name }: Json) => name));
    const after = await browser.submit(page, 'rebuild-projection', {}, { 'p.name': 'catalog' });
    expect(after.text).to.contain('catalog is being rebuilt');
    await until('the end of the rebuild', async () =>
      (await browser.get('/console/projections')).text.includes('completed'),
    );
    const started = await browser.submit(
      await browser.get('/console/projections'),
      'verify',
      {},
      {
        projection: '',
      },
    );
    expect(started.url).to.match(/^\/console\/verifications\//);
    const ended = await until(
      'the end of the verification',
      () => browser.get(started.url),
      ({ text }) => !text.includes('running'),
    );
    expect(ended.text).to.contain('The ledger is what its events say');
    expect(tableOf(ended, 'Read models that were compared')).to.have.length(data.length);
  });

  it('draft a version, say what it would do, publish it, and show who is grandfathered', async () => {
    const page = await browser.get('/console/catalog/plans/studio');
    const drafted = await browser.submit(page, 'draft-version', { base_price_cents: '60.00' });
    expect(drafted.text).to.contain('Version 2 is a draft');
    const versions = tableOf(drafted, 'Versions of Studio');
    const base = versions.find(({ Term }) => Term === 'Base price a month');
    expect(base).to.deep.equal({
      Term: 'Base price a month',
      'Version 1': '50.00',
      'Version 2': '60.00 was 50.00',
    });
    expect(drafted.text).to.contain('stay on it, at 50.00 a month');
    const published = await browser.submit(drafted, 'publish-version');
    expect(published.text).to.contain('Version 2 of studio is on sale');
    const [holder] = tableOf(published, 'Subscriptions to Studio');
    expect(holder).to.include({ Tenant: 'acme', Version: '1 grandfathered', 'Base a month': '50.00' });
    const { data } = await ok(ledger.api.get('catalog/plan-versions?plan_code=studio'));
    expect(data.map((row: Json) => row.monthly_base_cents)).to.deep.equal([5000, 0]);
  });

  it('show a refused draft again with what was typed', async () => {
    const page = await browser.get('/console/catalog/plans/studio');
    const refused = await browser.submit(page, 'draft-version', {
      base_price_cents: '61.00',
      'items.0.included_qty': 'many',
    });
    expect(refused.status).to.equal(422);
    const [form] = formsOf(refused, 'draft-version');
    expect(form?.querySelector('[name="items.0.included_qty"]')?.getAttribute('value')).to.equal('many');
    expect(form?.querySelector('[name="items.0.included_qty"]')?.getAttribute('aria-invalid')).to.equal(
      'true',
    );
  });

  it('say what is wrong with a what-if beside the row that says it', async () => {
    const page = await browser.get('/console/what-if');
    const refused = await browser.submit(page, 'ask-what-if', {
      month: '2026-04',
      'plans.0.code': 'studio',
      'plans.0.version': '9',
      'items.1.plan': 'studio',
      'items.1.resource_kind': 'gpu_hours',
      'items.1.overage_price_cents': '-1.00',
      'addons.0.code': 'storage_50gb',
      'addons.0.price_cents': '-1.00',
    });
    expect(refused.status).to.equal(422);
    expect(refused.text).not.to.contain('overrides.');
    for (const name of ['items.0.overage_price_cents', 'addons.0.price_cents'])
      expect(refused.root.querySelector(`[name="${name}"][aria-invalid]`), name).to.not.equal(null);
    const unknown = await browser.submit(page, 'ask-what-if', {
      month: '2026-04',
      'plans.0.code': 'studio',
      'plans.0.version': '9',
    });
    expect(unknown.status).to.equal(422);
    expect(unknown.root.querySelector('[name="plans.0.version"][aria-invalid]')).to.not.equal(null);
    expect(unknown.text).to.contain('Plans, row 1: Of version');
  });

  it('compute what a price would do, month by month, down to the bill', async () => {
    const page = await browser.get('/console/what-if?plan=studio&terms_of_version=2');
    const started = await browser.submit(page, 'ask-what-if', { month: '2026-03', to: '2026-04' });
    expect(started.url).to.match(/^\/console\/what-if\//);
    const id = started.url.split('/').at(-1) ?? '';
    const answer: Json = await until(
      'the what-if',
      async () => (await ok(ledger.api.get(`what-if/${id}`))).data,
      ({ status }: Json) => status !== 'running',
    );
    const result = await browser.get(started.url);
    expect(result.text).to.contain('studio: terms of version 2');
    expect(result.root.querySelector(`[data-copy="${id}"]`)).to.not.equal(null);
    expect(result.root.querySelector(`a[href="/console/journal/${answer.inputs_position}"]`)).to.not.equal(
      null,
    );
    expect(result.root.querySelector('a[href="/console/catalog/plans/studio"]')).to.not.equal(null);
    expect(tableOf(result, 'By month')[1]).to.include({
      Month: 'April 2026',
      'As it is': money(answer.periods[1].before.total_cents),
      'Under these terms': money(answer.periods[1].after.total_cents),
    });
    const bill = await browser.get(`${started.url}?period=2026-04-01&tenant=acme`);
    const lines = tableOf(bill, 'Bill of acme');
    const acme = answer.periods[1].tenants.find(({ tenant_id }: Json) => tenant_id === 'acme');
    expect(lines.map((line) => [line['As it is'], line['Under these terms']])).to.deep.equal(
      acme.lines.map((line: Json) => [money(line.before_cents), money(line.after_cents)]),
    );
    const [listed] = tableOf(await browser.get('/console/what-if'), 'What-ifs');
    expect(listed).to.include({ Months: 'March to April 2026', Difference: '+11.00' });
  });

  it('change what is on sale: addons, prices, templates and metering', async () => {
    const send = async (part: string, name: string, fields: Record<string, string>, which = {}) => {
      const page = await browser.get(`/console/catalog?part=${part}`);
      const after = await browser.submit(page, name, fields, which);
      expect(after.status, after.text).to.equal(200);
      return after;
    };
    const addon = { code: 'extra', name: 'Extra', resource_kind: 'dns_zones', qty: '5', price_cents: '3.50' };
    expect(tableOf(await send('addons', 'define-addon', addon), 'Addons')).to.deep.include({
      ...{ Addon: 'Extra', Code: 'extra', 'Adds to': 'DNS zones', 'A pack adds': '5', 'A month': '3.50' },
      History: 'Events',
    });
    const price = {
      resource_kind: 'gpu_hours',
      price_cents: '1.25',
      unit: 'hour',
      effective_from: '2026-05-01',
    };
    expect(tableOf(await send('prices', 'set-resource-price', price), 'Prices')).to.have.length(1);
    const template = {
      ...{ code: 'shop', version: '1', plan_code: 'studio', addons: 'storage_50gb', llm_mode: 'none' },
      ...{ 'specs.0.kind': 'droplet', 'specs.0.size_slug': 's-1vcpu-1gb', 'specs.0.count': '2' },
    };
    const [shop] = tableOf(await send('templates', 'define-template', template), 'Templates');
    expect(shop).to.include({ Template: 'shop', Wants: '2 × droplet, s-1vcpu-1gb' });
    const kind = { 'p.resource_kind': 'droplet_hours' };
    const metered = await send('metering', 'configure-metering', { granularity: 'hour' }, kind);
    expect(
      tableOf(metered, 'How each').find((row) => row['Billing kind'] === 'Droplet hours droplet_hours'),
    ).to.include({
      'One record for each': 'hour',
      'Days to keep': 'for ever',
    });
  });
});

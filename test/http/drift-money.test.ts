import { expect } from 'chai';
import { aDroplet, emptyAccount, invoiceCsv } from '../../simulators/digitalocean/index.ts';
import { commands } from '../../src/processes/commands.ts';
import { seedCatalog } from '../../src/processes/seed/seed-catalog.ts';
import { ok, problem, type Json } from '../support/http/api.ts';
import { tenantToken } from '../support/http/tokens.ts';
import { closeItems } from '../support/invoicing/close-items.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { completed } from '../support/processes/sync-run.ts';

const uuid = 'a3a1e3a0-0000-4000-8000-000000000002';
const period = '2026-05';
const names = ['web', 'free', 'odd'];

describe('what a finding costs', () => {
  let test: TestLedger;
  let deployment: string;
  const ids: Record<string, string> = {};
  const findings = async (query = ''): Promise<Record<string, Json>> => {
    await test.settled();
    const { data } = await ok(test.api.get(`drift${query}`));
    return Object.fromEntries(data.map((one: Json) => [`${one.name} ${one.field}`, one]));
  };
  const specOf = (name: string, spec: object) =>
    ok(test.api.post(`inventory/${ids[name]}/provisioned`, { spec }));

  before(async () => {
    const droplets = names.map((name) =>
      aDroplet({ name, size_slug: 's-1vcpu-2gb', created_at: '2026-03-01T00:00:00Z' }),
    );
    test = await startTestLedger({
      now: '2026-05-10T00:00:00.000Z',
      digitalOcean: { account: { ...emptyAccount(), droplets } },
    });
    await seedCatalog(test.ledger, () => test.meta());
    await completed(test, 'sync.droplets');
    await test.settled();
    for (const { name, id } of (await ok(test.api.get('inventory'))).data) ids[name] = id;
    await specOf('web', { size_slug: 's-1vcpu-1gb', status: 'off' });
    await specOf('free', { size_slug: 's-2vcpu-4gb' });
    await specOf('odd', { size_slug: 'c-999' });
    const body = { tenant_id: 'acme', slug: 'shop', display_name: 'Shop' };
    deployment = (await ok(test.api.post('deployments', body), 201)).data.id;
    const subscription = { plan_code: 'starter', starts_on: '2026-05-01' };
    await ok(test.api.post(`deployments/${deployment}/subscribe`, subscription), 201);
    const tie = { resource_id: ids['web'], effective_from: '2026-05-01' };
    await ok(test.api.post(`deployments/${deployment}/resources`, tie), 201);
  });
  after(() => test.close());

  it('is found though the sizes cannot be mirrored, without a price', async () => {
    const fault = test.digitalOcean.faults.inject({
      path: '/v2/sizes',
      effect: { kind: 'status', status: 403 },
    });
    expect(await completed(test, 'drift.detect')).to.deep.equal({ compared: 3, changed: 4, open: 4 });
    fault.remove();
    const { 'web size_slug': web } = await findings();
    expect(web).to.include({ monthly_delta_cents: null, currency: 'AUD', margin: null });
    expect((await closeItems(test)).drift).to.include({ count: 4, amount_cents: null });
  });

  it('has the difference of the list prices, once a sweep has mirrored the sizes', async () => {
    expect(await completed(test, 'drift.detect')).to.deep.equal({ compared: 3, changed: 0, open: 4 });
    const rows = await findings();
    expect(rows['web size_slug']).to.include({ monthly_delta_cents: 600, currency: 'AUD' });
    expect(rows['free size_slug']).to.include({ monthly_delta_cents: -1200, margin: null });
    expect(rows['odd size_slug']).to.include({ monthly_delta_cents: null, margin: null });
    expect(rows['web status']).to.include({ monthly_delta_cents: null, margin: null });
    expect((await closeItems(test)).drift).to.include({ count: 4, amount_cents: -600 });
  });

  it('is summed over the findings of its status, and shown one by one', async () => {
    const { summary, data } = await ok(test.api.get('drift?limit=1'));
    expect(data).to.have.length(1);
    expect(summary).to.deep.equal({
      findings: 4,
      priced: 2,
      monthly_delta_cents: -600,
      currency: 'AUD',
    });
    const accepted = (await ok(test.api.get('drift?status=accepted'))).summary;
    expect(accepted).to.include({ findings: 0, priced: 0, monthly_delta_cents: null });
    const { 'web size_slug': web } = await findings();
    expect((await ok(test.api.get(`drift/${web.id}`))).data).to.deep.equal(web);
    await problem(test.api.get('drift/unknown'), 404);
    await problem(test.api.get(`drift/${web.id}`, { token: tenantToken('acme') }), 403);
  });

  it('has no margin where the last full month has neither revenue nor costs', async () => {
    expect((await findings())['web size_slug'].margin).to.equal(null);
  });

  it('converts at the rate of today, and takes a price that changed from that day on', async () => {
    const rate = { from: 'USD', to: 'AUD', rate: '1.5', effective_from: '2026-05-01' };
    await ok(test.api.post('fx-rates', rate), 201);
    test.clock.set('2026-05-16T00:20:00.000Z');
    test.digitalOcean.changeSize('s-1vcpu-2gb', { price_monthly: 14 });
    await completed(test, 'sync.sizes');
    expect((await findings())['web size_slug'].monthly_delta_cents).to.equal(1200);
    expect((await closeItems(test)).drift.amount_cents).to.equal(1200 - 1500);
  });

  it('has the margin of the last full month at either size, at the prices of its last day', async () => {
    test.clock.set('2026-06-02T00:20:00.000Z');
    test.digitalOcean.changeSize('s-1vcpu-2gb', { price_monthly: 16 });
    await completed(test, 'sync.sizes');
    const row = {
      product: 'Droplets',
      description: 'web (s-1vcpu-2gb)',
      usd: '$13.00',
      start: '2026-05-01 00:00:00 +0000',
      end: '2026-06-01 00:00:00 +0000',
    };
    const tax = { product: 'Taxes', description: 'GST', usd: '$1.30' };
    test.digitalOcean.addInvoice({ uuid, period, csv: invoiceCsv([row, tax]) });
    await test.ledger.execute(
      commands.discoverProviderInvoice,
      { invoice_uuid: uuid, invoice_id: null, period: `${period}-01`, amount_cents: 1430 },
      test.meta(),
    );
    await ok(test.api.post(`billing/invoices/${uuid}/ingest`));
    const { 'web size_slug': web } = await findings();
    expect(web.monthly_delta_cents).to.equal(1500);
    expect(web.margin).to.deep.equal({
      period: '2026-05-01',
      deployment_id: deployment,
      revenue_cents: 0,
      actual: { cogs_cents: 2100, margin_cents: -2100, margin_pct: null },
      desired: { cogs_cents: 900, margin_cents: -900, margin_pct: null },
    });
    await ok(test.api.post('invoices/rollup', { period }));
    expect((await findings())['web size_slug'].margin).to.deep.include({
      revenue_cents: 2000,
      actual: { cogs_cents: 2100, margin_cents: -100, margin_pct: -5 },
      desired: { cogs_cents: 900, margin_cents: 1100, margin_pct: 55 },
    });
  });
});

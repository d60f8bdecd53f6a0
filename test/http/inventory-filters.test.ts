import { expect } from 'chai';
import { aDroplet, aVolume, emptyAccount, invoiceCsv } from '../../simulators/digitalocean/index.ts';
import { commands } from '../../src/processes/commands.ts';
import { ok, problem, type Json } from '../support/http/api.ts';
import { tenantToken } from '../support/http/tokens.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { completed } from '../support/processes/sync-run.ts';

const uuid = 'a3a1e3a0-0000-4000-8000-000000000004';
const acme = { token: tenantToken('acme') };

describe('filters and costs of the inventory', () => {
  let test: TestLedger;
  const ids: Record<string, string> = {};
  const list = (query = '', request = {}): Promise<Json> => ok(test.api.get(`inventory${query}`, request));
  const names = async (query: string, request = {}): Promise<string[]> =>
    (await list(query, request)).data.map((row: Json) => row.name).sort();

  before(async () => {
    const [created_at, size_slug] = ['2026-03-01T00:00:00Z', 's-1vcpu-2gb'];
    const droplets = [
      aDroplet({ name: 'Shop-Web', size_slug, region: 'syd1', created_at }),
      aDroplet({ name: 'blog', size_slug: 's-1vcpu-1gb', region: 'fra1', created_at }),
      aDroplet({ name: 'odd', size_slug: 'c-999', region: 'fra1', created_at }),
    ];
    const volumes = [aVolume({ name: 'shop-data' })];
    test = await startTestLedger({
      now: '2026-05-10T00:00:00.000Z',
      digitalOcean: { account: { ...emptyAccount(), droplets, volumes } },
    });
    for (const job of ['sync.sizes', 'sync.droplets', 'sync.volumes']) await completed(test, job);
    await test.settled();
    for (const { name, id } of (await list()).data) ids[name] = id;
    await ok(test.api.post(`inventory/${ids['blog']}/assign`, { tenant_id: 'globex' }));
    const body = { tenant_id: 'acme', slug: 'shop', display_name: 'Shop' };
    const { id } = (await ok(test.api.post('deployments', body), 201)).data;
    const tie = { resource_id: ids['Shop-Web'], effective_from: '2026-05-01' };
    await ok(test.api.post(`deployments/${id}/resources`, tie), 201);
    await test.settled();
  });
  after(() => test.close());

  it('filters by region, tie, owner and a part of the name or id', async () => {
    expect(await names('?region=fra1')).to.deep.equal(['blog', 'odd']);
    expect(await names('?tied=true')).to.deep.equal(['Shop-Web']);
    expect(await names('?tied=false&kind=droplet')).to.deep.equal(['blog', 'odd']);
    expect(await names('?tenant_id=acme')).to.deep.equal(['Shop-Web']);
    expect(await names('?tenant_id=globex')).to.deep.equal(['blog']);
    expect(await names('?q=SHOP')).to.deep.equal(['Shop-Web', 'shop-data']);
    const [{ provider_id }] = (await list('?q=odd')).data;
    expect(await names(`?q=${provider_id}`)).to.deep.equal(['odd']);
    expect(await names(`?q=${ids['odd']}`)).to.deep.equal(['odd']);
    expect(await names('?q=%25')).to.deep.equal([]);
    expect(await names('?q=shop&region=syd1&tied=true')).to.deep.equal(['Shop-Web']);
    await problem(test.api.get('inventory?tied=maybe'), 422, 'tied');
  });

  it('counts all that a filter finds, whatever the page, and names what there is', async () => {
    const page = await list('?limit=1');
    expect(page.data).to.have.length(1);
    expect(page.summary).to.deep.equal({
      resources: 4,
      untied: 3,
      stale: 0,
      kinds: ['droplet', 'volume'],
      regions: ['fra1', 'syd1'],
      statuses: ['active'],
    });
    const narrowed = (await list('?kind=droplet&tied=false')).summary;
    expect(narrowed).to.include({ resources: 2, untied: 2, stale: 0 });
    expect(narrowed.kinds).to.deep.equal(['droplet', 'volume']);
  });

  it('shows a tenant its own alone, without costs, and refuses the filter by another tenant', async () => {
    const { data, summary } = await list('', acme);
    expect(data.map((row: Json) => [row.name, row.cost])).to.deep.equal([['Shop-Web', null]]);
    expect(summary).to.deep.include({ resources: 1, kinds: ['droplet'], regions: ['syd1'] });
    expect(await names('?tenant_id=acme', acme)).to.deep.equal(['Shop-Web']);
    await problem(test.api.get('inventory?tenant_id=globex', acme), 403);
    expect((await ok(test.api.get(`inventory/${ids['Shop-Web']}`, acme))).data.cost).to.equal(null);
  });

  it('has the list price of a size, and what the last ingested month was billed', async () => {
    const costOf = async (name: string): Promise<Json> =>
      (await list(`?q=${name}`)).data.find((row: Json) => row.name === name).cost;
    const none = { currency: 'USD', list_monthly_cents: null, billed_cents: null, billed_period: null };
    expect(await costOf('Shop-Web')).to.deep.equal({ ...none, list_monthly_cents: 1200 });
    expect(await costOf('odd')).to.deep.equal(none);
    expect(await costOf('shop-data')).to.deep.equal(none);
    const row = {
      product: 'Droplets',
      description: 'Shop-Web (s-1vcpu-2gb)',
      usd: '$11.00',
      start: '2026-04-01 00:00:00 +0000',
      end: '2026-05-01 00:00:00 +0000',
    };
    const rows = [row, { ...row, usd: '$1.50' }, { product: 'Taxes', description: 'GST', usd: '$1.25' }];
    test.digitalOcean.addInvoice({ uuid, period: '2026-04', csv: invoiceCsv(rows) });
    await test.ledger.execute(
      commands.discoverProviderInvoice,
      { invoice_uuid: uuid, invoice_id: null, period: '2026-04-01', amount_cents: 1375 },
      test.meta(),
    );
    await ok(test.api.post(`billing/invoices/${uuid}/ingest`));
    await test.settled();
    const billed = { billed_cents: 1250, billed_period: '2026-04-01' };
    expect(await costOf('Shop-Web')).to.deep.equal({ ...none, list_monthly_cents: 1200, ...billed });
    expect(await costOf('blog')).to.include({ billed_cents: null, billed_period: '2026-04-01' });
    const path = `inventory/${ids['Shop-Web']}`;
    expect((await ok(test.api.get(path))).data.cost).to.include(billed);
    const later = '2026-05-12T00:00:00.000Z';
    test.clock.set(later);
    expect((await ok(test.api.get(`${path}?as_of=2026-05-11`))).data.cost).to.equal(null);
  });
});

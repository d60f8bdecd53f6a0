import { expect } from 'chai';
import { ok, problem } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import { rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import { tenantToken } from '../support/http/tokens.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { syncAll } from '../support/processes/sync-run.ts';

const april = '66c69033-e9fe-51ae-af94-4fa3f5205f25';
const sumOf = (rows: Json[], member: string): number =>
  rows.reduce((sum: number, row: Json) => sum + row[member], 0);

describe('what would change a margin, and what it is made of, over HTTP', () => {
  let ledger: TestLedger;
  let site: string;
  let droplet: Json;
  const data = async (path: string): Promise<Json> => (await ok(ledger.api.get(path))).data;
  const margin = (): Promise<Json> => data('dashboard/margin?period=2026-04');
  const linesOf = (query: string): Promise<Json> =>
    ok(ledger.api.get(`dashboard/margin/lines?period=2026-04&limit=100${query}`));
  const own = (rows: Json[], tenant: string): Json => {
    const { tenant_id: _tenant, ...figures } = rows.find((one) => one.tenant_id === tenant);
    return figures;
  };

  before(async () => {
    ledger = await seededLedger({ digitalOcean: {} });
    await syncAll(ledger);
    site = await subscribed(ledger, 'acme', 'site');
    await subscribed(ledger, 'acme', 'shop');
    await subscribed(ledger, 'bistro', 'site');
    [droplet] = await data('inventory?kind=droplet');
    const tie = { resource_id: droplet.id, effective_from: '2026-04-01' };
    await ok(ledger.api.post(`deployments/${site}/resources`, tie), 201);
    await rollup(ledger, { period: '2026-04' });
    await ok(ledger.api.post(`billing/invoices/${april}/ingest`));
    await ledger.settled();
  });
  after(() => ledger.close());

  it('has the lines of a tenant and a deployment, which come to their margin', async () => {
    const { tenants, deployments, overall } = await margin();
    const acme = await linesOf('&tenant_id=acme');
    expect(acme.figures).to.deep.equal(own(tenants, 'acme'));
    expect(sumOf(acme.data, 'cost_cents')).to.equal(acme.figures.direct_cents);
    expect(acme.summary).to.deep.equal({
      lines: acme.data.length,
      cost_cents: acme.figures.direct_cents,
    });
    expect(sumOf(acme.revenue, 'amount_cents')).to.equal(acme.figures.revenue_cents);
    const one = await linesOf(`&tenant_id=acme&deployment_id=${site}`);
    const of = deployments.find(({ deployment_id }: Json) => deployment_id === site);
    expect(sumOf(one.data, 'cost_cents')).to.equal(of.direct_cents);
    expect(sumOf(one.revenue, 'amount_cents')).to.equal(of.revenue_cents);
    expect(one.data[0]).to.include({ borne_by: 'tenant', deployment_id: site, resource_id: droplet.id });
    expect(one.data[0].resource.name).to.equal(droplet.name);
    const rest = await linesOf('&borne_by=unattributed');
    expect(rest.summary.cost_cents).to.equal(overall.unattributed_cents);
    expect(rest).to.deep.include({ figures: null, revenue: [] });
    const internal = await linesOf('&tenant_id=skyai-internal&without_deployment=true');
    expect(internal.summary.cost_cents).to.equal(own(tenants, 'skyai-internal').direct_cents);
    expect((await linesOf('')).summary).to.deep.equal({ lines: 33, cost_cents: 8692 });
  });

  it('pages through the lines', async () => {
    const all = (await linesOf('')).data;
    const first = await ok(ledger.api.get('dashboard/margin/lines?period=2026-04&limit=20'));
    const second = await ok(
      ledger.api.get(`dashboard/margin/lines?period=2026-04&limit=20&cursor=${first.next_cursor}`),
    );
    expect([...first.data, ...second.data]).to.deep.equal(all);
    expect(second.next_cursor).to.equal(null);
    expect(second.summary).to.deep.equal(first.summary);
  });

  it('says before a link what it does', async () => {
    const [line] = await data('billing/cost-lines?period=2026-04&matched=false&kind=droplet');
    const path = `billing/cost-lines/${line.id}/link`;
    const before = await margin();
    const would = await data(`${path}?target=${droplet.id}`);
    expect(would).to.deep.include({ line, resource_id: droplet.id, unmatched_reason: null });
    expect(would.margin.overall.before).to.deep.equal(before.overall);
    expect(would.margin.tenants.map((one: Json) => one.tenant_id)).to.deep.equal(['acme']);
    expect(await margin(), 'nothing is recorded').to.deep.equal(before);
    await ok(ledger.api.post(path, { resource_id: droplet.id, reason: 'rebuilt under another name' }));
    await ledger.settled();
    const after = await margin();
    expect(would.margin.overall.after).to.deep.equal(after.overall);
    expect(would.margin.tenants[0].after).to.deep.equal(own(after.tenants, 'acme'));
    expect(would.margin.tenants[0].before).to.deep.equal(own(before.tenants, 'acme'));
    expect(would.margin.deployments[0]).to.deep.include({ deployment_id: site });
    const back = await data(`${path}?target=matching`);
    expect(back).to.deep.include({ resource_id: null, unmatched_reason: line.unmatched_reason });
    expect(back.margin.overall.after).to.deep.equal(before.overall);
    const none = await data(`${path}?target=none`);
    expect(none).to.deep.include({ resource_id: null, unmatched_reason: 'by-hand' });
    await ok(ledger.api.delete(path));
    await ledger.settled();
    expect(await margin()).to.deep.equal(before);
  });

  it('refuses a link to what is unknown, and a line that does not exist', async () => {
    const path = `billing/cost-lines/${april}:1/link`;
    await problem(ledger.api.get(`${path}?target=unheard-of`), 422, 'target');
    await problem(ledger.api.get(path), 422, 'target');
    await problem(ledger.api.get(`billing/cost-lines/${april}:99/link?target=none`), 404);
    await problem(ledger.api.get(`billing/cost-lines/${april}:99/link?target=matching`), 404);
    await problem(ledger.api.get(`${path}?target=none`, { token: tenantToken('acme') }), 403);
  });

  it('says before a rule of shared cost is set what it spreads', async () => {
    const before = await margin();
    const would = await data('cost-sharing/preview?period=2026-04&rule=even&kinds=droplet,other');
    expect(would.overall.before).to.deep.equal(before.overall);
    expect(await margin(), 'nothing is recorded').to.deep.equal(before);
    await ok(
      ledger.api.put('cost-sharing', {
        rule: 'even',
        kinds: ['droplet', 'other'],
        effective_from: '2026-04-01',
      }),
    );
    await ledger.settled();
    const after = await margin();
    expect(after.overall.shared_cents).to.be.greaterThan(0);
    expect(would.overall.after).to.deep.equal(after.overall);
    for (const tenant of ['acme', 'bistro'])
      expect(would.tenants.find((one: Json) => one.tenant_id === tenant).after).to.deep.equal(
        own(after.tenants, tenant),
      );
    expect((await linesOf('&borne_by=shared')).summary.cost_cents).to.equal(after.overall.shared_cents);
    const none = await data('cost-sharing/preview?period=2026-04&rule=none');
    expect(none.overall.after).to.deep.equal(before.overall);
    await problem(ledger.api.get('cost-sharing/preview?rule=fair'), 422, 'rule');
    await problem(ledger.api.get('cost-sharing/preview?rule=even&kinds=cheese'), 422);
    await problem(ledger.api.get('cost-sharing/preview?rule=even', { token: tenantToken('acme') }), 403);
  });
});

import { expect } from 'chai';
import { tenantInvoices } from '../../projections/invoicing/tables.ts';
import { tieRoutes } from '../../src/http/routes/ties.ts';
import type { RemeterRequest } from '../../src/http/remeter.ts';
import type { Deps } from '../../src/http/deps.ts';
import { anonymous } from '../../src/http/caller.ts';
import { ok, problem } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import { startTestLedger } from '../support/ledger/test-ledger.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { tenantToken } from '../support/http/tokens.ts';
import { completed } from '../support/processes/sync-run.ts';

describe('ties over HTTP', () => {
  let ledger: TestLedger;
  let droplets: Json[];
  let shop: string;
  let blog: string;
  const today = () => ledger.clock.now().slice(0, 10);
  beforeEach(async () => {
    ledger = await startTestLedger({ digitalOcean: {}, now: '2026-05-09T15:05:00.000Z' });
    await completed(ledger, 'sync.droplets');
    await ledger.settled();
    droplets = (await ok(ledger.api.get('inventory?kind=droplet'))).data;
    shop = (
      await ok(ledger.api.post('deployments', { slug: 'shop', display_name: 'Shop', tenant_id: 'acme' }), 201)
    ).data.id;
    blog = (
      await ok(
        ledger.api.post('deployments', { slug: 'blog', display_name: 'Blog', tenant_id: 'other' }),
        201,
      )
    ).data.id;
  });
  afterEach(async () => {
    await ledger.close();
  });

  const tie = (deployment: string, effective_from?: string, resource = 0) =>
    ledger.api.post(`deployments/${deployment}/resources`, {
      resource_id: droplets[resource].id,
      ...(effective_from === undefined ? {} : { effective_from }),
    });
  const untie = (deployment: string, query = '') =>
    ledger.api.delete(`deployments/${deployment}/resources/${droplets[0].id}${query}`);
  const row = async () => (await ok(ledger.api.get(`inventory/${droplets[0].id}`))).data;

  it('tie from today on: the tenant of the deployment owns the resource', async () => {
    const { data } = await ok(tie(shop), 201);
    expect(data).to.deep.equal({
      resource_id: droplets[0].id,
      deployment_id: shop,
      tenant_id: 'acme',
      effective_from: today(),
      effective_to: null,
    });
    expect(await row()).to.include({ deployment_id: shop, tenant_id: 'skyai-internal' });
    const acme = { token: tenantToken('acme') };
    const own = (await ok(ledger.api.get(`inventory?deployment_id=${shop}`, acme))).data;
    expect(own.map((one: Json) => [one.id, one.tenant_id])).to.deep.equal([[droplets[0].id, 'acme']]);
    const { data: seen } = await ok(ledger.api.get(`inventory/${droplets[0].id}`, acme));
    expect(seen.events.map((event: Json) => event.type)).to.deep.equal(['ResourceTied']);
    expect((await ok(ledger.api.get('inventory', { token: tenantToken('other') }))).data).to.deep.equal([]);
  });

  it('name the deployment that a day belongs to', async () => {
    await ok(tie(shop), 201);
    expect(await problem(tie(blog), 409)).to.include({
      deployment_id: shop,
      type: 'urn:arcadia-cloud:problem:already-tied',
    });
    await ok(untie(shop));
    expect((await row()).deployment_id).to.equal(null);
    await ok(tie(blog), 201);
    await problem(ledger.api.get(`inventory/${droplets[0].id}`, { token: tenantToken('acme') }), 404);
    await problem(untie(shop, '?effective_to=2026-05-10'), 404);
  });

  it('have one winner when two deployments ask at once', async () => {
    const seenBefore = new Set(
      (await ledger.ledger.events(`resource-${droplets[0].id}`)).map((event) => event.id),
    );
    const answers = await Promise.all([
      tie(shop),
      tie(blog),
      tie(shop, '2026-05-01'),
      tie(blog, '2026-05-01'),
    ]);
    const [ofShop, ofBlog] = [
      [answers[0], answers[2]],
      [answers[1], answers[3]],
    ].map((own) => own.map((answer) => answer?.status));
    // Another request of the winner may ask for the same tie: that makes no second one.
    expect(
      [...(ofShop ?? []), ...(ofBlog ?? [])].every((status) => status === 201 || status === 409),
    ).to.equal(true);
    expect([ofShop?.includes(201), ofBlog?.includes(201)].filter(Boolean)).to.have.length(1);
    const events = (await ledger.ledger.events(`resource-${droplets[0].id}`)).filter(
      (event) => event.type === 'ResourceTied',
    );
    expect(events.filter((event) => !seenBefore.has(event.id))).to.have.length(1);
  });

  it('refuse unknown resources, malformed input and closed deployments', async () => {
    await problem(
      ledger.api.post(`deployments/${shop}/resources`, { resource_id: 'unknown' }),
      422,
      'resource_id',
    );
    await problem(tie('unknown'), 404);
    await problem(untie('unknown'), 404);
    await problem(untie(shop), 404);
    await problem(tie(shop, '2026-02-30'), 422, 'effective_from');
    await problem(tie(shop, '2026-05-10'), 422, 'effective_from');
    await problem(
      ledger.api.post(`deployments/${shop}/resources`, { resource_id: droplets[0].id, until: '2026-06-01' }),
      422,
      'until',
    );
    await problem(
      ledger.api.post(
        `deployments/${shop}/resources`,
        { resource_id: droplets[0].id },
        { token: tenantToken('acme') },
      ),
      403,
    );
    await ok(ledger.api.post(`deployments/${shop}/transition`, { to: 'cancelled', reason: 'done' }));
    await problem(tie(shop), 409);
  });

  it('reach back, but not into an invoiced period', async () => {
    await ledger.sql`insert into ${ledger.sql(tenantInvoices.ref)} ${ledger.sql({
      id: 'invoice-1',
      tenant_id: 'acme',
      period_start: '2026-04-01',
      period_end: '2026-04-30',
      currency: 'AUD',
      issue_no: 1,
      subtotal_cents: 0,
      tax_cents: 0,
      total_cents: 0,
      status: 'issued',
      tax_name: 'GST',
      tax_rate: '0.10',
      reviewed_position: 1,
      due_on: '2026-05-15',
      inputs_position: 1,
      lines_hash: 'x',
      unpriced: '[]',
    })}`;
    expect(await problem(tie(shop, '2026-04-30'), 409)).to.include({
      type: 'urn:arcadia-cloud:problem:period-invoiced',
      invoice_id: 'invoice-1',
    });
    await ok(tie(shop, '2026-05-01'), 201);
    await ok(tie(blog, '2026-04-01', 1), 201);
    await ledger.sql`update ${ledger.sql(tenantInvoices.ref)} set status = 'void'`;
    await ok(untie(shop, '?effective_to=2026-05-01'));
    await ok(tie(shop, '2026-04-01'), 201);
  });

  it('have the days since then metered again', async () => {
    const asked: RemeterRequest[] = [];
    const deps = {
      ledger: ledger.ledger,
      remeter: async (request: RemeterRequest) => {
        asked.push(request);
      },
    } as unknown as Deps;
    const call = (route: number, params: object, body: object, query: object) =>
      tieRoutes[route]?.handle(
        {
          params,
          body,
          query,
          caller: anonymous,
          meta: ledger.meta(),
          page: {
            limit: 1,
            after: () => null,
            of: () => ({ data: [], next_cursor: null }),
            cursorOf: () => '',
          },
          prefers: () => false,
        },
        deps,
      );
    await call(0, { id: shop }, { resource_id: droplets[0].id }, {});
    expect(asked).to.deep.equal([]);
    await call(0, { id: shop }, { resource_id: droplets[1].id, effective_from: '2026-04-20' }, {});
    await call(1, { id: shop, resource_id: droplets[1].id }, {}, { effective_to: '2026-05-02' });
    expect(asked).to.deep.equal([
      { deploymentIds: [shop], from: '2026-04-20', to: '2026-05-09' },
      { deploymentIds: [shop], from: '2026-05-02', to: '2026-05-09' },
    ]);
  });
});

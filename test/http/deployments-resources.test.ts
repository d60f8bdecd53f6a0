import { expect } from 'chai';
import { lastDay } from '../../src/pricing/calendar.ts';
import { resourceIdOf } from '../../src/ledger/resource-id.ts';
import { tenantInvoices } from '../../projections/invoicing/tables.ts';
import { commands } from '../../src/processes/commands.ts';
import { seedCatalog } from '../../src/processes/seed/seed-catalog.ts';
import { ok, problem } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { tenantToken } from '../support/http/tokens.ts';

describe('a deployment, its resources and its invoices', () => {
  let test: TestLedger;
  const acme = { token: tenantToken('acme') };
  const deploy = async (slug: string) =>
    (await ok(test.api.post('deployments', { slug, display_name: slug }, acme), 201)).data.id as string;
  before(async () => {
    test = await startTestLedger({ now: '2026-05-09T15:05:00.000Z' });
    await seedCatalog(test.ledger, () => test.meta());
    await test.settled();
  });
  after(() => test.close());

  it('shows the resources that it holds: today, on a day, and by what was known', async () => {
    const id = await deploy('holder');
    const sweep = {
      sweep_id: 's1',
      started_at: '2026-05-09T15:00:00.000Z',
      ended_at: '2026-05-09T15:01:00.000Z',
    };
    await test.ledger.execute(
      commands.observeResource,
      {
        kind: 'droplet',
        provider_id: '42',
        name: 'web-1',
        region: 'syd1',
        size_slug: 's-1vcpu-1gb',
        status: 'active',
        created_at: '2026-01-01T00:00:00.000Z',
        attrs: {},
        placeholder: false,
        sweep,
      },
      test.meta(),
    );
    const resource_id = resourceIdOf('droplet', '42');
    await ok(
      test.api.post(`deployments/${id}/resources`, { resource_id, effective_from: '2026-05-02' }),
      201,
    );
    const held = async (query = '') =>
      (await ok(test.api.get(`deployments/${id}${query}`, acme))).data.resources;
    expect(await held()).to.deep.equal([
      {
        id: resource_id,
        kind: 'droplet',
        provider_id: '42',
        name: 'web-1',
        region: 'syd1',
        size_slug: 's-1vcpu-1gb',
        status: 'active',
        effective_from: '2026-05-02',
        effective_to: null,
      },
    ]);
    test.clock.set('2026-05-12T10:00:00.000Z');
    await ok(test.api.delete(`deployments/${id}/resources/${resource_id}`));
    expect(await held()).to.deep.equal([]);
    expect((await held('?as_of=2026-05-11'))[0]).to.include({ id: resource_id, effective_to: '2026-05-12' });
    expect(await held('?as_of=2026-05-12')).to.deep.equal([]);
    expect((await held('?as_of=2026-05-12&known_at=2026-05-11'))[0]).to.include({
      id: resource_id,
      effective_to: null,
    });
    expect(await held('?as_of=2026-05-11&known_at=2026-05-09T15:05:00Z')).to.have.length(1);
    await problem(test.api.get(`deployments/${id}?known_at=2026-05-09T15:04:59Z`, acme), 404);
  });

  it('refuses a subscription into an invoiced month, naming the invoice, unless it is void', async () => {
    const id = await deploy('late');
    const invoice = (month: string, status: string) => ({
      id: `invoice-${month}`,
      tenant_id: 'acme',
      period_start: `${month}-01`,
      period_end: lastDay(`${month}-01`),
      currency: 'AUD',
      issue_no: 1,
      subtotal_cents: 0,
      tax_cents: 0,
      total_cents: 0,
      status,
      tax_name: 'GST',
      tax_rate: '0.10',
      inputs_position: 1,
      reviewed_position: 1,
      due_on: '2026-04-15',
      lines_hash: 'x',
      unpriced: test.sql.json([]),
    });
    for (const row of [invoice('2026-02', 'void'), invoice('2026-03', 'issued')])
      await test.sql`insert into ${test.sql(tenantInvoices.ref)} ${test.sql(row)}`;
    const subscribe = (starts_on: string) =>
      test.api.post(`deployments/${id}/subscribe`, { plan_code: 'studio', starts_on });
    for (const day of ['2026-03-31', '2026-02-01']) {
      const refusal: Json = await problem(subscribe(day), 409);
      expect(refusal).to.include({ invoice_id: 'invoice-2026-03', period: '2026-03-01' });
      expect(refusal.type).to.contain('period-invoiced');
    }
    await ok(subscribe('2026-04-01'), 201);
  });
});

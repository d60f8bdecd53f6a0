import { expect } from 'chai';
import { loadInvoicingInputs } from '../../src/invoicing/load-invoicing-inputs.ts';
import type { InvoicingScope } from '../../src/invoicing/load-invoicing-inputs.ts';
import { charge, meter, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import { ok } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

const tax = { name: 'GST', rate: '0.10' };

describe('the inputs of a month', () => {
  let ledger: TestLedger;
  const load = (scope: Partial<InvoicingScope> = {}) =>
    ledger.ledger.readLatest((db) =>
      loadInvoicingInputs(db, { period: '2026-04-01', currency: 'AUD', seedTax: tax, ...scope }),
    );
  before(async () => {
    ledger = await seededLedger();
  });
  after(() => ledger.close());

  it('are empty for an empty ledger', async () => {
    expect(await load()).to.deep.equal([]);
  });

  it('are listed by tenant and deployment: facts, usage by kind, charges, prices', async () => {
    const site = await subscribed(ledger, 'acme', 'site', { addons: ['storage_50gb'] });
    await subscribed(ledger, 'globex', 'shop', { starts_on: '2026-05-01' });
    const { data: bot } = await ok(
      ledger.api.post('deployments', { tenant_id: 'acme', slug: 'bot', display_name: 'Bot' }),
      201,
    );
    await meter(ledger, 'acme', site, '2026-04-01', [
      { resource_id: 'a', resource_kind: 'droplet_hours', qty: '24' },
      { resource_id: 'b', resource_kind: 'constructor', qty: '0.1' },
    ]);
    await meter(ledger, 'acme', site, '2026-04-30', [
      { resource_id: 'a', resource_kind: 'droplet_hours', qty: '24' },
      { resource_id: 'b', resource_kind: 'constructor', qty: '0.2' },
    ]);
    await charge(ledger, 'acme', bot.id, 'one', '0.1', '2026-04-01T00:00:00.000Z');
    await charge(ledger, 'acme', bot.id, 'two', '0.2', '2026-04-30T23:59:59.999Z');
    await ok(
      ledger.api.post('catalog/resource-prices', {
        resource_kind: 'constructor',
        unit: 'gb',
        price_cents: 3,
        effective_from: '2026-04-30',
      }),
      201,
    );
    await ok(
      ledger.api.post('catalog/resource-prices', {
        resource_kind: 'constructor',
        unit: 'gb',
        price_cents: 9,
        effective_from: '2026-05-01',
      }),
      201,
    );
    const [inputs, ...others] = await load();
    expect(others, 'a subscription that starts later is no input').to.deep.equal([]);
    expect(inputs).to.deep.include({ tenant_id: 'acme', period: '2026-04-01', currency: 'AUD', tax });
    expect(inputs?.resource_prices).to.deep.equal([
      { resource_kind: 'constructor', unit: 'gb', price_cents: 3, effective_from: '2026-04-30' },
    ]);
    const byId = new Map(inputs?.deployments.map((deployment) => [deployment.deployment_id, deployment]));
    expect([...byId.keys()]).to.have.members([site, bot.id]);
    const april = { from: '2026-04-01', to: '2026-04-30' };
    expect(byId.get(site)?.usage).to.deep.equal([
      { resource_kind: 'constructor', qty: '0.3', ...april },
      { resource_kind: 'droplet_hours', qty: '48', ...april },
    ]);
    expect(byId.get(site)?.facts.map(({ type }) => type)).to.deep.equal([
      'deployment_state',
      'started',
      'addon_attached',
    ]);
    expect(byId.get(site)?.llm_charges).to.deep.equal([]);
    expect(byId.get(bot.id)).to.deep.include({ facts: [], usage: [], llm_charges: ['0.3'] });
  });

  it('are those of one tenant when its id is given', async () => {
    await subscribed(ledger, 'third', 'site');
    expect((await load()).map(({ tenant_id }) => tenant_id)).to.deep.equal(['acme', 'third']);
    expect((await load({ tenantId: 'third' })).map(({ tenant_id }) => tenant_id)).to.deep.equal(['third']);
    expect(await load({ tenantId: 'unknown' })).to.deep.equal([]);
  });

  it('are those of a position, without what was recorded afterwards', async () => {
    const position = await ledger.eventCount();
    const before = await load();
    const [site] = before[0]?.deployments.filter(({ facts }) => facts.length > 0) ?? [];
    const id = site?.deployment_id ?? '';
    await meter(ledger, 'acme', id, '2026-04-01', [{ resource_kind: 'droplet_hours', qty: '1' }], 2);
    await meter(ledger, 'acme', id, '2026-04-02', [{ resource_kind: 'dns_zones', qty: '1' }]);
    await charge(ledger, 'acme', id, 'three', '5', '2026-04-30T00:00:00.000Z');
    await subscribed(ledger, 'fourth', 'site');
    await ok(
      ledger.api.post('catalog/resource-prices', {
        resource_kind: 'constructor',
        unit: 'gb',
        price_cents: 4,
        effective_from: '2026-04-30',
      }),
      201,
    );
    expect(await load({ atPosition: position })).to.deep.equal(before);
    const now = await load();
    expect(now).to.have.length(before.length + 1);
    expect(now[0]?.resource_prices).to.have.length(2);
    const known = now[0]?.deployments.find(({ deployment_id }) => deployment_id === id);
    expect(known?.usage.map(({ resource_kind, qty }) => [resource_kind, qty])).to.deep.equal([
      ['constructor', '0.2'],
      ['dns_zones', '1'],
      ['droplet_hours', '25'],
    ]);
    expect(known?.llm_charges).to.deep.equal(['5']);
  });
});

import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { aDroplet, emptyAccount, invoiceCsv } from '../../simulators/digitalocean/index.ts';
import { commands } from '../../src/processes/commands.ts';
import { ok, problem, type Json } from '../support/http/api.ts';
import { rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import { serviceToken, tenantToken } from '../support/http/tokens.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { customerBody, sellerBody } from '../support/parties/party-bodies.ts';
import { completed } from '../support/processes/sync-run.ts';

const uuid = 'a3a1e3a0-0000-4000-8000-000000000005';
const acme = { token: tenantToken('acme') };
const globex = { token: tenantToken('globex') };

describe('the search', () => {
  let test: TestLedger;
  let site: string;
  let number: string;
  let note: Json;
  let payment: Json;
  const search = async (q: string, request = {}, more = ''): Promise<Json> => {
    const path = `search?q=${encodeURIComponent(q)}${more}`;
    return (await ok(test.api.get(path, request))).data;
  };
  const found = async (q: string, request = {}): Promise<string[]> =>
    (await search(q, request)).results.map((hit: Json) => `${hit.kind} ${hit.title}`);

  before(async () => {
    const created_at = '2026-03-01T00:00:00Z';
    const droplets = ['web-1', 'web-10', 'web'].map((name) => aDroplet({ name, created_at }));
    test = await seededLedger({ digitalOcean: { account: { ...emptyAccount(), droplets } } });
    await ok(test.api.put('seller', sellerBody));
    await ok(test.api.put('customers/acme', customerBody));
    await ok(test.api.put('customers/globex', { ...customerBody, legal_name: 'Globex Pty Ltd' }));
    site = await subscribed(test, 'acme', 'site');
    await subscribed(test, 'globex', 'site');
    await completed(test, 'sync.droplets');
    await test.settled();
    const [droplet] = (await ok(test.api.get('inventory?q=web-10'))).data;
    await ok(test.api.post(`inventory/${droplet.id}/assign`, { tenant_id: 'acme' }));
    await rollup(test);
    const id = invoiceId('acme', '2026-04-01');
    const line = { description: 'Outage', amount_cents: 312 };
    note = (await ok(test.api.post(`invoices/${id}/credit`, { lines: [line], reason: 'an outage' }), 201))
      .data;
    const body = { tenant_id: 'acme', amount_cents: 123_456, received_on: '2026-05-09', method: 'transfer' };
    payment = (await ok(test.api.post('payments', { ...body, reference: 'Ref 0815' }), 201)).data;
    await test.settled();
    number = (await ok(test.api.get(`invoices/${id}`))).data.number;
    const row = { product: 'Droplets', description: 'web-10 (s-1vcpu-1gb)', usd: '$78.23' };
    test.digitalOcean.addInvoice({ uuid, period: '2026-04', csv: invoiceCsv([row]) });
    await test.ledger.execute(
      commands.discoverProviderInvoice,
      { invoice_uuid: uuid, invoice_id: '511', period: '2026-04-01', amount_cents: 7823 },
      test.meta(),
    );
    await ok(test.api.post(`billing/invoices/${uuid}/ingest`));
    await test.settled();
  });
  after(() => test.close());

  it('finds customers by tenant and by their names, also one without a profile', async () => {
    expect(await found('acme w')).to.deep.equal(['customer Acme Widgets Pty Ltd']);
    expect(await found('GLOBEX')).to.deep.equal(['customer Globex Pty Ltd']);
    const [hit] = (await search('globex')).results;
    expect(hit).to.deep.include({ id: 'globex', tenant_id: 'globex', detail: 'globex · Acme' });
    await subscribed(test, 'initech', 'intranet');
    await test.settled();
    expect(await found('initech')).to.deep.equal(['customer initech']);
  });

  it('finds deployments by name and by the beginning of their id', async () => {
    expect(await found('Intranet')).to.deep.equal(['deployment intranet']);
    const [hit] = (await search(site.slice(0, 8))).results;
    expect(hit).to.include({ kind: 'deployment', id: site, detail: 'acme · site · active' });
    expect(await found(site.slice(0, 5))).to.deep.equal([]);
  });

  it('finds invoices by number and by amount, before tax too', async () => {
    expect(await found(number)).to.deep.equal([`invoice ${number}`]);
    expect(await found(`${number}-R1`)).to.deep.equal([`invoice ${number}`]);
    const [hit] = (await search(number.toLowerCase())).results;
    expect(hit).to.deep.equal({
      kind: 'invoice',
      id: invoiceId('acme', '2026-04-01'),
      tenant_id: 'acme',
      title: number,
      detail: 'acme · 2026-04 · paid',
      amount_cents: 5_500,
      currency: 'AUD',
    });
    for (const amount of ['55.00', '55', '$55.00', '50.00'])
      expect(
        (await found(amount)).filter((one) => one.startsWith('invoice')),
        amount,
      ).to.have.length(2);
  });

  it('finds notes by number and amount of either sign', async () => {
    const title = `credit_note ${note.correction?.number ?? note.number}`;
    expect(await found('3.12')).to.deep.equal([title]);
    expect(await found('-3.12')).to.deep.equal([title]);
    expect(await found('−3.43')).to.deep.equal([title]);
  });

  it('finds payments by id, amount, and their whole reference', async () => {
    const title = 'payment Payment of 2026-05-09';
    expect(await found('1,234.56')).to.deep.equal([title]);
    expect(await found('1234.56')).to.deep.equal([title]);
    expect(await found(payment.id)).to.deep.equal([title]);
    expect(await found('Ref 0815')).to.deep.equal([title]);
    expect(await found('Ref 081')).to.deep.equal([]);
    expect(await found('Ref 0815', globex)).to.deep.equal([]);
  });

  it('finds resources, the one of that very name first, and plans', async () => {
    expect((await found('WEB')).slice(0, 3)).to.deep.equal([
      'resource web',
      'resource web-1',
      'resource web-10',
    ]);
    expect(await found('studi')).to.deep.equal(['plan Studio']);
  });

  it('finds what the provider billed by description and by amount', async () => {
    expect(await found('78.23')).to.deep.equal([
      'provider_invoice Provider invoice of 2026-04',
      'cost_line web-10 (s-1vcpu-1gb)',
    ]);
    expect(await found('(s-1vcpu')).to.deep.equal(['cost_line web-10 (s-1vcpu-1gb)']);
    const [, hit] = (await search('78.23')).results;
    expect(hit).to.include({ id: `${uuid}:1`, amount_cents: 7823, currency: 'USD' });
    expect(await found(uuid)).to.deep.equal(['provider_invoice Provider invoice of 2026-04']);
  });

  it('shows a tenant its own objects alone, and nothing of the provider', async () => {
    expect(await found('web', acme)).to.deep.equal(['resource web-10']);
    expect(await found('web', globex)).to.deep.equal([]);
    expect(await found('78.23', acme)).to.deep.equal([]);
    expect(await found('55.00', globex)).to.have.length(1);
    expect(await found(number, globex)).to.deep.equal([]);
    expect(await found('3.12', globex)).to.deep.equal([]);
    expect(await found('1234.56', globex)).to.deep.equal([]);
    expect(await found(site, globex)).to.deep.equal([]);
    expect(await found('acme', globex)).to.deep.equal(['customer Globex Pty Ltd']);
    expect(await found('widgets', globex)).to.deep.equal([]);
    for (const { tenant_id } of (await search('e', globex)).results)
      expect(tenant_id ?? 'globex').to.equal('globex');
  });

  it('is bounded for each kind, and says of what there is more', async () => {
    const { results, more } = await search('web', {}, '&limit=1');
    expect(results.map((hit: Json) => hit.title)).to.deep.equal(['web', 'web-10 (s-1vcpu-1gb)']);
    expect(more).to.deep.equal(['resource']);
    expect((await search('no such thing')).results).to.deep.equal([]);
    expect((await search('%')).results).to.deep.equal([]);
  });

  it('shows erased names as erased', async () => {
    await ok(test.api.post('customers/globex/erase', { confirm: 'globex' }));
    await test.settled();
    expect(await found('Globex Pty')).to.deep.equal([]);
    expect(await found('globex')).to.deep.equal(['customer erased']);
  });

  it('refuses what it can not search for, and callers without a scope', async () => {
    await problem(test.api.get('search'), 422, 'q');
    await problem(test.api.get('search?q=%20'), 422, 'q');
    await problem(test.api.get('search?q=a&limit=51'), 422, 'limit');
    await problem(test.api.get('search?q=a', { token: serviceToken() }), 403);
  });
});

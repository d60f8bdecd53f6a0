import { expect } from 'chai';
import {
  aDroplet,
  aProject,
  emptyAccount,
  invoiceCsv,
  type InvoiceCsvRow,
} from '../../simulators/digitalocean/index.ts';
import { commands } from '../../src/processes/commands.ts';
import { ok, type Json } from '../support/http/api.ts';
import { closeItems, standing } from '../support/invoicing/close-items.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';

const uuid = 'a3a1e3a0-0000-4000-8000-000000000001';
const period = '2026-04';
const project = aProject({ name: 'shop' });
const row = { product: 'Droplets', description: 'web (s)', usd: '$3.00' };

describe('the close list, what the provider bills and has', () => {
  let ledger: TestLedger;
  let idOf: (name: string) => string;
  const run = async (name: string, input: object = {}): Promise<Json> => {
    const { data } = await ok(ledger.api.post(`jobs/${name}/run`, input));
    expect(data.error).to.equal(null);
    return data.result;
  };
  const ingest = (rows: InvoiceCsvRow[]) => {
    ledger.digitalOcean.setInvoiceCsv(uuid, invoiceCsv(rows));
    return ok(ledger.api.post(`billing/invoices/${uuid}/ingest`));
  };

  before(async () => {
    const account = {
      ...emptyAccount(),
      droplets: [aDroplet({ name: 'web', created_at: '2026-03-01T00:00:00Z' })],
      projects: [project],
    };
    ledger = await startTestLedger({ digitalOcean: { account } });
    ledger.digitalOcean.assign('do:space:media', project.id);
    for (const name of ['sync.droplets', 'sync.projects']) await run(name);
    const { data } = await ok(ledger.api.get('inventory'));
    idOf = (name) => data.find((one: Json) => one.name === name).id;
  });
  after(() => ledger.close());

  it('waits for an invoice of the provider where one is configured or known', async () => {
    expect((await closeItems(ledger)).provider_invoice.status).to.equal('ok');
    expect((await closeItems(ledger, { hasProvider: true })).provider_invoice).to.include({
      status: 'blocks',
      count: 1,
      amount_cents: null,
    });
    await ledger.ledger.execute(
      commands.discoverProviderInvoice,
      { invoice_uuid: uuid, invoice_id: null, period: `${period}-01`, amount_cents: 450 },
      ledger.meta(),
    );
    expect((await closeItems(ledger, { period: '2026-05-01' })).provider_invoice.status).to.equal('blocks');
  });

  it('waits no more for a month that the provider passed over', async () => {
    const { provider_invoice } = await closeItems(ledger, { period: '2026-03-01', hasProvider: true });
    expect(provider_invoice).to.include({ status: 'ok', count: 0 });
    expect(provider_invoice.detail).to.equal(
      'The provider has billed later months, and nothing for 2026-03.',
    );
  });

  it('names an invoice that is not ingested, with its amount and the last error', async () => {
    const { provider_invoice: waiting } = await closeItems(ledger);
    expect(waiting).to.include({ status: 'blocks', count: 1, amount_cents: 450 });
    expect(waiting.detail).to.equal(`${uuid} is not ingested yet.`);
    const failure = { invoice_uuid: uuid, error: 'row 3: no amount' };
    await ledger.ledger.execute(commands.recordIngestionFailure, failure, ledger.meta());
    const { provider_invoice } = await closeItems(ledger);
    expect(provider_invoice.detail).to.equal(`${uuid} is not ingested: row 3: no amount.`);
  });

  it('counts cost lines without a resource, but for tax', async () => {
    const rows = [
      row,
      { ...row, description: 'gone (s)', usd: '$1.50' },
      { ...row, description: 'far (s)', usd: '-$0.20' },
      { product: 'Taxes', description: 'GST', usd: '$0.43' },
    ];
    ledger.digitalOcean.addInvoice({ uuid, period, csv: invoiceCsv(rows) });
    await ingest(rows);
    const items = await closeItems(ledger);
    expect(items.provider_invoice).to.include({ status: 'ok', count: 0, amount_cents: 0 });
    expect(items.unmatched).to.include({
      status: 'warns',
      count: 2,
      amount_cents: 130,
      link: '/api/v1/billing/cost-lines?period=2026-04&matched=false',
    });
    expect((await closeItems(ledger, { period: '2026-05-01' })).unmatched.status).to.equal('ok');
  });

  it('blocks by an invoice whose lines do not come to its amount', async () => {
    ledger.digitalOcean.setInvoiceSummary(uuid, { amount: '3.07' });
    await ingest([row]);
    const { provider_invoice, unmatched } = await closeItems(ledger);
    expect(provider_invoice).to.include({ status: 'blocks', count: 1, amount_cents: 7 });
    expect(provider_invoice.detail).to.contain('differs from the sum of its lines by 0.07 USD');
    expect(unmatched).to.include({ status: 'ok', count: 0, amount_cents: 0 });
    ledger.digitalOcean.setInvoiceSummary(uuid, { amount: '3.00' });
    await ingest([row]);
    const { provider_invoice: unseen } = await closeItems(ledger);
    expect(unseen).to.include({ status: 'warns', count: 1, amount_cents: 7 });
    expect(unseen.detail).to.equal(`${uuid}: issued anew by the provider, and ingested again.`);
    await ok(ledger.api.post(`billing/invoices/${uuid}/reissue-seen`));
    expect((await closeItems(ledger)).provider_invoice.status).to.equal('ok');
  });

  it('counts the days of ties, also without a subscription', async () => {
    const body = { tenant_id: 'acme', slug: 'shop', display_name: 'Shop' };
    const { data } = await ok(ledger.api.post('deployments', body), 201);
    const tie = (name: string, effective_from: string) =>
      ok(
        ledger.api.post(`deployments/${data.id}/resources`, { resource_id: idOf(name), effective_from }),
        201,
      );
    expect((await closeItems(ledger)).metering.status).to.equal('ok');
    await tie('web', '2026-04-28');
    expect((await closeItems(ledger)).metering).to.include({ status: 'blocks', count: 3 });
    await tie('media', '2026-04-29');
    for (const day of ['2026-04-28', '2026-04-29', '2026-04-30']) await run('metering.day', { day });
    expect((await closeItems(ledger)).metering.status).to.equal('ok');
  });

  it('warns of resources of unknown size once their tenant is billed', async () => {
    const { data } = await ok(ledger.api.get('deployments'));
    await ok(ledger.api.post('catalog/plans', { code: 'flat', name: 'Flat' }), 201);
    await ok(ledger.api.post('catalog/plans/flat/versions', { base_price_cents: 100, items: [] }), 201);
    await ok(ledger.api.post('catalog/plans/flat/versions/1/publish'));
    const subscription = { plan_code: 'flat', starts_on: '2026-04-28' };
    await ok(ledger.api.post(`deployments/${data[0].id}/subscribe`, subscription), 201);
    const { unmetered } = await closeItems(ledger);
    expect(unmetered).to.include({ status: 'warns', count: 1, link: '/api/v1/usage?period=2026-04' });
    expect(unmetered.detail).to.contain('spaces_gb_month: unknown-size');
  });

  it('warns of open drift', async () => {
    await ok(
      ledger.api.post(`inventory/${idOf('web')}/provisioned`, {
        spec: { size_slug: 'other', status: 'off' },
      }),
    );
    await run('drift.detect');
    const items = await closeItems(ledger);
    expect(items.drift).to.include({ status: 'warns', count: 2, amount_cents: null });
    expect(items.drift.detail).to.contain('on web.');
    expect(standing(items)).to.deep.equal([
      'leakage warns 2',
      'drift warns 2',
      'unpriced warns 1',
      'unmetered warns 1',
      'profiles blocks 1',
      'seller blocks 1',
    ]);
  });
});

import { expect } from 'chai';
import { invoiceCsv } from '../../simulators/digitalocean/index.ts';
import { syncAll } from '../support/processes/sync-run.ts';
import { ok, problem, type Json } from '../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';

const uuid = 'a3a1e3a0-0000-4000-8000-000000000001';

describe('links of cost lines by hand', () => {
  let ledger: TestLedger;
  let resource: string;
  before(async () => {
    ledger = await startTestLedger({ digitalOcean: {}, finance: true });
    await syncAll(ledger);
    ledger.digitalOcean.addInvoice({ uuid, period: '2026-04', csv: invoiceCsv(rows) });
    await ok(ledger.api.post(`billing/invoices/${uuid}/ingest`));
    const { data } = await ok(ledger.api.get('inventory?kind=droplet'));
    resource = data[0].id;
  });
  after(async () => {
    await ledger.close();
  });

  const row = (description: string, usd: string, product = 'Droplets') => ({ product, description, usd });
  const rows = [row('lost (s)', '$1.00'), row('lost (s)', '$2.00'), row('GST (10%)', '$0.30', 'Support')];
  const path = (line: number) => `billing/cost-lines/${uuid}:${line}/link`;
  const lines = async (): Promise<Json[]> =>
    (await ok(ledger.api.get('billing/cost-lines?period=2026-04&limit=100'))).data.filter(
      (line: Json) => line['invoice_uuid'] === uuid,
    );

  it('links a line to a resource, once, and shows who linked it and why', async () => {
    const body = { resource_id: resource, reason: 'renamed at the provider' };
    const { data } = await ok(ledger.api.post(path(2), body));
    expect(data).to.deep.include({ id: `${uuid}:2`, resource_id: resource, matched: true });
    expect(data, 'the whole line, as the list has it').to.deep.equal((await lines())[1]);
    const events = await ledger.eventCount();
    expect((await ok(ledger.api.post(path(2), body))).data).to.deep.equal(data);
    expect(await ledger.eventCount()).to.equal(events);
    const [first, second] = await lines();
    expect(first).to.include({ matched: false, unmatched_reason: 'not-found', link: null });
    expect(second).to.include({ matched: true, resource_id: resource, unmatched_reason: null });
    expect(second?.['link']).to.include(body).and.to.have.keys('resource_id', 'reason', 'linked_at', 'by');
  });

  it('keeps the link when the invoice comes again with other line numbers', async () => {
    ledger.digitalOcean.setInvoiceCsv(uuid, invoiceCsv([row('new (s)', '$0.50'), ...rows]));
    await ok(ledger.api.post(`billing/invoices/${uuid}/ingest`));
    expect((await lines()).map((line) => line['matched'])).to.deep.equal([false, false, true, false]);
    const events = await ledger.eventCount();
    await ok(ledger.api.post(`billing/invoices/${uuid}/ingest`));
    expect(await ledger.eventCount(), 'the same invoice adds nothing').to.equal(events);
  });

  it('links a line to no resource, and gives it back to the matching', async () => {
    const { data } = await ok(ledger.api.post(path(3), { resource_id: null, reason: 'for no machine' }));
    expect(data).to.include({ resource_id: null, matched: false, unmatched_reason: 'by-hand' });
    const again = await ok(ledger.api.delete(path(3)));
    expect(again.data).to.deep.equal((await lines())[2]);
    expect(again.data).to.deep.include({ matched: false, unmatched_reason: 'not-found', link: null });
    const events = await ledger.eventCount();
    await ok(ledger.api.delete(path(3)));
    expect(await ledger.eventCount()).to.equal(events);
  });

  it('refuses unknown lines and resources, and tax', async () => {
    const body = { resource_id: resource, reason: 'r' };
    await problem(ledger.api.post(path(99), body), 404);
    await problem(ledger.api.post('billing/cost-lines/x/link', body), 404);
    await problem(ledger.api.post(path(1), { ...body, resource_id: 'r-0' }), 422, 'resource_id');
    for (const reason of ['', ' ', '\t\n\u00a0'])
      await problem(ledger.api.post(path(1), { resource_id: resource, reason }), 422, 'reason');
    await problem(ledger.api.post(`billing/cost-lines/${uuid}:01/link`, body), 404);
    await problem(ledger.api.delete(path(99)), 404);
    await problem(ledger.api.post(path(4), body), 422, 'id');
    expect((await lines())[3]).to.include({ tax_by_description: true, unmatched_reason: 'tax' });
  });
});

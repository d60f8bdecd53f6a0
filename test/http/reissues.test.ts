import { expect } from 'chai';
import type { Logger } from '../../src/runtime/logger.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { billingHistory } from '../../src/jobs/billing-history.ts';
import { emptyAccount, invoiceCsv } from '../../simulators/digitalocean/index.ts';
import { ok, problem, type Json } from '../support/http/api.ts';
import { closeItems } from '../support/invoicing/close-items.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';

const uuid = 'a3a1e3a0-0000-4000-8000-000000000001';
const other = 'a3a1e3a0-0000-4000-8000-000000000002';
const row = (description: string, usd: string) => ({ product: 'Droplets', description, usd });

describe('invoices that the provider issues anew', () => {
  let ledger: TestLedger;
  const logged: Json[] = [];
  const logger: Logger = { ...silentLogger, warn: (fields: unknown) => logged.push(fields) };
  before(async () => {
    ledger = await startTestLedger({ digitalOcean: { account: emptyAccount() } });
    ledger.digitalOcean.addInvoice({ uuid, period: '2026-04', csv: invoiceCsv([row('a (s)', '$1.00')]) });
    await history();
  });
  after(() => ledger.close());

  /** A day later, so that each invoice has its turn within two runs. */
  const history = async (): Promise<Json> => {
    ledger.clock.advance(86_400_000);
    await ledger.settled();
    const meta = ledger.meta();
    const run = { actor: meta.actor, runId: meta.correlationId, progress: () => undefined, queue: null };
    return billingHistory.run({}, { ...ledger.processDeps, logger }, { ...run, meta: () => ledger.meta() });
  };
  const invoice = async (id = uuid): Promise<Json> => {
    await ledger.settled();
    return (await ok(ledger.api.get('billing/invoices'))).data.find((one: Json) => one.uuid === id);
  };
  const seen = (id = uuid) => ledger.api.post(`billing/invoices/${id}/reissue-seen`);
  const exclude = (id: string) => ledger.api.post(`billing/invoices/${id}/reissue-seen`, { counts: false });
  const margin = async (query = ''): Promise<Json> =>
    (await ok(ledger.api.get(`dashboard/margin?period=2026-04${query}`))).data;
  const cogs = async (query = ''): Promise<number> => (await margin(query)).overall.cogs_cents;
  const ingest = async (): Promise<Json> =>
    (await ok(ledger.api.post(`billing/invoices/${uuid}/ingest`))).data;
  const quiet = async () => {
    const [events, lines] = [await ledger.eventCount(), logged.length];
    for (let day = 0; day < 2; day += 1) expect(await history()).not.to.have.property('reissued');
    expect([await ledger.eventCount(), logged.length]).to.deep.equal([events, lines]);
  };

  it('show when other lines come to the same amount, once, until they are ingested', async () => {
    await quiet();
    ledger.digitalOcean.setInvoiceCsv(uuid, invoiceCsv([row('b (s)', '$1.00')]));
    expect(await history()).to.include({ reissued: 1 });
    expect(logged).to.deep.equal([{ invoice_uuid: uuid, period: '2026-04-01', amount_cents: 100 }]);
    await quiet();
    const { reissue, lines } = await invoice();
    expect(reissue).to.deep.include({ ingested: false, amount_cents: 100, replaced_by: null });
    expect(reissue.before).to.deep.equal({ amount_cents: 100, lines: 1, lines_total_cents: 100 });
    expect(lines).to.equal(1);
    const { data } = await ok(ledger.api.get('billing/cost-lines?period=2026-04'));
    expect(data[0].description, 'the ingested lines stay').to.equal('a (s)');
    const { provider_invoice } = await closeItems(ledger);
    expect(provider_invoice).to.include({ status: 'blocks', count: 1, amount_cents: 0 });
    expect(provider_invoice.detail).to.equal(`${uuid} was issued anew by the provider: ingest it again.`);
    expect(await ingest()).to.include({ changed: true });
    expect((await invoice()).reissue).to.equal(null);
    expect((await closeItems(ledger)).provider_invoice.status).to.equal('ok');
    await quiet();
  });

  it('show by the amount of the list, and no more where the provider takes it back', async () => {
    const listed = ledger.digitalOcean.account.invoices[0];
    if (listed === undefined) throw new Error('the account has an invoice');
    listed.amount = '1.50';
    expect(await history()).to.include({ reissued: 1 });
    expect((await invoice()).reissue).to.include({ ingested: false, amount_cents: 150 });
    await quiet();
    expect((await closeItems(ledger)).provider_invoice).to.include({ status: 'blocks', amount_cents: 50 });
    listed.amount = '1.00';
    await history();
    expect((await invoice()).reissue).to.equal(null);
  });

  it('show when an ingestion finds them, until an operator has seen them', async () => {
    ledger.digitalOcean.setInvoiceCsv(uuid, invoiceCsv([row('b (s)', '$1.00'), row('c (s)', '$0.00')]));
    expect(await ingest()).to.include({ changed: true, lines: 2 });
    const events = await ledger.eventCount();
    expect(await ingest()).to.include({ changed: false });
    expect(await ledger.eventCount()).to.equal(events);
    expect((await invoice()).reissue).to.deep.include({ ingested: true, amount_cents: 100 });
    expect((await closeItems(ledger)).provider_invoice.status).to.equal('warns');
    await quiet();
    const { data } = await ok(seen());
    expect(data).to.deep.equal(await invoice());
    expect(data.reissue).to.equal(null);
    await quiet();
    await ok(seen());
    await problem(seen('a3a1e3a0-0000-4000-8000-00000000000f'), 404);
  });

  it('are named where the new one has a uuid of its own', async () => {
    const csv = invoiceCsv([row('b (s)', '$2.00')]);
    ledger.digitalOcean.addInvoice({ uuid: other, period: '2026-04', csv });
    expect(await history(), 'two invoices of a month are no reissue').not.to.have.property('reissued');
    ledger.digitalOcean.account.invoices.splice(
      ledger.digitalOcean.account.invoices.findIndex((one) => one.invoice_uuid === uuid),
      1,
    );
    const before = logged.length;
    expect(await history()).to.include({ reissued: 1 });
    expect((await invoice()).reissue).to.include({ replaced_by: other, amount_cents: 200 });
    expect(logged.slice(before)).to.deep.equal([
      { invoice_uuid: uuid, period: '2026-04-01', amount_cents: 200, replaced_by: other },
    ]);
    expect((await invoice(other)).reissue).to.equal(null);
    await quiet();
    const { provider_invoice } = await closeItems(ledger);
    expect(provider_invoice).to.include({ status: 'blocks', count: 1, amount_cents: 100 });
    expect(provider_invoice.detail).to.contain(`counts beside ${other}`);
    await ok(seen());
    await quiet();
  });

  it('take the lines of the old one from the costs where an operator says so', async () => {
    expect(await cogs()).to.equal(300);
    await problem(exclude(other), 422, 'counts');
    await problem(ledger.api.post(`billing/invoices/${uuid}/reissue-seen`, { counts: 'no' }), 422, 'counts');
    const then = ledger.clock.now();
    ledger.clock.advance(3_600_000);
    const { data } = await ok(exclude(uuid));
    expect(data).to.deep.include({ status: 'replaced', lines: 0, matched: 0, reissue: null });
    expect(data).to.deep.equal(await invoice());
    expect([await cogs(), await cogs(`&known_at=${then}`)]).to.deep.equal([200, 300]);
    const { data: lines } = await ok(ledger.api.get('billing/cost-lines?period=2026-04'));
    expect(lines.map((line: Json) => line.invoice_uuid)).to.deep.equal([other]);
    expect((await closeItems(ledger)).provider_invoice.status).to.equal('ok');
    await quiet();
    const events = await ledger.eventCount();
    await ok(exclude(uuid));
    expect(await ledger.eventCount()).to.equal(events);
  });

  it('count again once the provider lists the old one again, in the place of the new one', async () => {
    const { invoices } = ledger.digitalOcean.account;
    const csv = invoiceCsv([row('b (s)', '$1.00')]);
    invoices.splice(0, invoices.length);
    ledger.digitalOcean.addInvoice({ uuid, period: '2026-04', csv, historyAt: null });
    expect(await history()).to.include({ ingested: 1, reissued: 1 });
    expect(await invoice()).to.deep.include({ status: 'ingested', lines: 1, reissue: null });
    expect((await invoice(other)).reissue).to.include({ replaced_by: uuid, amount_cents: 100 });
    expect((await closeItems(ledger)).provider_invoice).to.include({ status: 'blocks', amount_cents: 200 });
    await ok(exclude(other));
    expect(await cogs()).to.equal(100);
    await quiet();
  });

  it('are not waited for where the provider gave one up before it could be ingested', async () => {
    const lost = 'a3a1e3a0-0000-4000-8000-000000000003';
    ledger.digitalOcean.addInvoice({ uuid: lost, period: '2026-04', csv: 'no header' });
    await history();
    const { invoices } = ledger.digitalOcean.account;
    invoices.splice(
      invoices.findIndex((one) => one.invoice_uuid === lost),
      1,
    );
    await history();
    expect((await closeItems(ledger)).provider_invoice).to.include({ status: 'blocks', count: 1 });
    const then = ledger.clock.now();
    ledger.clock.advance(3_600_000);
    const { data } = await ok(exclude(lost));
    expect(data).to.include({ status: 'replaced', difference_cents: null });
    const pending = async (query = ''): Promise<string[]> =>
      (await margin(query)).pending.map((one: Json) => one.uuid);
    expect([await pending(), await pending(`&known_at=${ledger.clock.now()}`)]).to.deep.equal([[], []]);
    expect(await pending(`&known_at=${then}`)).to.deep.equal([lost]);
    expect((await closeItems(ledger)).provider_invoice.status).to.equal('ok');
    await quiet();
  });

  it('leave a month without an invoice missing, though a later one was known', async () => {
    const lost = 'a3a1e3a0-0000-4000-8000-000000000004';
    ledger.digitalOcean.addInvoice({ uuid: lost, period: '2026-05', csv: 'no header' });
    await history();
    ledger.digitalOcean.account.invoices.pop();
    await ok(exclude(lost));
    const { provider_invoice } = await closeItems(ledger, { period: '2026-05-01' });
    expect(provider_invoice).to.include({ status: 'blocks', count: 1, amount_cents: null });
    expect(provider_invoice.detail).to.match(/^No invoice of the provider for 2026-05 is known/);
  });
});

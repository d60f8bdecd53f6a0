import { expect } from 'chai';
import { createDigitalOceanClient } from '../../src/digitalocean/client.ts';
import type { JobDeps } from '../../src/jobs/job.ts';
import { billingHistory } from '../../src/jobs/billing/history.ts';
import { silentLogger } from '../../src/engine/logger.ts';
import { createFinanceClient } from '../../src/finance/client.ts';
import { emptyAccount, invoiceCsv } from '../../simulators/digitalocean/index.ts';
import { ok } from '../support/api.ts';
import { startTestLedger, type TestLedger, type TestLedgerOptions } from '../support/ledger.ts';
import { TEST_SECRET } from '../support/tokens.ts';

/** A run over the stand-in whose client waits on a clock of its own: 137 invoices take more than a minute's requests. */
async function runHistory(ledger: TestLedger, client: Partial<JobDeps> = {}) {
  let waited = 0;
  const deps: JobDeps = {
    ledger: ledger.ledger, finance: null, tax: { name: 'GST', rate: '0.10' }, logger: silentLogger,
    digitalOcean: createDigitalOceanClient({
      baseUrl: ledger.digitalOcean.url, token: ledger.digitalOcean.token, random: () => 0.5,
      clock: { now: () => waited }, sleep: async (milliseconds) => { waited += milliseconds; },
    }),
    ...client,
  };
  const meta = ledger.meta();
  return billingHistory.run({}, deps, { actor: meta.actor, runId: meta.correlationId, meta: () => ledger.meta(), progress: () => undefined, queue: null });
}

const unlimited = { perMinute: 1_000_000, perHour: 1_000_000 };

describe('job billing.history', () => {
  let ledger: TestLedger;
  const start = async (options: TestLedgerOptions) => { ledger = await startTestLedger(options); };
  afterEach(async () => { await ledger.close(); });

  it('discovers each of the 137 invoices once and ingests them all', async () => {
    await start({ digitalOcean: { limits: unlimited } });
    const first = await runHistory(ledger);
    expect(first).to.deep.equal({ discovered: 137, ingested: 137, pushed: 0, remaining: 0, failed: [] });
    const events = await ledger.eventCount();
    const requests = ledger.digitalOcean.requests.length;
    expect(await runHistory(ledger)).to.deep.equal({ discovered: 0, ingested: 0, pushed: 0, remaining: 0, failed: [] });
    expect(await ledger.eventCount(), 'a second run changes nothing').to.equal(events);
    expect(ledger.digitalOcean.requests.length - requests, 'and asks for the lists alone').to.be.at.most(4);
    await ledger.settled();
    const uuids: string[] = [];
    const periods: string[] = [];
    for (let cursor = ''; ;) {
      const page = await ok(ledger.api.get(`billing/invoices?limit=60${cursor}`));
      for (const { uuid, period, status, difference_cents } of page.data) {
        expect([status, difference_cents]).to.deep.equal(['ingested', 0]);
        uuids.push(uuid);
        periods.push(period);
      }
      if (page.next_cursor === null) break;
      cursor = `&cursor=${page.next_cursor}`;
    }
    expect(new Set(uuids).size).to.equal(137);
    expect(uuids).to.have.length(137);
    expect(periods).to.deep.equal([...periods].sort().reverse());
  }).timeout(120_000);

  /** So many invoices, the latest for April 2026, in an account that holds nothing else. */
  const withInvoices = async (count: number) => {
    await start({ digitalOcean: { account: emptyAccount(), now: '2026-05-01T09:00:00Z' }, finance: true });
    return Array.from({ length: count }, (_, index) => {
      const month = String(4 - index).padStart(2, '0');
      const csv = invoiceCsv([{ product: 'Droplets', description: 'a (s)', usd: '$1.00' }]);
      return ledger.digitalOcean.addInvoice({ uuid: `a3a1e3a0-0000-4000-8000-00000000000${index}`, period: `2026-${month}`, csv, historyAt: `2026-${month}-28T00:00:00Z` }).invoice_uuid;
    });
  };
  const finance = () => createFinanceClient({ baseUrl: ledger.finance.url, secret: TEST_SECRET, tenantId: 'platform-admin', roles: ['admin'], clock: { now: () => Date.parse(ledger.clock.now()) } });

  it('reports an invoice that fails and ingests the others; the next run has it', async () => {
    const [, bad = ''] = await withInvoices(4);
    ledger.digitalOcean.setAvailability(bad, { csv_at: '2027-01-01T00:00:00Z' });
    const first = await runHistory(ledger, { finance: finance() });
    expect(first).to.deep.include({ discovered: 4, ingested: 3, pushed: 3, remaining: 0 });
    expect(first.failed.map((failure) => failure.invoice_uuid)).to.deep.equal([bad]);
    expect(first.failed[0]?.error).to.contain('404');
    ledger.digitalOcean.setAvailability(bad, {});
    expect(await runHistory(ledger, { finance: finance() })).to.deep.equal({ discovered: 0, ingested: 1, pushed: 1, remaining: 0, failed: [] });
  });

  it('finds an invoice that only the history shows yet, and one that only the list shows', async () => {
    const [inList = '', inHistory = ''] = await withInvoices(2);
    ledger.digitalOcean.setAvailability(inHistory, { list_at: '2027-01-01T00:00:00Z' });
    ledger.digitalOcean.account.billing_history.splice(0, Infinity, ...ledger.digitalOcean.account.billing_history.filter((entry) => entry['invoice_uuid'] !== inList));
    ledger.digitalOcean.addBillingEntry({ type: 'Payment', description: 'Payment', amount: '-1.00', date: '2026-05-01T10:00:00Z' });
    expect(await runHistory(ledger)).to.deep.include({ discovered: 2, ingested: 2, failed: [] });
    await ledger.settled();
    const { data } = await ok(ledger.api.get('billing/invoices'));
    expect(data.map((invoice: { uuid: string; period: string }) => [invoice.uuid, invoice.period])).to.deep.equal([[inList, '2026-04-01'], [inHistory, '2026-03-01']]);
  });

  it('leaves a provider that is gone alone after three invoices, and a token that is revoked at once', async () => {
    await withInvoices(4);
    const path = '/v2/customers/my/invoices/*/summary';
    const down = ledger.digitalOcean.faults.inject({ path, effect: { kind: 'status', status: 503 } });
    const tired = await runHistory(ledger);
    expect([tired.ingested, tired.failed.length, tired.remaining]).to.deep.equal([0, 3, 1]);
    down.remove();
    ledger.digitalOcean.faults.inject({ path, effect: { kind: 'status', status: 401 } });
    const revoked = await runHistory(ledger);
    expect([revoked.ingested, revoked.failed.length, revoked.remaining]).to.deep.equal([0, 1, 3]);
  });

  it('pushes later what a finance service that was down has not got', async () => {
    const [first = ''] = await withInvoices(2);
    ledger.finance.fail('down');
    const down = await runHistory(ledger, { finance: finance() });
    expect(down).to.deep.include({ ingested: 2, pushed: 0 });
    expect(down.failed).to.have.length(2);
    ledger.finance.recover();
    expect(await runHistory(ledger, { finance: finance() })).to.deep.equal({ discovered: 0, ingested: 0, pushed: 2, remaining: 0, failed: [] });
    expect(ledger.finance.invoices.get(first)?.imports).to.equal(1);
    expect(await runHistory(ledger, { finance: finance() })).to.deep.equal({ discovered: 0, ingested: 0, pushed: 0, remaining: 0, failed: [] });
  });

  it('two runs at once discover and ingest once', async () => {
    await withInvoices(3);
    await Promise.all([runHistory(ledger, { finance: finance() }), runHistory(ledger, { finance: finance() })]);
    const events = await ledger.eventCount();
    await runHistory(ledger, { finance: finance() });
    expect(await ledger.eventCount()).to.equal(events);
    for (const { imports } of ledger.finance.invoices.values()) expect(imports).to.equal(1);
    expect((await ledger.ledger.events('provider-invoice-a3a1e3a0-0000-4000-8000-000000000000')).map((event) => event.type))
      .to.deep.equal(['ProviderInvoiceDiscovered', 'ProviderInvoiceIngested', 'ProviderInvoiceMatched', 'ProviderInvoicePushed']);
  });
});

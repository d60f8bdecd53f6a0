import { expect } from 'chai';
import { createDigitalOceanClient } from '../../../src/digitalocean/client.ts';
import type { ProcessDeps, ProcessRun } from '../../../src/processes/process.ts';
import { billingHistory } from '../../../src/jobs/billing-history.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { createFinanceClient } from '../../../src/finance/client.ts';
import { emptyAccount, invoiceCsv } from '../../../simulators/digitalocean/index.ts';
import { allOf } from '../../support/http/all-of.ts';
import { ok } from '../../support/http/api.ts';
import {
  startTestLedger,
  type TestLedger,
  type TestLedgerOptions,
} from '../../support/ledger/test-ledger.ts';
import { unlimited } from '../../support/processes/provider-stage.ts';
import { TEST_SECRET } from '../../support/http/tokens.ts';

/** A client on virtual time: 137 invoices take more requests than a minute allows. */
function clientFor({ digitalOcean: { url, token } }: TestLedger) {
  let waited = 0;
  return createDigitalOceanClient({
    baseUrl: url,
    token,
    random: () => 0.5,
    clock: { now: () => waited },
    sleep: async (milliseconds) => {
      waited += milliseconds;
    },
  });
}

/** A run over the stand-in. */
async function runHistory(
  ledger: TestLedger,
  client: Partial<ProcessDeps> = {},
  queue: ProcessRun['queue'] = null,
  progress: ProcessRun['progress'] = () => undefined,
) {
  const deps: ProcessDeps = {
    ...ledger.processDeps,
    finance: null,
    mail: null,
    autoSend: false,
    financeAr: false,
    tax: { name: 'GST', rate: '0.10' },
    logger: silentLogger,
    digitalOcean: clientFor(ledger),
    ...client,
  };
  const meta = ledger.meta();
  return billingHistory.run({}, deps, {
    actor: meta.actor,
    runId: meta.correlationId,
    meta: () => ledger.meta(),
    progress,
    queue,
  });
}

describe('job billing.history', () => {
  let ledger: TestLedger;
  const start = async (options: TestLedgerOptions) => {
    ledger = await startTestLedger(options);
  };
  afterEach(async () => {
    await ledger.close();
  });

  it('discovers each of the 137 invoices once and ingests them all', async () => {
    await start({ digitalOcean: { limits: unlimited } });
    const first = await runHistory(ledger);
    expect(first).to.deep.equal({ discovered: 137, ingested: 137, pushed: 0, remaining: 0, failed: [] });
    const events = await ledger.eventCount();
    const requests = ledger.digitalOcean.requests.length;
    expect(await runHistory(ledger)).to.deep.equal({
      discovered: 0,
      ingested: 0,
      pushed: 0,
      remaining: 0,
      failed: [],
    });
    expect(await ledger.eventCount(), 'a second run changes nothing').to.equal(events);
    expect(
      ledger.digitalOcean.requests.length - requests,
      'and asks for the lists and one CSV',
    ).to.be.at.most(4);
    await ledger.settled();
    const uuids: string[] = [];
    const periods: string[] = [];
    for (const invoice of await allOf(ledger, 'billing/invoices?limit=60')) {
      const { uuid, period, status, difference_cents } = invoice;
      expect([status, difference_cents]).to.deep.equal(['ingested', 0]);
      uuids.push(uuid);
      periods.push(period);
    }
    expect(new Set(uuids).size).to.equal(137);
    expect(uuids).to.have.length(137);
    expect(periods).to.deep.equal([...periods].sort().reverse());
  });

  /** An account with only `count` invoices, the latest for April 2026. */
  const withInvoices = async (count: number) => {
    await start({ digitalOcean: { account: emptyAccount(), now: '2026-05-01T09:00:00Z' }, finance: true });
    return Array.from({ length: count }, (_, index) => {
      const month = new Date(Date.UTC(2026, 3 - index)).toISOString().slice(0, 7);
      const csv = invoiceCsv([{ product: 'Droplets', description: 'a (s)', usd: '$1.00' }]);
      return ledger.digitalOcean.addInvoice({
        uuid: `a3a1e3a0-0000-4000-8000-0000000000${String(index).padStart(2, '0')}`,
        period: month,
        csv,
        historyAt: `${month}-28T00:00:00Z`,
      }).invoice_uuid;
    });
  };
  const finance = () =>
    createFinanceClient({
      baseUrl: ledger.finance.url,
      secret: TEST_SECRET,
      tenantId: 'platform-admin',
      roles: ['admin'],
      clock: { now: () => Date.parse(ledger.clock.now()) },
    });

  it('reports an invoice that fails and ingests the others; the next run has it', async () => {
    const [, bad = ''] = await withInvoices(4);
    ledger.digitalOcean.setAvailability(bad, { csv_at: '2027-01-01T00:00:00Z' });
    const first = await runHistory(ledger, { finance: finance() });
    expect(first).to.deep.include({ discovered: 4, ingested: 3, pushed: 3, remaining: 0 });
    expect(first.failed.map((failure) => failure.invoice_uuid)).to.deep.equal([bad]);
    expect(first.failed[0]?.error).to.contain('404');
    ledger.digitalOcean.setAvailability(bad, {});
    expect(await runHistory(ledger, { finance: finance() })).to.deep.equal({
      discovered: 0,
      ingested: 1,
      pushed: 1,
      remaining: 0,
      failed: [],
    });
  });

  it('finds an invoice that only the history shows yet, and one that only the list shows', async () => {
    const [inList = '', inHistory = ''] = await withInvoices(2);
    ledger.digitalOcean.setAvailability(inHistory, { list_at: '2027-01-01T00:00:00Z' });
    ledger.digitalOcean.account.billing_history.splice(
      0,
      Infinity,
      ...ledger.digitalOcean.account.billing_history.filter((entry) => entry['invoice_uuid'] !== inList),
    );
    ledger.digitalOcean.addBillingEntry({
      type: 'Payment',
      description: 'Payment',
      amount: '-1.00',
      date: '2026-05-01T10:00:00Z',
    });
    expect(await runHistory(ledger)).to.deep.include({ discovered: 2, ingested: 2, failed: [] });
    await ledger.settled();
    const { data } = await ok(ledger.api.get('billing/invoices'));
    expect(
      data.map((invoice: { uuid: string; period: string }) => [invoice.uuid, invoice.period]),
    ).to.deep.equal([
      [inList, '2026-04-01'],
      [inHistory, '2026-03-01'],
    ]);
  });

  it('stops after three invoices with the provider away, and at once with a revoked token', async () => {
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

  it('does more at once while all goes well, and after a failure one alone', async () => {
    const uuids = await withInvoices(24);
    ledger.digitalOcean.setAvailability(uuids[9]!, { summary_at: '2027-01-01T00:00:00Z' });
    const tried: number[] = [];
    const outcome = await runHistory(ledger, {}, null, (done) => tried.push(done));
    expect(outcome).to.deep.include({ ingested: 23, remaining: 0 });
    expect(outcome.failed.map(({ invoice_uuid }) => invoice_uuid)).to.deep.equal([uuids[9]]);
    // Rounds of 1, 2, 4, 8 (with the one that fails), and again 1, 2, 4; what is left is 2.
    expect(tried).to.deep.equal([1, 3, 7, 15, 16, 18, 22, 24]);
  });

  it('pushes later what a finance service missed while it was down', async () => {
    const [first = ''] = await withInvoices(2);
    ledger.finance.fail('down');
    const down = await runHistory(ledger, { finance: finance() });
    expect(down).to.deep.include({ ingested: 2, pushed: 0 });
    expect(down.failed).to.have.length(2);
    ledger.finance.recover();
    expect(await runHistory(ledger, { finance: finance() })).to.deep.equal({
      discovered: 0,
      ingested: 0,
      pushed: 2,
      remaining: 0,
      failed: [],
    });
    expect(ledger.finance.invoices.get(first)?.imports).to.equal(1);
    expect(await runHistory(ledger, { finance: finance() })).to.deep.equal({
      discovered: 0,
      ingested: 0,
      pushed: 0,
      remaining: 0,
      failed: [],
    });
  });

  it('queues an ingestion for each invoice that has none, newest first, and does none itself', async () => {
    const [first = '', second = '', third = ''] = await withInvoices(3);
    const queued: [string, unknown][] = [];
    const queue: ProcessRun['queue'] = async (name, input) => {
      queued.push([name, input]);
    };
    expect(await runHistory(ledger, { finance: finance() }, queue)).to.deep.equal({
      discovered: 3,
      queued: 3,
      ingested: 0,
      pushed: 0,
      remaining: 0,
      failed: [],
    });
    expect(queued).to.deep.equal(
      [first, second, third].map((invoice_uuid) => ['billing.ingest_invoice', { invoice_uuid }]),
    );
    expect((await ledger.ledger.events(`provider-invoice-${first}`)).map(({ type }) => type)).to.deep.equal([
      'ProviderInvoiceDiscovered',
    ]);
    // A queued ingestion runs as its own job, and pushes; the next run queues again what has not run
    // yet.
    const { status } = await ledger.jobs.run(
      'billing.ingest_invoice',
      { invoice_uuid: second },
      { actor: ledger.meta().actor },
    );
    expect([status, ledger.finance.invoices.get(second)?.imports]).to.deep.equal(['completed', 1]);
    queued.length = 0;
    expect(await runHistory(ledger, { finance: finance() }, queue)).to.deep.include({
      discovered: 0,
      queued: 2,
      pushed: 0,
    });
    expect(queued.map(([, input]) => input)).to.deep.equal([
      { invoice_uuid: first },
      { invoice_uuid: third },
    ]);
  });

  it('pushes with a queue too what was ingested while finance was away, but not what it queues', async () => {
    const [first = '', second = ''] = await withInvoices(2);
    expect(await runHistory(ledger)).to.deep.include({ ingested: 2, pushed: 0 });
    const third = ledger.digitalOcean.addInvoice({
      uuid: 'a3a1e3a0-0000-4000-8000-000000000009',
      period: '2026-02',
      csv: invoiceCsv([{ product: 'Droplets', description: 'a (s)', usd: '$1.00' }]),
      historyAt: '2026-02-28T00:00:00Z',
    }).invoice_uuid;
    const result = await runHistory(ledger, { finance: finance() }, async (name, input) => {
      await ledger.jobs.run(name, input, { actor: ledger.meta().actor });
    });
    expect(result).to.deep.equal({
      discovered: 1,
      queued: 1,
      ingested: 0,
      pushed: 2,
      remaining: 0,
      failed: [],
    });
    expect([first, second, third].map((uuid) => ledger.finance.invoices.get(uuid)?.imports)).to.deep.equal([
      1, 1, 1,
    ]);
  });

  it("fails where it can't queue, and the next run queues what is left", async () => {
    await withInvoices(2);
    const reason = await runHistory(ledger, {}, async () => {
      throw new Error('no queue');
    }).then(
      () => null,
      (error: Error) => error.message,
    );
    expect(reason).to.equal('no queue');
    expect(await runHistory(ledger, {}, async () => undefined)).to.deep.include({ discovered: 0, queued: 2 });
  });

  it('two runs at once discover and ingest once', async () => {
    await withInvoices(3);
    await Promise.all([
      runHistory(ledger, { finance: finance() }),
      runHistory(ledger, { finance: finance() }),
    ]);
    const events = await ledger.eventCount();
    await runHistory(ledger, { finance: finance() });
    expect(await ledger.eventCount()).to.equal(events);
    for (const { imports } of ledger.finance.invoices.values()) expect(imports).to.equal(1);
    expect(
      (await ledger.ledger.events('provider-invoice-a3a1e3a0-0000-4000-8000-000000000000')).map(
        (event) => event.type,
      ),
    ).to.deep.equal([
      'ProviderInvoiceDiscovered',
      'ProviderInvoiceIngested',
      'ProviderInvoiceMatched',
      'ProviderInvoicePushed',
    ]);
  });
});

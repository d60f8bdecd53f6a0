import { expect } from 'chai';
import { costLines, costMatches, providerInvoices } from '../../projections/costs/tables.ts';
import { aDroplet, emptyAccount, invoiceCsv } from '../../simulators/digitalocean/index.ts';
import type { RecordedLedgerEvent } from '../../src/events/index.ts';
import { liveJobs } from '../support/faults/job-life.ts';
import {
  expectLocks,
  locksAtRest,
  plainRows,
  said,
  type HeldLock,
} from '../support/faults/killed-account.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { completed } from '../support/processes/sync-run.ts';
import { readAll, repeatedEvents } from '../support/year/journal-checks.ts';

const job = 'billing.ingest_invoice';
/** What a second life does before it is killed differs from invoice to invoice. */
const secondStops = 12;

describe('ingestions whose process is killed at every step', function () {
  this.timeout(300_000);
  let ledger: TestLedger;
  let steps: string[];
  let undisturbed: string;
  let uuids: string[];
  let events: RecordedLedgerEvent[];
  let heldBefore: readonly HeldLock[];
  const stops = { first: 0, second: 0 };
  let count = 0;

  const invoices = (howMany: number): string[] =>
    Array.from({ length: howMany }, () => {
      const invoice_uuid = `a3a1e3a0-0000-4000-8000-${String(++count).padStart(12, '0')}`;
      ledger.digitalOcean.addInvoice({
        ...{ uuid: invoice_uuid, period: '2026-04' },
        csv: invoiceCsv([
          { product: 'Droplets', description: 'web-1 (s-1vcpu-1gb)', usd: '$6.00' },
          { product: 'Droplets', description: 'gone (s-1vcpu-1gb)', usd: '$4.50' },
          { product: 'Taxes', description: 'GST', hours: '', start: '', end: '', usd: '$1.05' },
        ]),
      });
      return invoice_uuid;
    });
  const live = (of: readonly string[], stopAt: (index: number) => number | null) =>
    liveJobs(
      ledger,
      ledger.finance.url,
      of.map((uuid, index) => ({ key: uuid, job, input: { invoice_uuid: uuid }, stopAt: stopAt(index) })),
    );

  before(async () => {
    const limits = { perMinute: 1_000_000, perHour: 1_000_000 };
    const account = { ...emptyAccount(), droplets: [aDroplet({ name: 'web-1' })] };
    ledger = await startTestLedger({ digitalOcean: { account, limits }, finance: true, postgresLog: true });
    await completed(ledger, 'sync.droplets');
    heldBefore = await locksAtRest(ledger);
    [undisturbed] = invoices(1) as [string];
    steps = (await live([undisturbed], () => null)).steps[undisturbed] ?? [];

    // One for each step, and another that is killed a second time, when it is tried again.
    uuids = invoices(2 * steps.length);
    stops.first = (await live(uuids, (index) => (index % steps.length) + 1)).stopped;
    const second = uuids.slice(steps.length);
    stops.second = (await live(second, (index) => ((5 * index) % secondStops) + 1)).stopped;
    await completed(ledger, 'billing.history');
    events = await readAll(ledger);
  });
  after(() => ledger.close());

  it('is killed before each of its requests and appends, and after each that changes something', () => {
    expect(stops.first).to.equal(2 * steps.length);
    expect(stops.second).to.be.greaterThan(steps.length / 2);
    expect(steps).to.include.members([
      'before GET /v2/customers/my/invoices/:id/csv',
      'after append CostLinesStored',
      'before append ProviderInvoiceDiscovered + ProviderInvoiceIngested + ProviderInvoiceMatched',
      'after POST /api/v1/integrations/cloud/import-invoice',
      'after append ProviderInvoicePushed',
    ]);
    expect(steps.length).to.be.at.least(14);
  });

  it('has one set of lines and one of matches of each invoice, as if it had not been killed', async () => {
    const of = (uuid: string): string[] =>
      events
        .filter(({ stream }) => stream.includes(uuid))
        .map((event) =>
          `${event.stream.replace(/-[\da-f]{64}$/, '')} ${said(event)}`.replaceAll(uuid, 'uuid'),
        );
    for (const uuid of uuids) expect(of(uuid), uuid).to.have.members(of(undisturbed));
    expect(repeatedEvents(events)).to.deep.equal([]);
  });

  it('has the rows of one that was not killed', async () => {
    for (const table of [providerInvoices, costLines, costMatches]) {
      const rows = await plainRows(ledger, table);
      const of = (uuid: string): string[] =>
        rows.filter((row) => row.includes(uuid)).map((row) => row.replaceAll(uuid, 'uuid'));
      expect(of(undisturbed), table.ref).to.have.length(table === providerInvoices ? 1 : 3);
      for (const uuid of uuids) expect(of(uuid), uuid).to.deep.equal(of(undisturbed));
    }
  });

  it('is at finance once, and the next run has nothing to do', async () => {
    expect([...ledger.finance.invoices.keys()]).to.have.length(uuids.length + 1);
    const calls = ledger.finance.calls.length;
    expect(await completed(ledger, 'billing.history')).to.deep.include({
      discovered: 0,
      ingested: 0,
      pushed: 0,
    });
    expect(ledger.finance.calls).to.have.length(calls);
    expect(await ledger.eventCount()).to.equal(events.length);
  });

  it('leaves no lock', () => expectLocks(ledger, heldBefore));
});

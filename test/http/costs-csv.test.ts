import { expect } from 'chai';
import { commands } from '../../src/processes/commands.ts';
import { emptyAccount, invoiceCsv } from '../../simulators/digitalocean/index.ts';
import { ok, problem } from '../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';

const uuid = 'a3a1e3a0-0000-4000-8000-000000000001';
const older = 'a3a1e3a0-0000-4000-8000-000000000002';

describe('a value of an invoice that cannot be read', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await startTestLedger({ digitalOcean: { account: emptyAccount() }, finance: true });
  });
  after(async () => {
    await ledger.close();
  });

  const job = (name: string, input: object = {}) => ok(ledger.api.post(`jobs/${name}/run`, input));
  const listed = async (id: string) =>
    (await ok(ledger.api.get('billing/invoices'))).data.find((row: { uuid: string }) => row.uuid === id);
  const margin = async (query = '') =>
    (await ok(ledger.api.get(`dashboard/margin?period=2026-04${query}`))).data;

  it('is null, with a warning, where no amount depends on it', async () => {
    const row = { product: 'Droplets', description: 'web (s)', usd: '$1.00' };
    ledger.digitalOcean.addInvoice({
      uuid: older,
      period: '2026-03',
      csv: invoiceCsv([
        { ...row, hours: '0.016666666666666666' },
        { ...row, hours: '2.7e-04' },
        { ...row, hours: '.5' },
        { ...row, hours: '1,344' },
        { ...row, hours: 'n/a' },
        { ...row, end: '2026-03-12 08:26:21.532 +0000' },
        { ...row, start: 'March 1st' },
        {
          product: 'Credits',
          description: 'DigitalOcean Credit Applied',
          hours: '',
          start: '',
          end: '',
          usd: '-$2.00',
        },
      ]),
    });
    const warnings = [
      { row: 5, column: 'hours', value: 'n/a' },
      { row: 7, column: 'start', value: 'March 1st' },
    ];
    const { data } = await ok(ledger.api.post(`billing/invoices/${older}/ingest`));
    expect(data).to.deep.include({
      lines: 8,
      lines_total_cents: 500,
      difference_cents: 0,
      warnings,
      warnings_count: 2,
      pushed: 'created',
    });
    await ledger.settled();
    expect(await listed(older)).to.deep.include({
      status: 'ingested',
      error: null,
      warnings,
      warnings_count: 2,
    });
    const lines = (await ok(ledger.api.get('billing/cost-lines?period=2026-03'))).data;
    expect(lines.map((line: { hours: string | null }) => line.hours)).to.deep.equal([
      '0.016666666666666666',
      '0.00027',
      '0.5',
      '1344',
      null,
      '672',
      '672',
      null,
    ]);
    expect(lines[5].ended_at).to.equal('2026-03-12T08:26:21.532Z');
    expect([lines[6].started_at, lines[7].started_at, lines[7].ended_at]).to.deep.equal([null, null, null]);
    const events = await ledger.eventCount();
    expect((await ok(ledger.api.post(`billing/invoices/${older}/ingest`))).data).to.deep.include({
      changed: false,
      warnings,
      warnings_count: 2,
    });
    expect(await ledger.eventCount()).to.equal(events);
  });

  it("says why an invoice is not ingested, in the list and in its month's margin, until it is", async () => {
    const csv = invoiceCsv([{ product: 'Droplets', description: 'web (s)', usd: '$1.00' }]);
    ledger.digitalOcean.addInvoice({
      uuid,
      period: '2026-04',
      amount: '3.00',
      csv: csv.replace('$1.00', '€1.00'),
    });
    const fault = ledger.digitalOcean.faults.inject({
      path: `/v2/customers/my/invoices/${uuid}/summary`,
      effect: { kind: 'status', status: 500 },
    });
    await ok(ledger.api.post('jobs/billing.history/run', {}));
    await ledger.settled();
    const first = await listed(uuid);
    expect(first).to.include({ status: 'discovered', amount_cents: 300 });
    expect(first.error).to.contain('answered 500').and.to.not.contain('attempt');
    expect((await margin()).pending).to.deep.equal([{ uuid, amount_cents: 300, error: first.error }]);
    const before = ledger.clock.now();

    const events = await ledger.eventCount();
    ledger.clock.advance(60_000);
    expect((await job('billing.ingest_invoice', { invoice_uuid: uuid })).data.status).to.equal('failed');
    await job('billing.history');
    expect(await ledger.eventCount(), 'a retry that fails the same way adds nothing').to.equal(events);

    fault.remove();
    await problem(ledger.api.post(`billing/invoices/${uuid}/ingest`), 502, 'csv.1');
    await problem(ledger.api.post(`billing/invoices/${uuid}/ingest`), 502, 'csv.1');
    expect(await ledger.eventCount()).to.equal(events + 1);
    await ledger.settled();
    const second = (await listed(uuid)).error;
    expect(second).to.contain('row 1').and.to.contain('USD is not a dollar amount').and.to.contain('€1.00');
    expect((await margin()).pending).to.deep.equal([{ uuid, amount_cents: 300, error: second }]);
    expect((await margin(`&known_at=${before}`)).pending).to.deep.equal([
      { uuid, amount_cents: 300, error: first.error },
    ]);

    ledger.clock.advance(60_000);
    ledger.digitalOcean.setInvoiceCsv(uuid, csv);
    await ok(ledger.api.post(`billing/invoices/${uuid}/ingest`));
    await ledger.settled();
    expect(await listed(uuid)).to.include({ status: 'ingested', error: null, difference_cents: 200 });
    expect((await margin()).pending).to.deep.equal([]);
    expect((await margin(`&known_at=${before}`)).pending).to.have.length(1);
  });

  it('shows a discovered invoice whose ingestion was not tried yet', async () => {
    const third = 'a3a1e3a0-0000-4000-8000-000000000003';
    await ledger.ledger.execute(
      commands.discoverProviderInvoice,
      { invoice_uuid: third, invoice_id: null, period: '2026-02-01', amount_cents: 1 },
      ledger.meta(),
    );
    await ledger.settled();
    expect((await ok(ledger.api.get('dashboard/margin?period=2026-02'))).data.pending).to.deep.equal([
      { uuid: third, amount_cents: 1, error: null },
    ]);
  });
});

import { expect } from 'chai';
import { emptyAccount, invoiceCsv, type SimulatorSettings } from '../../simulators/digitalocean/index.ts';
import { syncAll } from '../support/processes/sync-run.ts';
import { ok, problem } from '../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';

const april = '66c69033-e9fe-51ae-af94-4fa3f5205f25';
const other = 'a3a1e3a0-0000-4000-8000-000000000001';

describe('costs over HTTP: failures', () => {
  let ledger: TestLedger;
  const start = async (settings: SimulatorSettings = { account: emptyAccount() }) => {
    ledger = await startTestLedger({ digitalOcean: settings, finance: true });
  };
  afterEach(async () => {
    await ledger.close();
  });

  const row = (description: string, usd: string, product = 'Droplets') => ({ product, description, usd });
  const ingest = (uuid = other) => ledger.api.post(`billing/invoices/${uuid}/ingest`);
  const lines = async () => (await ok(ledger.api.get('billing/cost-lines?period=2026-04'))).summary;

  it('rejects a malformed CSV whole, with row and reason, and keeps what was there', async () => {
    await start();
    ledger.digitalOcean.addInvoice({
      uuid: other,
      period: '2026-04',
      csv: invoiceCsv([row('a (s)', '$1.00'), row('b (s)', '$2.00')]),
    });
    await ok(ingest());
    const events = await ledger.eventCount();
    ledger.digitalOcean.setInvoiceCsv(other, invoiceCsv([row('a (s)', '$5.00'), row('b (s)', '$2.0x')]));
    const refused = await problem(ingest(), 502, 'csv.2');
    expect(refused.row).to.equal(2);
    expect(refused.detail).to.contain('row 2').and.to.contain('USD');
    expect(await ledger.eventCount()).to.equal(events);
    expect(await lines()).to.include({ lines: 2, total_cents: 300 });
    const { data } = await ok(ledger.api.post('jobs/billing.ingest_invoice/run', { invoice_uuid: other }));
    expect(data.status).to.equal('failed');
    expect(data.error).to.contain('row 2');
  });

  it('replaces the whole set when the CSV changed, and pushes again', async () => {
    await start();
    const csv = invoiceCsv([
      row('a (s)', '$1.00'),
      row('b (s)', '$2.00'),
      row('GST (10%)', '$0.30', 'Taxes'),
    ]);
    ledger.digitalOcean.addInvoice({ uuid: other, period: '2026-04', csv });
    await ok(ingest());
    ledger.digitalOcean.setInvoiceCsv(other, invoiceCsv([row('c (s)', '$2.50')]));
    expect((await ok(ingest())).data).to.include({
      lines: 1,
      lines_total_cents: 250,
      tax_cents: 0,
      amount_cents: 330,
      difference_cents: 80,
      changed: true,
      pushed: 'updated',
    });
    expect(await lines()).to.deep.equal({ lines: 1, matched: 0, total_cents: 250, tax_cents: 0 });
    expect((await ok(ledger.api.get('billing/invoices'))).data[0]).to.include({
      lines: 1,
      difference_cents: 80,
    });
    ledger.digitalOcean.setInvoiceCsv(other, csv);
    expect((await ok(ingest())).data).to.include({ lines: 3, difference_cents: 0, pushed: 'updated' });
    expect(await lines()).to.deep.equal({ lines: 3, matched: 0, total_cents: 330, tax_cents: 30 });
    expect(ledger.finance.invoices.get(other)?.imports).to.equal(3);
  });

  it('takes the period from the summary, and ignores a change of address', async () => {
    await start();
    ledger.digitalOcean.addInvoice({
      uuid: other,
      period: '2026-04',
      csv: invoiceCsv([row('a (s)', '$1.00')]),
      summary: { billing_period: '2026-03' },
    });
    expect((await ok(ingest())).data.period).to.equal('2026-03-01');
    const events = await ledger.eventCount();
    ledger.digitalOcean.setInvoiceSummary(other, { user_name: 'Another Name' });
    expect((await ok(ingest())).data.changed).to.equal(false);
    expect(await ledger.eventCount()).to.equal(events);
  });

  it('matches again after a sync, without another ingestion or push', async () => {
    await start({});
    expect((await ok(ingest(april))).data).to.include({ matched: 0, unmatched: 33, pushed: 'created' });
    await syncAll(ledger);
    expect((await ok(ingest(april))).data).to.include({
      matched: 17,
      unmatched: 16,
      changed: true,
      pushed: null,
    });
    const stream = await ledger.ledger.events(`provider-invoice-${april}`);
    expect(stream.map((event) => event.type)).to.deep.equal([
      'ProviderInvoiceDiscovered',
      'ProviderInvoiceIngested',
      'ProviderInvoiceMatched',
      'ProviderInvoicePushed',
      'ProviderInvoiceMatched',
    ]);
    expect(ledger.finance.invoices.get(april)?.imports).to.equal(1);
  });

  it('matches by the resource ids of the JSON form, and keeps them when that form is missing', async () => {
    await start({});
    await syncAll(ledger);
    const [first, second] = ledger.digitalOcean.account.droplets;
    if (first === undefined || second === undefined) throw new Error('the sample account has droplets');
    const csv = invoiceCsv([
      row('called something else by now (s)', '$1.00'),
      row(`${second.name} (s)`, '$2.00'),
    ]);
    const item = (description: string, amount: string, resource_id: string) => ({
      product: 'Droplets',
      description,
      amount,
      resource_id,
      start_time: '2026-04-01T00:00:00Z',
      end_time: '2026-05-01T00:00:00Z',
    });
    const items = [
      item(`${second.name} (s)`, '2.00', '999999999'),
      item('called something else by now (s)', '1.00', String(first.id)),
    ];
    ledger.digitalOcean.addInvoice({ uuid: other, period: '2026-04', csv, items });
    const matches = async () =>
      (await ok(ledger.api.get(`billing/cost-lines?period=2026-04`))).data.map(
        (line: { matched: boolean; unmatched_reason: string | null }) => [
          line.matched,
          line.unmatched_reason,
        ],
      );
    await ok(ingest());
    expect(await matches()).to.deep.equal([
      [true, null],
      [false, 'not-found'],
    ]);
    ledger.digitalOcean.setAvailability(other, { items_at: '2027-01-01T00:00:00Z' });
    expect((await ok(ingest())).data.changed).to.equal(false);
    expect(await matches()).to.deep.equal([
      [true, null],
      [false, 'not-found'],
    ]);
  });

  it('keeps the ingestion while finance is down; the next run pushes', async () => {
    await start();
    ledger.digitalOcean.addInvoice({
      uuid: other,
      period: '2026-04',
      csv: invoiceCsv([row('a (s)', '$1.00')]),
    });
    ledger.finance.fail('down');
    expect((await problem(ingest(), 502)).detail)
      .to.contain('ingested')
      .and.to.contain('finance');
    await ledger.settled();
    expect((await ok(ledger.api.get('billing/invoices'))).data[0]).to.include({
      status: 'ingested',
      lines: 1,
      pushed_to_finance_at: null,
    });
    expect(
      (await ok(ledger.api.post('jobs/billing.ingest_invoice/run', { invoice_uuid: other }))).data.status,
    ).to.equal('failed');
    ledger.finance.recover();
    expect((await ok(ingest())).data).to.include({ changed: false, pushed: 'created' });
    expect((await ok(ingest())).data).to.include({ pushed: null });
  });

  it('creates one invoice at finance although the answer was lost', async () => {
    await start();
    ledger.digitalOcean.addInvoice({
      uuid: other,
      period: '2026-04',
      csv: invoiceCsv([row('a (s)', '$1.00')]),
    });
    ledger.finance.fail('reset_after_import', 1);
    await problem(ingest(), 502);
    expect((await ok(ingest())).data).to.include({ pushed: 'updated' });
    expect(ledger.finance.invoices.size).to.equal(1);
  });

  it('keeps nothing of the token that finance echoes, in events, runs, jobs and answers', async () => {
    await start();
    ledger.digitalOcean.addInvoice({
      uuid: other,
      period: '2026-04',
      csv: invoiceCsv([row('a (s)', '$1.00')]),
    });
    for (const failure of ['echo_as_id', 'echo_as_reason'] as const) {
      ledger.finance.fail(failure);
      const refused = await problem(ingest(), 502);
      const run = await ok(ledger.api.post('jobs/billing.ingest_invoice/run', { invoice_uuid: other }));
      const history = await ok(ledger.api.post('jobs/billing.history/run', {}));
      const jobs = await ok(ledger.api.get('jobs'));
      const stored = await ledger.ledger.events(`provider-invoice-${other}`);
      expect(run.data.status).to.equal('failed');
      expect(JSON.stringify([refused, run, history, jobs, stored]))
        .to.not.contain('eyJ')
        .and.to.not.contain('\\u001b');
      expect(stored.map((event) => event.type)).to.not.include('ProviderInvoicePushed');
    }
    ledger.finance.recover();
    expect((await ok(ingest())).data.pushed).to.equal('created');
  });

  it("stops reading a provider's answer at its size limit, and records nothing of it", async () => {
    await start();
    ledger.digitalOcean.addInvoice({
      uuid: other,
      period: '2026-04',
      csv: invoiceCsv([row('a (s)', '$1.00')]),
    });
    const path = `/v2/customers/my/invoices/${other}/csv`;
    const fault = ledger.digitalOcean.faults.inject({
      path,
      effect: { kind: 'padded_body', bytes: 65 * 1024 * 1024, gzip: true },
    });
    const refused = await problem(ingest(), 502);
    expect(refused.reason).to.equal('too-large');
    expect(refused.detail).to.contain('larger than 64 MB');
    expect(await ledger.eventCount()).to.equal(0);
    fault.remove();
    expect((await ok(ingest())).data.lines).to.equal(1);
  });

  it('reports a failure of the provider as such, and records nothing', async () => {
    await start();
    ledger.digitalOcean.addInvoice({
      uuid: other,
      period: '2026-04',
      csv: invoiceCsv([row('a (s)', '$1.00')]),
      availability: { csv_at: '2027-01-01T00:00:00Z' },
    });
    await problem(ingest(), 502);
    ledger.digitalOcean.setAvailability(other, { summary_at: '2027-01-01T00:00:00Z', missing_status: 500 });
    await problem(ingest(), 502);
    ledger.digitalOcean.setAvailability(other, {});
    ledger.digitalOcean.faults.inject({ effect: { kind: 'status', status: 401 } });
    await problem(ingest(), 502);
    expect(await ledger.eventCount()).to.equal(0);
    ledger.digitalOcean.faults.clear();
    expect((await ok(ingest())).data.lines).to.equal(1);
  });
});

describe('costs without DigitalOcean or finance configured', () => {
  it('skips finance silently where none is configured, and says so where DigitalOcean is not', async () => {
    const ledger = await startTestLedger({ digitalOcean: {} });
    try {
      expect((await ok(ledger.api.post(`billing/invoices/${april}/ingest`))).data).to.include({
        lines: 33,
        pushed: null,
        finance_invoice_id: null,
      });
    } finally {
      await ledger.close();
    }
    const bare = await startTestLedger();
    try {
      await problem(bare.api.post(`billing/invoices/${april}/ingest`), 409);
      expect((await ok(bare.api.post('jobs/billing.balance/run'))).data).to.include({ status: 'failed' });
    } finally {
      await bare.close();
    }
  });
});

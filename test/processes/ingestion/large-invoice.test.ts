import { expect } from 'chai';
import { setTimeout as delay } from 'node:timers/promises';
import { emptyAccount, invoiceCsv } from '../../../simulators/digitalocean/index.ts';
import { ok } from '../../support/http/api.ts';
import { until } from '../../support/runtime/until.ts';
import { startTestLedger, type TestLedger } from '../../support/ledger/test-ledger.ts';

const uuid = 'a3a1e3a0-0000-4000-8000-000000000001';
const rows = 100_000;

describe('an invoice of 100,000 rows', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await startTestLedger({ digitalOcean: { account: emptyAccount() } });
  });
  after(async () => {
    await ledger.close();
  });

  it('goes in parts, and shows nothing before it is complete', async () => {
    const csv = invoiceCsv(
      Array.from({ length: rows }, (_, index) => ({
        product: 'Droplets',
        description: `worker-${index}.example.com (s-1vcpu-1gb)`,
        usd: '$0.01',
      })),
    );
    ledger.digitalOcean.addInvoice({
      uuid,
      period: '2026-04',
      csv,
      availability: { items_at: '2027-01-01T00:00:00Z' },
    });

    let done = false;
    const seen = new Set<number>();
    const ingestion = ok(ledger.api.post(`billing/invoices/${uuid}/ingest`)).finally(() => {
      done = true;
    });
    while (!done) {
      const { summary, data } = await ok(ledger.api.get('billing/cost-lines?limit=1'));
      seen.add(summary.lines);
      expect(data.length).to.equal(summary.lines === 0 ? 0 : 1);
      // The service runs in this process: asked without a pause, it would mostly answer this.
      await delay(100);
    }
    expect((await ingestion).data).to.include({
      lines: rows,
      lines_total_cents: rows,
      difference_cents: 0,
      matched: 0,
    });
    // On a busy machine the read models may follow later than a request waits for them.
    const { body } = await until(
      'the lines to be shown',
      () => ledger.api.get('billing/cost-lines?period=2026-04&limit=1'),
      ({ status }) => status === 200,
    );
    seen.add(body.summary.lines);
    expect([...seen].sort()).to.deep.equal([0, rows]);

    const [ingested] = (await ledger.ledger.events(`provider-invoice-${uuid}`)).filter(
      (event) => event.type === 'ProviderInvoiceIngested',
    );
    const { lines_hash: hash, parts } = ingested?.data as { lines_hash: string; parts: number };
    const stored = await ledger.ledger.events(`cost-lines-${uuid}-${hash}`);
    expect(stored).to.have.length(parts);
    expect(stored.length).to.be.greaterThan(100);
    for (const event of stored) expect(Buffer.byteLength(JSON.stringify(event.data))).to.be.below(500_000);
  });
});

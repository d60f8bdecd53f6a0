import { expect } from 'chai';
import { costLinesForPeriod } from '../../../projections/costs/cost-queries.ts';
import { emptyAccount, invoiceCsv } from '../../../simulators/digitalocean/index.ts';
import { ok } from '../../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../../support/ledger/test-ledger.ts';

const uuid = 'a3a1e3a0-0000-4000-8000-000000000001';

describe('the costs of a period', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await startTestLedger({ digitalOcean: { account: emptyAccount() } });
  });
  after(async () => {
    await ledger.close();
  });

  const ingest = () => ok(ledger.api.post(`billing/invoices/${uuid}/ingest`));
  const costs = (period: string) => ledger.ledger.readLatest((db) => costLinesForPeriod(db, period));

  it('are those of the invoices of that period, each line with its last day', async () => {
    const at = (start: string, end: string) => ({
      product: 'Droplets',
      description: 'a (s)',
      usd: '$1.00',
      start: `2026-04-${start} +0000`,
      end: `${end} +0000`,
    });
    ledger.digitalOcean.addInvoice({
      uuid,
      period: '2026-04',
      csv: invoiceCsv([
        at('01 00:00:00', '2026-05-01 00:00:00'),
        at('01 00:00:00', '2026-04-10 08:26:21'),
        at('01 00:00:00', '2026-04-10 00:00:00'),
        at('30 00:00:00', '2026-04-30 00:00:00'),
        {
          product: 'Taxes',
          description: 'GST (10%)',
          usd: '$0.40',
          hours: '',
          end: '2026-04-30 23:59:59 +0000',
        },
      ]),
    });
    await ingest();
    const lines = await costs('2026-04-01');
    expect(lines.map((line) => line.last_day)).to.deep.equal([
      '2026-04-30',
      '2026-04-10',
      '2026-04-09',
      '2026-04-30',
      '2026-04-30',
    ]);
    expect(lines[4]).to.deep.equal({
      invoice_uuid: uuid,
      line_no: 5,
      amount_cents: 40,
      currency: 'USD',
      kind: null,
      is_tax: true,
      resource_id: null,
      description: 'GST (10%)',
      unmatched_reason: 'tax',
      first_day: '2026-04-01',
      last_day: '2026-04-30',
    });
    expect(await costs('2026-03-01')).to.deep.equal([]);
  });

  it('count each line once after the invoice was replaced', async () => {
    ledger.digitalOcean.setInvoiceCsv(
      uuid,
      invoiceCsv([{ product: 'Droplets', description: 'b (s)', usd: '$7.00' }]),
    );
    await ingest();
    expect((await costs('2026-04-01')).map((line) => line.amount_cents)).to.deep.equal([700]);
  });
});

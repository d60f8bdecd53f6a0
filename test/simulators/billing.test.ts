import { expect } from 'chai';
import {
  aBillingEntry,
  emptyAccount,
  invoiceColumns,
  invoiceCsv,
  type InvoiceCsvRow,
} from '../../simulators/digitalocean/index.ts';
import {
  eachTestHasSimulator,
  get,
  itemsUnder,
  pageLink,
  totalOf,
  walk,
} from '../support/simulators/simulator.ts';

const april = '66c69033-e9fe-51ae-af94-4fa3f5205f25';
const rows: InvoiceCsvRow[] = [
  { product: 'Droplets', description: 'web (s-1vcpu-1gb)', usd: '$6.00', project_name: 'pilot' },
  { product: 'Droplets', description: 'bulk', usd: '$1,234.56' },
  { product: 'Credits', description: 'Goodwill', hours: '', usd: '-$1.06' },
  { product: 'Taxes', description: 'GST (10.0%)', hours: '', usd: '$0.50' },
];
const billing = '/v2/customers/my';

describe('billing of the DigitalOcean stand-in, sample account', () => {
  const current = eachTestHasSimulator(() => ({}));

  it('lists 137 invoices newest first, the preview beside them and not counted', async () => {
    const { json } = await get(current(), `${billing}/invoices?per_page=200`);
    const periods = itemsUnder(json, 'invoices').map((item) => item['invoice_period'] as string);
    expect([periods.length, totalOf(json), periods[0], periods.at(-1)]).to.deep.equal([
      137,
      137,
      '2026-04',
      '2014-12',
    ]);
    expect(periods).to.deep.equal([...periods].sort().reverse());
    expect(json['invoice_preview']).to.include({
      invoice_period: '2026-05',
      amount: '23.44',
      updated_at: '2026-05-09T15:05:00Z',
    });
    expect(await walk(current(), `${billing}/invoices`, 'invoices')).to.have.length(137);
  });

  it('serves the April invoice as CSV, summary and items that agree', async () => {
    const csv = await get(current(), `${billing}/invoices/${april}/csv`);
    expect([csv.status, csv.headers.get('content-type')]).to.deep.equal([200, 'text/csv']);
    expect(csv.headers.get('content-disposition')).to.equal(
      'attachment; filename="DigitalOcean Invoice 2026 Apr (258992-20202604).csv"',
    );
    expect(csv.text.trimEnd().split('\n')).to.have.length(34);
    const summary = (await get(current(), `${billing}/invoices/${april}/summary`)).json;
    expect(summary).to.include({ amount: '86.92', billing_period: '2026-04' });
    const items = await walk(current(), `${billing}/invoices/${april}`, 'invoice_items');
    expect(items).to.have.length(33);
    expect(items[0]).to.deep.equal({
      product: 'Droplets',
      description: 'git.example.com (s-1vcpu-1gb)',
      amount: '6.00',
      duration: '672',
      duration_unit: 'Hours',
      start_time: '2026-04-01T00:00:00Z',
      end_time: '2026-05-01T00:00:00Z',
      project_name: 'pilot',
      category: 'iaas',
    });
  });

  it('pages the billing history, or gives it whole and without a total', async () => {
    const sim = current();
    expect(await walk(sim, `${billing}/billing_history?per_page=100`, 'billing_history')).to.have.length(274);
    sim.options.billingHistoryPaging = 'ignored';
    sim.options.billingHistoryTotal = false;
    const { json } = await get(sim, `${billing}/billing_history?per_page=100&page=2`);
    expect([itemsUnder(json, 'billing_history').length, totalOf(json), pageLink(json, 'next')]).to.deep.equal(
      [274, undefined, undefined],
    );
  });

  it('knows the preview by its word and by its own UUID', async () => {
    const sim = current();
    const preview = sim.setPreview({ period: '2026-05', csv: invoiceCsv(rows) });
    expect(sim.account.invoices.map((invoice) => invoice.invoice_uuid)).not.to.include(preview.invoice_uuid);
    for (const id of ['preview', preview.invoice_uuid]) {
      expect((await get(sim, `${billing}/invoices/${id}/summary`)).json['amount']).to.equal('1240.00');
    }
  });

  it('serves the balance as set', async () => {
    current().setBalance({ account_balance: '-12.30' });
    expect((await get(current(), `${billing}/balance`)).json).to.deep.equal({
      month_to_date_balance: '23.44',
      account_balance: '-12.30',
      month_to_date_usage: '23.44',
      generated_at: '2026-05-09T15:01:12Z',
    });
  });
});

describe('a month closed in the DigitalOcean stand-in', () => {
  const current = eachTestHasSimulator(() => ({ account: emptyAccount(), now: '2026-05-01T00:00:00Z' }));
  const listed = async () =>
    itemsUnder((await get(current(), `${billing}/invoices`)).json, 'invoices').length;
  const history = async () =>
    itemsUnder((await get(current(), `${billing}/billing_history`)).json, 'billing_history');

  it('derives amount, summary and items from the CSV, so that the books add up', async () => {
    const sim = current();
    const { invoice_uuid: uuid } = sim.addInvoice({ period: '2026-04', csv: invoiceCsv(rows) });
    const { json } = await get(sim, `${billing}/invoices/${uuid}/summary`);
    expect(json).to.deep.include({
      amount: '1240.00',
      billing_period: '2026-04',
      taxes: { name: 'Taxes', amount: '0.50' },
    });
    expect(json['product_charges']).to.deep.include({ amount: '1240.56' });
    expect(json['credits_and_adjustments']).to.deep.include({ amount: '-1.06' });
    expect(await history()).to.deep.equal([
      {
        description: 'Invoice for April 2026',
        amount: '1240.00',
        invoice_id: '3202604',
        invoice_uuid: uuid,
        date: '2026-05-01T00:00:00Z',
        type: 'Invoice',
      },
    ]);
    const items = await walk(sim, `${billing}/invoices/${uuid}`, 'invoice_items');
    expect(items.map((item) => [item['amount'], item['duration'], item['duration_unit']])).to.deep.equal([
      ['6.00', '672', 'Hours'],
      ['1234.56', '672', 'Hours'],
      ['-1.06', '', ''],
      ['0.50', '', ''],
    ]);
  });

  it('appears in list, history, summary and CSV each in its own time', async () => {
    const sim = current();
    const at = (minute: number): string => `2026-05-01T00:0${minute}:00Z`;
    const { invoice_uuid: uuid } = sim.addInvoice({
      period: '2026-04',
      csv: invoiceCsv(rows),
      historyAt: at(1),
      availability: { list_at: at(2), summary_at: at(3), csv_at: at(4), missing_status: 500 },
    });
    const seen: unknown[] = [];
    for (let minute = 0; minute < 5; minute += 1) {
      const forms = [
        await get(sim, `${billing}/invoices/${uuid}/summary`),
        await get(sim, `${billing}/invoices/${uuid}/csv`),
      ];
      seen.push([(await history()).length, await listed(), ...forms.map(({ status }) => status)]);
      sim.clock.advance(60_000);
    }
    expect(seen).to.deep.equal([
      [0, 0, 500, 500],
      [1, 0, 500, 500],
      [1, 1, 500, 500],
      [1, 1, 200, 500],
      [1, 1, 200, 200],
    ]);
  });

  it('can be reissued in silence, carry ids, not add up, and change its address alone', async () => {
    const sim = current();
    const { invoice_uuid: uuid } = sim.addInvoice({
      period: '2026-04',
      csv: invoiceCsv(rows),
      amount: '1240.01',
    });
    expect(itemsUnder((await get(sim, `${billing}/invoices`)).json, 'invoices')[0]?.['amount']).to.equal(
      '1240.01',
    );
    sim.setInvoiceCsv(uuid, 'product,USD\n');
    sim.setInvoiceItems(uuid, [
      { product: 'Droplets', description: 'web', amount: '6.00', resource_id: '401000001' },
    ]);
    sim.setInvoiceSummary(uuid, { user_company: 'Renamed Pty Ltd' });
    expect((await get(sim, `${billing}/invoices/${uuid}/csv`)).text).to.equal('product,USD\n');
    expect(
      itemsUnder((await get(sim, `${billing}/invoices/${uuid}`)).json, 'invoice_items')[0]?.['resource_id'],
    ).to.equal('401000001');
    expect((await get(sim, `${billing}/invoices/${uuid}/summary`)).json).to.include({
      user_company: 'Renamed Pty Ltd',
      amount: '1240.01',
    });
  });

  it('keeps the JSON form of an invoice whose CSV is cut, unclosed or with what is no amount', async () => {
    const sim = current();
    for (const [period, broken] of [
      ['2026-01', 'product,USD\n"Drop'],
      ['2026-02', 'product,USD\nDroplets,free'],
    ] as const) {
      const { invoice_uuid: uuid } = sim.addInvoice({ period, csv: invoiceCsv(rows) });
      sim.setInvoiceCsv(uuid, broken);
      expect((await get(sim, `${billing}/invoices/${uuid}/csv`)).text).to.equal(broken);
      expect(totalOf((await get(sim, `${billing}/invoices/${uuid}`)).json)).to.equal(4);
    }
    const fresh = sim.addInvoice({ period: '2026-03', csv: 'product,USD\n"Drop', amount: '5.00' });
    expect((await get(sim, `${billing}/invoices/${fresh.invoice_uuid}/summary`)).json).to.include({
      amount: '5.00',
    });
  });

  it('may keep the UUID of its preview', async () => {
    const sim = current();
    const preview = sim.setPreview({ period: '2026-05', csv: invoiceCsv(rows.slice(0, 1)) });
    sim.addInvoice({ period: '2026-05', csv: invoiceCsv(rows), uuid: preview.invoice_uuid });
    const amountAt = async (id: string) =>
      (await get(sim, `${billing}/invoices/${id}/summary`)).json['amount'];
    expect([await amountAt(preview.invoice_uuid), await amountAt('preview')]).to.deep.equal([
      '1240.00',
      '6.00',
    ]);
  });

  it('takes history rows of any type, twins too, each at the place of its date', async () => {
    const sim = current();
    sim.addBillingEntry(aBillingEntry({ date: '2026-04-02T00:00:00Z' }));
    sim.addBillingEntry(aBillingEntry({ date: '2026-04-02T00:00:00Z' }));
    sim.addBillingEntry(aBillingEntry({ date: '2026-04-05T00:00:00Z', type: 'Refund', amount: '3.00' }));
    sim.addBillingEntry(aBillingEntry({ date: '2025-01-01T00:00:00Z', type: 'Chargeback' }));
    expect((await history()).map((entry) => entry['type'])).to.deep.equal([
      'Refund',
      'Payment',
      'Payment',
      'Chargeback',
    ]);
  });
});

describe('an invoice CSV', () => {
  const one: InvoiceCsvRow[] = [
    { product: 'Volumes', description: 'a "b", c\nd', usd: '$-1.00', extra: { sku: 'v-1' } },
  ];
  const full = '2026-04-01 00:00:00 +0000,2026-05-01 00:00:00 +0000';

  it('is written in each known form', () => {
    expect(invoiceCsv(one)).to.equal(
      `${invoiceColumns.join(',')}\nVolumes,,"a ""b"", c\nd",672,${full},$-1.00,,iaas\n`,
    );
    expect(invoiceCsv(one, { columns: invoiceColumns.slice(0, 7) }).split('\n')[0]).to.equal(
      'product,group_description,description,hours,start,end,USD',
    );
    expect(
      invoiceCsv(one, { columns: ['USD', 'sku', 'product'], eol: '\r\n', bom: true, finalNewline: false }),
    ).to.equal('\uFEFFUSD,sku,product\r\n$-1.00,v-1,Volumes');
    expect(invoiceCsv(one, { columns: ['product', 'USD'], quoteAll: true })).to.equal(
      'product,USD\n"Volumes","$-1.00"\n',
    );
    expect(invoiceCsv([], { columns: ['product', 'USD'] })).to.equal('product,USD\n');
  });
});

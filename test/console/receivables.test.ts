import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { money } from '../../src/pricing/amount-text.ts';
import { csvAt, operatorAt, tableOf, tenantAt, type Browser } from '../support/console/browse.ts';
import { ok, type Json } from '../support/http/api.ts';
import { invoiceOf, rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { customerBody, sellerBody } from '../support/parties/party-bodies.ts';

const april = invoiceId('acme', '2026-04-01');

describe('the pages of invoices, receivables and payments', () => {
  let test: TestLedger;
  let browser: Browser;
  const get = async (path: string): Promise<Json> => ok(test.api.get(path));
  before(async () => {
    test = await seededLedger();
    for (const tenant of ['acme', '=globex']) await subscribed(test, tenant, 'site');
    await rollup(test);
    browser = await operatorAt(test.url);
  });
  after(() => test.close());

  it('list invoices by status with the sums of the API, sorted by it', async () => {
    const { data, summary } = await get('invoices?summary=true&sort=-tenant');
    const page = await browser.get('/console/invoices?sort=-tenant');
    const rows = tableOf(page, 'Invoices');
    expect(rows.map((row) => [row['Tenant'], row['Total'], row['Open']])).to.deep.equal(
      data.map((row: Json) => [row.tenant_id, money(row.total_cents), money(row.open_cents)]),
    );
    const tabs = page.root.querySelector('.tabs')?.structuredText ?? '';
    expect(tabs).to.contain(`All ${summary.all.invoices}`).and.to.contain(money(summary.all.total_cents));
    const none = await browser.get('/console/invoices?status=overdue&tenant_id=acme');
    expect(none.text).to.contain('No invoice is found: overdue, of acme.');
  });

  it('give exactly what is filtered as CSV', async () => {
    const page = await browser.get('/console/invoices?tenant_id=%3Dglobex&from=1.00');
    const link =
      page.root.querySelector('a[href^="/console/files/invoices.csv"]')?.getAttribute('href') ?? '';
    const file = await browser.file(link.replaceAll('&amp;', '&'));
    expect(file.status).to.equal(200);
    expect(file.headers.get('content-type')).to.equal('text/csv; charset=utf-8');
    expect(file.headers.get('content-disposition')).to.contain('invoices.csv');
    const lines = (await file.text()).trimEnd().split('\r\n');
    expect(lines).to.have.length(2);
    expect(lines[1]).to.contain("'=globex");
    expect((await (await tenantAt(test.url, 'acme')).file(link)).status).to.equal(403);
  });

  it('have the receivables of a day and the payments of a filter as CSV', async () => {
    const page = await browser.get('/console/receivables');
    const tenants = tableOf(page, 'Receivables').map((row) => row['Tenant']);
    const rows = await csvAt(browser, page, 'receivables.csv');
    expect(rows.map((row) => row['tenant_id']?.replace(/^'/, ''))).to.deep.equal(tenants);
    const none = await browser.get('/console/payments?method=barter');
    expect(await csvAt(browser, none, 'payments.csv')).to.deep.equal([]);
  });

  it('show what a payment pays before it is recorded, and then record it once', async () => {
    const { open_cents } = await invoiceOf(test, april);
    const asked = '/console/payments/new?tenant_id=acme&amount=60.00';
    const page = await browser.get(asked);
    const { data: foreseen } = await get('payments/preview?tenant_id=acme&amount_cents=6000');
    expect(page.text).to.contain(`${money(foreseen.targets[0].amount_cents)} AUD pay invoice`);
    expect(page.text).to.contain(money(foreseen.balance_after_cents));
    const missing = await browser.submit(page, 'record-payment', { reference: '' });
    expect(missing.status).to.equal(422);
    expect(missing.text).to.contain('Reference: has to be filled in');
    const recorded = await browser.submit(missing, 'record-payment', { reference: 'r-1' });
    expect(recorded.status).to.equal(200);
    expect(recorded.text).to.contain('The payment of 60.00 is recorded.');
    expect((await invoiceOf(test, april)).open_cents).to.equal(open_cents - foreseen.targets[0].amount_cents);
    await browser.submit(page, 'record-payment', { reference: 'r-1' });
    expect((await get('payments')).data).to.have.length(1);
    const wrong = await browser.get('/console/payments/new?tenant_id=acme&amount=abc');
    const list = wrong.root.querySelector('input[name=tenant_id]')?.getAttribute('list') ?? '';
    const proposed = wrong.root.querySelectorAll(`datalist#${list} option`);
    const { data: tenants } = await ok(test.api.get('tenants'));
    expect(proposed.map((option) => option.getAttribute('value'))).to.deep.equal(
      tenants.map(({ tenant_id }: Json) => tenant_id),
    );
    expect(wrong.text).to.contain('Amount: expected an amount such as 78.23');
    expect(wrong.root.querySelector('#ask-amount-error')?.text).to.equal('expected an amount such as 78.23');
    const empty = await browser.get('/console/payments/new?tenant_id=&amount=&received_on=2026-05-09');
    expect(empty.root.querySelector('#ask-tenant_id-error')?.text).to.equal('has to be filled in');
    const unknown = await browser.get('/console/payments/new?tenant_id=acmee&amount=1');
    expect(unknown.root.querySelector('#ask-tenant_id')?.getAttribute('aria-invalid')).to.equal('true');
    expect(unknown.text).not.to.contain('Open invoices');
  });

  it('refund and take back a payment, with the consequences above the button', async () => {
    const [{ id }] = (await get('payments')).data;
    const page = await browser.get(`/console/payments/${id}?refund=10.00`);
    const { data: foreseen } = await get(`payments/${id}/refund-preview?amount_cents=1000`);
    expect(page.text).to.contain(money(foreseen.balance_after_cents));
    const refunded = await browser.submit(page, 'refund-payment', { reason: 'too much' });
    expect(refunded.text).to.contain('10.00 of the payment are paid back');
    const { data: payment } = await get(`payments/${id}`);
    expect(tableOf(refunded, 'Refunds').map((row) => row['Amount'])).to.deep.equal(['10.00']);
    expect(payment.refunded_cents).to.equal(1_000);
    const other = await ok(
      test.api.post('payments', {
        ...{ tenant_id: 'acme', amount_cents: 500, received_on: '2026-05-08' },
        ...{ method: 'card', reference: 'c-1' },
      }),
      201,
    );
    const shown = await browser.get(`/console/payments/${other.data.id}`);
    const reversed = await browser.submit(shown, 'reverse-payment', { reason: 'bounced' });
    expect(reversed.text).to.contain('The payment is taken back.').and.to.contain('bounced');
    expect((await browser.get('/console/payments/none')).status).to.equal(404);
  });

  it('show receivables by age with the totals of the API', async () => {
    const { data, totals } = await get('receivables?as_of=2026-08-01');
    const page = await browser.get('/console/receivables?as_of=2026-08-01');
    expect(tableOf(page, 'Receivables at the end of 2026-08-01').map((row) => row['Open'])).to.deep.equal(
      data.map((row: Json) => money(row.total_cents)),
    );
    expect(page.root.querySelector('tfoot')?.textContent).to.contain(money(totals.total_cents));
  });

  it('list notes, and show one with its lines', async () => {
    const globex = invoiceId('=globex', '2026-04-01');
    const credit = { lines: [{ description: 'Outage', amount_cents: 500 }], reason: 'an outage' };
    const { data: note } = await ok(test.api.post(`invoices/${globex}/credit`, credit), 201);
    const list = tableOf(await browser.get('/console/corrections'), 'Credit and debit notes');
    expect(list.map((row) => [row['Tenant'], row['Total']])).to.deep.equal([
      ['=globex', money(note.total_cents)],
    ]);
    const page = await browser.get(`/console/corrections/${note.id}`);
    expect(tableOf(page, 'Lines of the note').map((row) => row['Amount'])).to.deep.equal(
      note.lines.map((line: Json) => money(line.amount_cents)),
    );
  });

  it('set seller and rates, with the messages of the API', async () => {
    const page = await browser.get('/console/seller');
    expect(page.text).to.contain('No seller is set');
    const { address, bank, ...plain } = sellerBody;
    const typed = {
      ...(plain as Record<string, string>),
      ...Object.fromEntries(
        Object.entries({ ...address, lines: address.lines.join('\n') }).map(([name, value]) => [
          `address.${name}`,
          String(value ?? ''),
        ]),
      ),
      ...Object.fromEntries(
        Object.entries(bank).map(([name, value]) => [`bank.${name}`, String(value ?? '')]),
      ),
    };
    const refused = await browser.submit(page, 'set-seller', { ...typed, tax_id: '123' });
    expect(refused.status).to.equal(422);
    expect(refused.text).to.contain('expected an ABN');
    const set = await browser.submit(refused, 'set-seller', { tax_id: plain.tax_id });
    expect(set.text).to.contain(`The seller is ${plain.legal_name}`);
    expect((await get('seller')).data).to.deep.include({ legal_name: plain.legal_name });
    const rates = await browser.get('/console/rates');
    const tax = { name: 'GST', rate: '0.125', effective_from: '2026-07-01' };
    const changed = await browser.submit(rates, 'set-tax-rate', tax);
    expect(tableOf(changed, 'Tax rates').map((row) => row['Rate'])).to.include('12.5 %');
    const fx = { from_currency: 'USD', to_currency: 'AUD', rate: '1.5', effective_from: '2026-01-01' };
    const after = await browser.submit(changed, 'set-fx-rate', fx);
    expect(tableOf(after, 'Exchange rates')).to.have.length(1);
  });

  it('say of a payment that pays nothing yet that it is in the balance', async () => {
    await ok(test.api.put('customers/initech', customerBody));
    const payment = { tenant_id: 'initech', amount_cents: 226, received_on: '2026-05-01' };
    await ok(test.api.post('payments', { ...payment, method: 'transfer', reference: 'early' }), 201);
    await test.settled();
    const rows = tableOf(await browser.get('/console/payments?tenant_id=initech'), 'Payments');
    expect(rows.map((row) => row['State'])).to.deep.equal(['in the balance']);
  });

  it('are for the operator alone', async () => {
    const tenant = await tenantAt(test.url, 'acme');
    for (const path of [
      'close',
      'preview',
      'invoices',
      'receivables',
      'payments',
      'corrections',
      'seller',
      'rates',
    ])
      expect((await tenant.get(`/console/${path}`)).status, path).to.equal(403);
  });
});

import { expect } from 'chai';
import { daysFrom } from '../../src/pricing/calendar.ts';
import { lineText } from '../../src/console/parts/words.ts';
import { money } from '../../src/pricing/amount-text.ts';
import { tableOf, tenantAt, operatorAt, type Browser } from '../support/console/browse.ts';
import { ok, type Json } from '../support/http/api.ts';
import { meter, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import { tenantToken } from '../support/http/tokens.ts';
import { setCustomer, setSeller } from '../support/http/parties.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

describe("a tenant's pages", () => {
  let ledger: TestLedger;
  let acme: Browser;
  let site: string;
  let foreign: string;
  let invoice: Json;
  let foreignInvoice: Json;
  const asAcme = { token: tenantToken('acme') };
  const get = (path: string): Promise<Json> => ok(ledger.api.get(path, asAcme));

  before(async () => {
    ledger = await seededLedger({ now: '2026-05-11T12:00:00.000Z' });
    await setSeller(ledger);
    await setCustomer(ledger, 'acme', { legal_name: 'Acme & Söhne <Pty>' });
    site = await subscribed(ledger, 'acme', 'site', { addons: ['storage_50gb'] });
    foreign = await subscribed(ledger, 'globex', 'shop');
    for (const day of [...daysFrom('2026-04-01', '2026-04-30'), ...daysFrom('2026-05-01', '2026-05-10')])
      await meter(ledger, 'acme', site, day, [{ resource_kind: 'droplet_hours', qty: '72.5' }]);
    await ok(ledger.api.post('invoices/rollup', { period: '2026-04' }));
    await ledger.settled();
    const { data } = await ok(ledger.api.get('invoices'));
    invoice = data.find(({ tenant_id }: Json) => tenant_id === 'acme');
    foreignInvoice = data.find(({ tenant_id }: Json) => tenant_id === 'globex');
    const payment = { tenant_id: 'acme', amount_cents: 1_234, received_on: '2026-05-08', method: 'bank' };
    await ok(ledger.api.post('payments', { ...payment, reference: 'A 1' }), 201);
    await ledger.settled();
    acme = await tenantAt(ledger.url, 'acme');
  });
  after(() => ledger.close());

  it('begin with the month: what it costs now and will, and what was used of what is included', async () => {
    const page = await acme.get('/console/account');
    expect(page.status).to.equal(200);
    const { data: forecast } = await get('usage/forecast');
    for (const cents of [forecast.total_cents, forecast.forecast.so_far_cents])
      expect(page.text).to.contain(money(cents));
    const [row] = tableOf(page, 'This month by deployment, AUD');
    expect([row?.['Deployment'], row?.['Now']]).to.deep.equal(['site', money(forecast.total_cents)]);
    const { data } = await get('usage/days');
    const hours = data[0].kinds.find(({ resource_kind }: Json) => resource_kind === 'droplet_hours');
    expect(page.text).to.contain(`${hours.used_qty} of ${Number(hours.allowance_qty).toLocaleString('en')}`);
    const bars = tableOf(page, 'Server hours by day');
    expect(bars).to.have.length(11);
    expect(Object.values(bars[9] ?? {})).to.deep.equal(['2026-05-10', '72.5']);
  });

  it('show another month as it was used, without a forecast', async () => {
    const page = await acme.get('/console/account?period=2026-04');
    expect(page.text).to.contain('April 2026').and.not.to.contain('At this month');
    expect(tableOf(page, 'Server hours by day')).to.have.length(30);
  });

  it('list invoices with their sums by state, as a table and as CSV', async () => {
    const page = await acme.get('/console/account/invoices');
    const [row, ...others] = tableOf(page, 'Invoices, AUD');
    expect(others).to.deep.equal([]);
    expect([row?.['Number'], row?.['Total, AUD'], row?.['Paid']]).to.deep.equal([
      invoice.number,
      money(invoice.total_cents),
      '12.34',
    ]);
    const csv = await (await acme.file('/console/account/invoices.csv?status=partially_paid')).text();
    expect(csv).to.contain(invoice.number).and.not.to.contain(foreignInvoice.number);
    const none = await acme.get('/console/account/invoices?status=paid');
    expect(none.text).to.contain('No invoice is as the filter says.');
  });

  it('open each line of an invoice to why it costs what it costs', async () => {
    const path = `/console/account/invoices/${invoice.id}`;
    const { data } = await get(`invoices/${invoice.id}`);
    const closed = await acme.get(path);
    for (const { description } of data.lines) expect(closed.text).to.contain(lineText(description));
    expect(closed.html).not.to.contain('/console/journal').and.not.to.contain('/console/customers');
    for (const { line_no, amount_cents } of data.lines) {
      const page = await acme.get(`${path}?line=${line_no}`);
      expect([line_no, page.status]).to.deep.equal([line_no, 200]);
      const detail = page.root.querySelector(`#line-${line_no}-detail`)?.structuredText ?? '';
      expect(detail).to.contain('computed again: the same').and.to.contain(money(amount_cents));
    }
    expect((await acme.get(`${path}?line=99`)).status).to.equal(404);
  });

  it('show an invoice and a deployment as they were, and do nothing to the past', async () => {
    const at = `/console/account/invoices/${invoice.id}`;
    const day = invoice.issued_at.slice(0, 10);
    const past = await acme.get(`${at}?as_of=${day}`);
    expect(past.text).to.contain('The past is shown').and.to.contain('listed as they are now');
    expect((await acme.get(at)).text)
      .to.contain('As it is now.')
      .and.not.to.contain('The past is shown');
    const before = await acme.get(`${at}?as_of=2020-01-01`);
    expect(before.status).to.equal(404);
    expect(before.root.querySelector(`a.button[href="${at}"]`)?.text).to.contain('The page as of now');
    const own = await acme.get(`/console/account/deployments/${site}?as_of=${day}`);
    expect(own.text).to.contain('The past is shown').and.to.contain('version 1');
    expect(own.html).not.to.contain('action="/console/do/');
    expect((await acme.get(`/console/account/deployments/${foreign}?as_of=${day}`)).status).to.equal(404);
  });

  it('have the files of their invoices, payments and statement, and of no other', async () => {
    const { data: payments } = await get('payments');
    for (const path of [
      `files/invoices/${invoice.id}.pdf`,
      `files/invoices/${invoice.id}.ubl.xml`,
      `files/payments/${payments[0].id}.pdf`,
      'files/customers/acme/statement.pdf?from=2026-04-01&to=2026-05-11',
    ]) {
      const file = await acme.file(`/console/${path}`);
      expect([path, file.status]).to.deep.equal([path, 200]);
      expect((await file.arrayBuffer()).byteLength).to.be.above(500);
    }
    for (const path of [
      `files/invoices/${foreignInvoice.id}.pdf`,
      `files/invoices/${foreignInvoice.id}.ubl.xml`,
      'files/customers/globex/statement.pdf?from=2026-04-01&to=2026-05-11',
    ])
      expect([path, (await acme.get(`/console/${path}`)).status]).to.deep.equal([path, 404]);
  });

  it('show payments and the statement as the API has them', async () => {
    const payments = await acme.get('/console/account/payments');
    expect(tableOf(payments, 'Payments, AUD').map((row) => row['Amount, AUD'])).to.deep.equal(['12.34']);
    const page = await acme.get('/console/account/statement?from=2026-05-01&to=2026-05-11');
    const { data } = await get('customers/acme/statement?from=2026-05-01&to=2026-05-11');
    const rows = tableOf(page, 'Invoices, notes and payments, AUD');
    expect(rows.map((row) => row['Owed then'])).to.deep.equal(
      data.entries.map(({ balance_cents }: Json) => money(balance_cents)),
    );
    const wrong = await acme.get('/console/account/statement?from=2026-05-11&to=2026-05-01');
    expect(wrong.status).to.equal(422);
  });

  it('quote every plan for one usage, to the cent of the API', async () => {
    const page = await acme.get(
      '/console/account/quote?use.llm_tokens=1500000&use.droplet_hours=1488&addon.storage_50gb=1' +
        '&use.spaces_gb_month=200&starts_on=2026-05-20',
    );
    const rows = tableOf(page, 'A month in each plan, AUD, before tax');
    const figure = (name: string, plan: string): string =>
      rows.find((row) => row['A month']?.startsWith(name))?.[plan] ?? '';
    // The golden quote of studio.
    expect(figure('All in', 'Studio')).to.contain('63.50');
    expect(figure('Plan and addons in the first month', 'Studio')).to.equal('22.25');
    for (const [plan_code, name] of [
      ['starter', 'Starter'],
      ['pro', 'Pro'],
    ] as const) {
      const projected_usage = { llm_tokens: '1500000', droplet_hours: '1488', spaces_gb_month: '200' };
      const body = { plan_code, addons: ['storage_50gb'], projected_usage, starts_on: '2026-05-20' };
      const { data } = await ok(ledger.api.post('quote', body, asAcme));
      expect(figure('All in', name)).to.contain(money(data.all_in_monthly_cents));
    }
    for (const query of ['use.nonsense=1', 'addon.none=1', 'tenant_id=globex'])
      expect([query, (await acme.get(`/console/account/quote?${query}`)).status]).to.deep.equal([query, 422]);
  });

  it('are no pages of another tenant, nor of the operator', async () => {
    for (const path of [
      `deployments/${foreign}`,
      `invoices/${foreignInvoice.id}`,
      `invoices/${foreignInvoice.id}?line=1`,
    ])
      expect([path, (await acme.get(`/console/account/${path}`)).status]).to.deep.equal([path, 404]);
    const operator = await operatorAt(ledger.url);
    for (const path of ['', '/invoices', `/deployments/${site}`, '/quote', '/profile'])
      expect([path, (await operator.get(`/console/account${path}`)).status]).to.deep.equal([path, 403]);
  });

  it('show the profile, whatever it is spelt with, and that there is none', async () => {
    const page = await acme.get('/console/account/profile');
    expect(page.html).to.contain('Acme &amp; Söhne &lt;Pty>');
    const globex = await tenantAt(ledger.url, 'globex');
    expect((await globex.get('/console/account/profile')).text).to.contain('There is no profile yet.');
    expect((await globex.get('/console/account/notices')).text).to.contain('No notice was sent yet.');
  });

  it('say nothing of costs and margins', async () => {
    for (const path of ['', '/invoices', '/deployments', `/deployments/${site}`, '/statement', '/profile']) {
      const { html, status } = await acme.get(`/console/account${path}`);
      expect(status).to.equal(200);
      expect(html).not.to.match(/cogs|margin|globex|leakage|unattributed/i);
    }
  });
});

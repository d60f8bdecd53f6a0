import { expect } from 'chai';
import { money } from '../../src/pricing/amount-text.ts';
import { fieldsOfForm, formsOf, operatorAt, tableOf, type Browser } from '../support/console/browse.ts';
import { ok, type Json } from '../support/http/api.ts';
import { meter, rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { customerBody } from '../support/parties/party-bodies.ts';

describe("an admin's pages of customers", () => {
  let ledger: TestLedger;
  let browser: Browser;
  let site: string;
  const answer = async (path: string): Promise<Json> => ok(ledger.api.get(path));

  before(async () => {
    ledger = await seededLedger();
    site = await subscribed(ledger, 'acme', 'site', { addons: ['storage_50gb'] });
    await subscribed(ledger, 'globex', 'shop');
    await ok(ledger.api.put('customers/acme', customerBody));
    await rollup(ledger);
    for (const day of ['2026-05-01', '2026-05-02'])
      await meter(ledger, 'acme', site, day, [{ resource_kind: 'droplet_hours', qty: '1000.5' }]);
    const payment = { tenant_id: 'acme', method: 'transfer', reference: 'bank 1', received_on: '2026-05-09' };
    await ok(ledger.api.post('payments', { ...payment, amount_cents: 1_000 }), 201);
    await ledger.settled();
    browser = await operatorAt(ledger.url);
  });
  after(() => ledger.close());

  it('list every tenant with what it owes, and find one by a part of its name', async () => {
    const page = await browser.get('/console/customers');
    const { data } = await answer('tenants');
    expect(
      tableOf(page, 'Customers').map((row) => [row['Tenant'], row['Open'], row['Balance']]),
    ).to.deep.equal(
      data.map(({ tenant_id, account }: Json) => [
        tenant_id,
        money(account.total_cents),
        money(account.balance_cents),
      ]),
    );
    const found = await browser.get('/console/customers?search=GLOB');
    expect(tableOf(found, 'Customers').map((row) => row['Name'])).to.deep.equal(['no profile']);
    expect((await browser.get('/console/customers?search=none')).text).to.contain('“none”');
  });

  it('show the account, the running month and the invoices of one', async () => {
    const page = await browser.get('/console/customers/acme');
    const forecast = (await answer('usage/forecast?tenant_id=acme')).data;
    const account = (await answer('customers/acme/account')).data;
    const { data: invoices } = await answer('invoices?tenant_id=acme');
    for (const cents of [account.total_cents, forecast.total_cents, forecast.forecast.so_far_cents])
      expect(page.text).to.contain(money(cents));
    expect(tableOf(page, 'Deployments')[0]).to.include({
      'So far': money(forecast.total_cents),
      Plan: 'studio v1',
    });
    expect(tableOf(page, 'Latest invoices').map((row) => [row['Total'], row['Open']])).to.deep.equal(
      invoices.map((one: Json) => [money(one.total_cents), money(one.open_cents)]),
    );
    expect((await browser.get('/console/customers/nope')).status).to.equal(404);
    expect((await browser.get('/console/customers/acme?colour=red')).status).to.equal(422);
  });

  it('show one as it was: the profile in force and what was owed', async () => {
    const { data } = await answer('customers/acme/account?as_of=2026-04-30');
    const page = await browser.get('/console/customers/acme?as_of=2026-04-30');
    expect(page.text).to.contain('The past is shown').and.to.contain('at the end of 2026-04-30');
    expect(page.text).to.contain(money(data.total_cents));
    expect(page.html).not.to.contain('action="/console/do/');
  });

  it('show usage by day against the allowance', async () => {
    const page = await browser.get('/console/customers/acme?tab=usage');
    expect(
      tableOf(page, 'Usage against allowance').find((row) => row['Kind'] === 'Droplet hours'),
    ).to.include({
      Used: '2,001',
      Allowance: '1,488',
    });
    const figures = tableOf(page, 'Droplet hours');
    expect(figures[1]?.['']).to.equal(undefined);
    expect(page.text).to.contain('1,000.5; 2,001 so far');
  });

  it('show invoices, payments and the statement, which is a file too', async () => {
    const page = await browser.get('/console/customers/acme?tab=money');
    const statement = (await answer('customers/acme/statement?from=2026-03-01&to=2026-05-09')).data;
    expect(tableOf(page, 'Statement').map((row) => [row['Day'], row['Owed']])).to.deep.equal(
      statement.entries.map((entry: Json) => [entry.on, money(entry.balance_cents)]),
    );
    expect(tableOf(page, 'Payments')[0]).to.include({ Reference: 'bank 1', Amount: '10.00' });
    const file = await browser.file(
      '/console/files/customers/acme/statement.pdf?from=2026-05-01&to=2026-05-09',
    );
    // The seller is not set: the file says which fields are missing.
    expect(file.status).to.equal(409);
  });

  it('show the margin by month, and notices', async () => {
    const page = await browser.get('/console/customers/acme?tab=margin');
    const { months } = (await answer('dashboard/margin/months?tenant_id=acme')).data;
    expect(tableOf(page, 'Margin by month').length).to.be.greaterThan(0);
    expect(page.text).to.contain(money(months.at(-1).revenue_cents));
    expect((await browser.get('/console/customers/acme?tab=notices')).text).to.contain('was sent no notice');
  });

  it('set a profile, with the messages of the API beside their fields', async () => {
    const start = await browser.get('/console/customers/globex?tab=profile');
    const refused = await browser.submit(start, 'set-customer', {
      legal_name: 'Globex',
      'address.country': 'A',
    });
    expect(refused.status).to.equal(422);
    expect(formsOf(refused, 'set-customer')[0]?.outerHTML).to.contain('Globex');
    expect(refused.root.querySelectorAll('.field-error').length).to.be.greaterThan(1);
    const done = await browser.submit(refused, 'set-customer', {
      'address.country': 'AT',
      'address.lines': '1 Street',
      'address.city': 'Wien',
      'emails.billing': 'a@globex.example',
    });
    expect(done.text).to.contain('The profile of globex is in force from 2026-05-09');
    expect((await answer('customers/globex')).data).to.deep.include({
      legal_name: 'Globex',
      net_days: 14,
      emails: { billing: ['a@globex.example'] },
    });
  });

  it('import a file, and name the rows with errors', async () => {
    const page = await browser.get('/console/customers/import');
    const head = 'tenant_id,legal_name,address_lines,city,country,billing_emails';
    const csv = `${head}\numbrella,Umbrella,1 Street,Wien,AT,no-address`;
    const refused = await browser.submit(page, 'import-customers', { csv });
    expect(refused.status).to.equal(422);
    expect(refused.text).to.match(/row 1, .*billing/);
    const good = csv.replace('no-address', 'a@umbrella.example');
    const trial = await browser.submit(refused, 'import-customers', { csv, dry_run: 'on' });
    expect(trial.text).to.match(/1 errors in 1 rows.*row 1, .*billing/);
    const checked = await browser.submit(trial, 'import-customers', { csv: good, dry_run: 'on' });
    expect(checked.text).to.contain('1 rows without an error');
    expect((await answer('tenants?search=umbrella')).data).to.deep.equal([]);
    // What was pasted is still there, and a form that was tried first is sent as it stands.
    expect(checked.root.querySelector('[role=status]')?.textContent).to.contain('Nothing is written yet');
    const [form] = formsOf(checked, 'import-customers');
    const { dry_run: _dryRun, ...filled } = form ? fieldsOfForm(form) : {};
    expect(filled['csv']).to.equal(good);
    const done = await browser.post('/console/do/import-customers', filled);
    expect(tableOf(done, 'Customers').map((row) => row['Tenant'])).to.include('umbrella');
  });

  it('pay back what a customer has over, and no more', async () => {
    await ledger.api.post('payments', {
      tenant_id: 'acme',
      amount_cents: 9_000_000,
      received_on: '2026-05-01',
      method: 'transfer',
      reference: 'far too much',
    });
    await ledger.settled();
    const { balance_cents } = (await answer('customers/acme/account')).data;
    const page = await browser.get('/console/customers/acme?tab=money');
    expect(page.text).to.contain(`At most ${money(balance_cents)}`);
    const asked = { amount_cents: '9000000.00', reason: 'paid twice' };
    const refused = await browser.submit(page, 'refund-balance', asked);
    expect(refused.text).to.contain(`the balance is ${money(balance_cents)}`);
    const done = await browser.submit(refused, 'refund-balance', { amount_cents: '50.00' });
    expect(done.text).to.contain(`the balance is ${money(balance_cents - 5000)} now`);
    expect((await answer('customers/acme/account')).data.balance_cents).to.equal(balance_cents - 5000);
  });

  it('give a link that opens the pages of the customer', async () => {
    const page = await browser.get('/console/customers/acme?tab=profile');
    const done = await browser.submit(page, 'give-link');
    const field = done.root.querySelector('input[data-absolute]');
    expect(field?.getAttribute('value')).to.match(/^\/console\/link\//);
    expect((await browser.get('/console/customers/acme')).html).not.to.contain('/console/link/');
  });

  it('erase personal data once the tenant id is typed again', async () => {
    const page = await browser.get('/console/customers/umbrella?tab=profile');
    expect(page.text).to.contain('One key is destroyed for ever');
    const refused = await browser.submit(page, 'erase-customer', { confirm: 'umbrela' });
    expect(refused.text).to.contain('must be the tenant id of the path');
    const done = await browser.submit(refused, 'erase-customer', { confirm: 'umbrella' });
    expect(done.text).to.contain('The personal data of umbrella are erased');
    expect((await browser.get('/console/customers/umbrella?tab=profile')).text).to.contain(
      'no personal data of this customer',
    );
  });
});

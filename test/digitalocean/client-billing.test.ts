import { expect } from 'chai';
import { parseInvoiceCsv } from '../support/digitalocean/parse-invoice-csv.ts';
import { aBillingEntry, emptyAccount, fullScopes } from '../../simulators/digitalocean/index.ts';
import { errorOf, startTestAccount, type TestAccount } from '../support/digitalocean/test-account.ts';

const april = '66c69033-e9fe-51ae-af94-4fa3f5205f25';

describe('DigitalOcean client: billing', () => {
  let test: TestAccount;
  afterEach(() => test.simulator.close());

  it('reads the balance in cents', async () => {
    test = await startTestAccount();
    expect(await test.client.getBalance()).to.deep.equal({
      month_to_date_balance_cents: 2344,
      account_balance_cents: 0,
      month_to_date_usage_cents: 2344,
      generated_at: '2026-05-09T15:01:12Z',
    });
    test.simulator.setBalance({ month_to_date_balance: '-27.52', account_balance: '-1234.05' });
    expect(await test.client.getBalance()).to.include({
      month_to_date_balance_cents: -2752,
      account_balance_cents: -123405,
    });
  });

  it('sends nothing for an id that would lead to another path', async () => {
    test = await startTestAccount();
    const { client, simulator } = test;
    for (const id of ['', '.', '..', 'x'.repeat(301), '\ud800']) {
      for (const ask of [
        () => client.getInvoiceCsv(id),
        () => client.getInvoiceSummary(id),
        () => client.getInvoiceItems(id),
        () => client.getResource('droplet', id),
        () => client.listBackups([id]),
      ]) {
        expect((await errorOf((async (): Promise<unknown> => ask())())).code, id).to.equal('invalid');
      }
    }
    expect(simulator.requests).to.have.length(0);
    await errorOf(client.getInvoiceCsv('../account?a=b#c'));
    expect(simulator.requests.map(({ path }) => decodeURIComponent(path))).to.deep.equal([
      '/v2/customers/my/invoices/../account?a=b#c/csv',
    ]);
  });

  it('refuses a balance that is no amount', async () => {
    test = await startTestAccount();
    test.simulator.setBalance({ account_balance: '0.001' });
    const error = await errorOf(test.client.getBalance());
    expect(error.code).to.equal('malformed');
    expect(error.message).to.contain('account_balance');
  });

  it('lists all 137 invoices, and never the preview', async () => {
    test = await startTestAccount();
    const invoices = await test.client.listInvoices();
    expect(invoices).to.have.length(137);
    expect(invoices[0]).to.deep.equal({
      uuid: april,
      invoice_id: '20202604',
      period: '2026-04-01',
      amount_cents: 8692,
    });
    expect(invoices.map(({ period }) => period)).not.to.include('2026-05-01');
  });

  for (const billingHistoryPaging of ['honoured', 'ignored'] as const) {
    for (const billingHistoryTotal of [true, false]) {
      const total = billingHistoryTotal ? 'a' : 'no';
      it(`lists the whole history with paging ${billingHistoryPaging} and ${total} total`, async () => {
        test = await startTestAccount({ options: { billingHistoryPaging, billingHistoryTotal } });
        const history = await test.client.listBillingHistory();
        expect(history).to.have.length(274);
        expect(history.filter(({ type }) => type === 'Invoice')).to.have.length(137);
        expect(history.find(({ invoice_uuid }) => invoice_uuid === april)).to.include({
          type: 'Invoice',
          amount_cents: 8692,
        });
      });
    }
  }

  it('reads an unpaged history once, also where it goes on promising a next page', async () => {
    test = await startTestAccount({
      options: { billingHistoryPaging: 'ignored', billingHistoryTotal: false },
    });
    test.simulator.faults.inject({
      effect: {
        kind: 'rewrite',
        rewrite: (body) => ({
          ...body,
          links: { pages: { next: 'https://api.digitalocean.com/v2/x?page=2' } },
        }),
      },
    });
    expect(await test.client.listBillingHistory()).to.have.length(274);
    expect(test.simulator.requests).to.have.length(2);
  });

  it('keeps two payments that are equal in every field, and types that it does not know', async () => {
    const twice = aBillingEntry();
    test = await startTestAccount({
      account: {
        ...emptyAccount(),
        billing_history: [twice, { ...twice }, aBillingEntry({ type: 'Surprise', amount: '0.00' })],
      },
    });
    const history = await test.client.listBillingHistory();
    expect(history).to.have.length(3);
    expect(history[0]).to.deep.equal(history[1]);
    expect(history[0]).to.deep.equal({
      type: 'Payment',
      description: 'Payment (MC 2018)',
      amount_cents: -1000,
      date: '2026-05-02T08:44:38Z',
      invoice_id: null,
      invoice_uuid: null,
    });
  });

  it('reads the summary without the personal data in it', async () => {
    test = await startTestAccount();
    expect(await test.client.getInvoiceSummary(april)).to.deep.equal({
      uuid: april,
      invoice_id: '20202604',
      billing_period: '2026-04-01',
      amount_cents: 8692,
      product_charges_cents: 7902,
      overages_cents: 0,
      taxes_cents: 790,
      credits_and_adjustments_cents: 0,
    });
  });

  it('reads the CSV of every invoice of the sample account, each summing up to its amount', async () => {
    test = await startTestAccount();
    for (const { uuid, amount_cents } of await test.client.listInvoices()) {
      const { lines } = parseInvoiceCsv(await test.client.getInvoiceCsv(uuid));
      expect(
        lines.reduce((sum, line) => sum + line.amount_cents, 0),
        uuid,
      ).to.equal(amount_cents);
    }
    expect(test.simulator.requests.every(({ status }) => status === 200)).to.equal(true);
  });

  it('reads the items with the ids of their resources', async () => {
    test = await startTestAccount();
    const common = {
      start_time: '2026-04-01T00:00:00Z',
      end_time: '2026-05-01T00:00:00Z',
      duration: '672',
      duration_unit: 'Hours',
    };
    test.simulator.setInvoiceItems(april, [
      {
        product: 'Droplets',
        description: 'git.example.com (s-1vcpu-1gb)',
        amount: '6.00',
        resource_id: 401000001,
        project_name: 'pilot',
        category: 'iaas',
        ...common,
      },
      {
        product: 'Volumes',
        description: 'data (sfo2) 100GB',
        amount: '10.00',
        resource_id: '',
        resource_uuid: '506f78a4',
        ...common,
      },
      { product: 'Credits', description: 'DigitalOcean Credit Applied', amount: '-21.04', ...common },
    ]);
    const items = await test.client.getInvoiceItems(april);
    expect(items[0]).to.deep.equal({
      product: 'Droplets',
      description: 'git.example.com (s-1vcpu-1gb)',
      group_description: null,
      amount_cents: 600,
      started_at: '2026-04-01T00:00:00Z',
      ended_at: '2026-05-01T00:00:00Z',
      resource_id: '401000001',
      resource_uuid: null,
      project_name: 'pilot',
      category: 'iaas',
    });
    expect(items[1]).to.include({ resource_id: null, resource_uuid: '506f78a4' });
    expect(items[2]).to.include({ amount_cents: -2104, resource_id: null, resource_uuid: null });
  });

  it('says not-found for missing forms of an invoice, and retries where they fail', async () => {
    test = await startTestAccount();
    test.simulator.setAvailability(april, { csv_at: '2027-01-01T00:00:00Z' });
    expect((await errorOf(test.client.getInvoiceCsv(april))).code).to.equal('not-found');
    test.simulator.setAvailability(april, { csv_at: '2026-05-09T15:05:02Z', missing_status: 500 });
    expect(await test.client.getInvoiceCsv(april)).to.contain('GST (10.0%)');
  });

  it('says forbidden without the scope for billing', async () => {
    test = await startTestAccount();
    test.simulator.tokens.allow(
      test.simulator.token,
      fullScopes.filter((scope) => scope !== 'billing:read'),
    );
    expect((await errorOf(test.client.listInvoices())).code).to.equal('forbidden');
  });
});

import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { commands } from '../../src/processes/commands.ts';
import { expectConserved } from '../support/http/account-sums.ts';
import { allOf } from '../support/http/all-of.ts';
import { ok, problem, type Json } from '../support/http/api.ts';
import { invoiceOf, meter, rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import { setCustomer } from '../support/http/parties.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

const tenants = ['acme', 'globex', 'zero'];
const april = (tenant: string): string => invoiceId(tenant, '2026-04-01');
const days = [
  '2026-03-30',
  '2026-03-31',
  '2026-05-08',
  '2026-05-09',
  '2026-05-20',
  '2026-05-23',
  '2026-05-24',
];

describe('receivables, invoices and statements of the same day', () => {
  let ledger: TestLedger;
  const sites = new Map<string, string>();
  const use = (tenant: string, day: string, qty: string, set_no = 1): Promise<void> =>
    meter(ledger, tenant, sites.get(tenant) ?? '', day, [{ resource_kind: 'droplet_hours', qty }], set_no);
  const pay = (tenant_id: string, reference: string, body: Json): Promise<Json> =>
    ok(ledger.api.post('payments', { tenant_id, method: 'transfer', reference, ...body }), 201);
  const correct = (tenant: string): Promise<Json> =>
    ok(ledger.api.post(`invoices/${april(tenant)}/correct`, { reason: 'late usage' }), 201);

  /** On each day the three say the same of every tenant. */
  async function expectAgreed(...further: string[]): Promise<void> {
    for (const tenant of tenants) await expectConserved(ledger, tenant);
    const invoices = await allOf(ledger, 'invoices?limit=2');
    for (const day of [...days, ...further]) {
      const rows = await allOf(ledger, `receivables?as_of=${day}&limit=1`);
      const { totals } = await ok(ledger.api.get(`receivables?as_of=${day}`));
      expect(rows.reduce((cents, row) => cents + row.total_cents, 0)).to.equal(totals.total_cents);
      for (const tenant of tenants) {
        let open = 0;
        let isLate = false;
        for (const { id } of invoices.filter(({ tenant_id }) => tenant_id === tenant)) {
          const { status, body } = await ledger.api.get(`invoices/${id}?as_of=${day}`);
          if (status === 404) continue;
          open += body.data.open_cents;
          isLate ||= body.data.overdue;
        }
        const none = { total_cents: 0, current_cents: 0, opening_balance_cents: 0, balance_cents: 0 };
        const row = rows.find(({ tenant_id }) => tenant_id === tenant) ?? none;
        expect(row.total_cents - row.opening_balance_cents, `${tenant} ${day}`).to.equal(open);
        if (row.opening_balance_cents === 0)
          expect(row.total_cents > row.current_cents, `${tenant} ${day}`).to.equal(isLate);
        const path = `customers/${tenant}/statement?from=2000-01-01&to=${day}`;
        const { closing_cents } = (await ok(ledger.api.get(path))).data;
        expect(closing_cents, `${tenant} ${day}`).to.equal(row.total_cents - row.balance_cents);
      }
    }
  }

  before(async () => {
    ledger = await seededLedger();
    for (const tenant of tenants) sites.set(tenant, await subscribed(ledger, tenant, `site-${tenant}`));
    await setCustomer(ledger, 'globex', { net_days: 0 });
    const free = { description: 'The first month is free', amount_cents: -5_000, day: '2026-04-10' };
    await ok(ledger.api.post(`deployments/${sites.get('zero')}/charges`, free), 201);
    await use('globex', '2026-04-10', '3000');
    for (const [tenant_id, amount_cents] of [
      ['acme', 3_333],
      ['globex', -4_444],
    ] as const) {
      const opening = { tenant_id, amount_cents, on: '2026-03-31' };
      await ledger.ledger.execute(commands.setOpeningBalance, opening, ledger.meta());
    }
    await rollup(ledger);
  });
  after(() => ledger.close());

  it('agree on opening balances, and on an invoice of zero, which is paid', async () => {
    const zero = await invoiceOf(ledger, april('zero'));
    expect(zero).to.include({ status: 'paid', total_cents: 0, open_cents: 0, overdue: false });
    const events = await ledger.eventCount();
    await ok(ledger.api.post(`invoices/${april('zero')}/pay`));
    expect(await ledger.eventCount()).to.equal(events);
    await expectAgreed();
  });

  it('agree on notes and payments, reversals and voids, now and on every day before', async () => {
    ledger.clock.set('2026-05-20T08:00:00.000Z');
    await pay('acme', 'part', { amount_cents: 4_000, received_on: '2026-05-19' });
    await use('acme', '2026-04-11', '5000');
    await use('globex', '2026-04-10', '10', 2);
    await ledger.settled();
    expect((await correct('acme')).data.kind).to.equal('debit_note');
    expect((await correct('globex')).data.kind).to.equal('credit_note');
    await expectAgreed();
    ledger.clock.set('2026-05-25T08:00:00.000Z');
    const credit = { lines: [{ description: 'Outage', amount_cents: 1_000 }], reason: 'outage' };
    await ok(ledger.api.post(`invoices/${april('acme')}/credit`, credit), 201);
    await pay('acme', 'early', { amount_cents: 500, received_on: '2026-05-10', invoice_id: april('acme') });
    const large = (await pay('globex', 'large', { amount_cents: 20_000, received_on: '2026-05-21' })).data;
    await expectAgreed('2026-05-25');
    await ok(ledger.api.post(`payments/${large.id}/reverse`, { reason: 'returned' }));
    await ok(ledger.api.post(`invoices/${april('zero')}/void`));
    const named = { tenant_id: 'zero', method: 'transfer', reference: 'void', amount_cents: 10 };
    const late = { ...named, received_on: '2026-05-25', invoice_id: april('zero') };
    expect((await problem(ledger.api.post('payments', late), 409)).type).to.contain('invoice-void');
    await expectAgreed('2026-05-25');
    ledger.clock.set('2026-06-09T08:00:00.000Z');
    await rollup(ledger, { period: '2026-05' });
    await expectAgreed('2026-05-25', '2026-06-08', '2026-06-09', '2026-06-23', '2026-06-24', '2026-09-30');
  });

  it('find what is overdue today, page by page, and nothing else', async () => {
    const all = await allOf(ledger, 'invoices?limit=50');
    for (const overdue of [true, false]) {
      const found = await allOf(ledger, `invoices?overdue=${overdue}&limit=1`);
      const wanted = all.filter((invoice) => invoice.overdue === overdue);
      expect(found.map(({ id }) => id)).to.deep.equal(wanted.map(({ id }) => id));
      expect(found).to.have.length.greaterThan(1);
    }
    const { next_cursor } = await ok(ledger.api.get('invoices?overdue=true&limit=1'));
    await problem(ledger.api.get(`invoices?overdue=false&limit=1&cursor=${next_cursor}`), 422);
    for (const status of ['issued', 'partially_paid', 'paid', 'void']) {
      const found = await allOf(ledger, `invoices?status=${status}&limit=1`);
      const wanted = all.filter((invoice) => invoice.status === status);
      expect(found.map(({ id }) => id)).to.deep.equal(wanted.map(({ id }) => id));
    }
  });

  it('chain from month to month', async () => {
    const statement = async (from: string, to: string): Promise<Json> =>
      (await ok(ledger.api.get(`customers/acme/statement?from=${from}&to=${to}`))).data;
    const months = [
      await statement('2026-03-01', '2026-03-31'),
      await statement('2026-04-01', '2026-04-30'),
      await statement('2026-05-01', '2026-05-31'),
      await statement('2026-06-01', '2026-06-30'),
    ];
    const whole = await statement('2026-03-01', '2026-06-30');
    expect(months.flatMap(({ entries }) => entries)).to.deep.equal(whole.entries);
    months.slice(1).forEach(({ opening_cents }, index) => {
      expect(opening_cents).to.equal(months[index].closing_cents);
    });
  });

  it('go on after an erasure, with references that read `erased`', async () => {
    await ok(ledger.api.post('customers/globex/erase', { confirm: 'globex' }));
    const { data } = await ok(ledger.api.get('payments?tenant_id=globex'));
    expect(data.map(({ reference }: Json) => reference)).to.deep.equal(['erased']);
    expect((await ok(ledger.api.get(`payments/${data[0].id}`))).data.reference).to.equal('erased');
    // The same payment is still known as such.
    const events = await ledger.eventCount();
    const again = await pay('globex', 'large', { amount_cents: 20_000, received_on: '2026-05-21' });
    expect([again.data.id, await ledger.eventCount()]).to.deep.equal([data[0].id, events]);
    await expectAgreed('2026-06-09');
  });
});

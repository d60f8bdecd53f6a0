import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { ok, problem } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { centsOf, csvOf } from '../support/http/csv.ts';
import { tenantToken } from '../support/http/tokens.ts';
import { invoiceOf, rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';

const april = invoiceId('acme', '2026-04-01');

describe('receivables and statements', () => {
  let ledger: TestLedger;
  const receivables = async (day?: string): Promise<Json> =>
    ok(ledger.api.get(`receivables${day === undefined ? '' : `?as_of=${day}`}`));
  const statement = async (from: string, to: string, tenant = 'acme'): Promise<Json> =>
    (await ok(ledger.api.get(`customers/${tenant}/statement?from=${from}&to=${to}`))).data;
  before(async () => {
    ledger = await seededLedger();
    await subscribed(ledger, 'acme', 'site');
    await subscribed(ledger, 'globex', 'shop');
    await rollup(ledger);
    const paid = { tenant_id: 'acme', method: 'transfer', reference: 'r-1', amount_cents: 1_500 };
    await ok(ledger.api.post('payments', { ...paid, received_on: '2026-05-01' }), 201);
    ledger.clock.set('2026-06-10T08:00:00.000Z');
    await ok(
      ledger.api.post('payments', {
        tenant_id: 'globex',
        method: 'transfer',
        reference: 'Überweisung 名',
        amount_cents: 6_000,
        received_on: '2026-06-08',
      }),
      201,
    );
  });
  after(() => ledger.close());

  it('say what is open by age, on any day', async () => {
    const { data, totals, as_of, currency } = await receivables();
    expect([as_of, currency]).to.deep.equal(['2026-06-10', 'AUD']);
    const aged = { current_cents: 0, days_31_60_cents: 0, days_61_90_cents: 0, over_90_cents: 0 };
    // Due on 23 May, 14 days after the issue.
    expect(data).to.deep.equal([
      {
        tenant_id: 'acme',
        ...aged,
        days_1_30_cents: 4_000,
        total_cents: 4_000,
        opening_balance_cents: 0,
        balance_cents: 0,
      },
      {
        tenant_id: 'globex',
        ...aged,
        days_1_30_cents: 0,
        total_cents: 0,
        opening_balance_cents: 0,
        balance_cents: 500,
      },
    ]);
    expect(totals).to.include({ total_cents: 4_000, balance_cents: 500, days_1_30_cents: 4_000 });
    expect((await receivables('2026-05-23')).totals).to.include({ current_cents: 9_500 });
    expect((await receivables('2026-05-24')).totals).to.include({ current_cents: 0, days_1_30_cents: 9_500 });
    expect((await receivables('2026-06-22')).totals).to.include({ days_1_30_cents: 4_000 });
    expect((await receivables('2026-06-23')).totals).to.include({ days_31_60_cents: 4_000 });
    expect((await receivables('2026-08-22')).totals).to.include({ over_90_cents: 4_000 });
    // The early payment is a balance until the issue.
    expect((await receivables('2026-05-08')).totals).to.include({ total_cents: 0, balance_cents: 1_500 });
    expect((await invoiceOf(ledger, april)).overdue).to.equal(true);
    expect((await ok(ledger.api.get('invoices?overdue=true'))).data.map(({ id }: Json) => id)).to.deep.equal([
      april,
    ]);
  });

  it('are CSV of exactly what a day, or a filter of payments, has', async () => {
    const { rows, name } = await csvOf(ledger.url, 'receivables?as_of=2026-05-24');
    expect(name).to.equal('receivables-2026-05-24.csv');
    const { data } = await receivables('2026-05-24');
    expect(
      rows.map((row) => [row['tenant_id'], centsOf(row['total']), centsOf(row['balance'])]),
    ).to.deep.equal(data.map((one: Json) => [one.tenant_id, one.total_cents, one.balance_cents]));
    expect(rows).to.have.length.above(0);
    await problem(ledger.api.get('receivables?format=csv&limit=1'), 422, 'limit');
    const payments = (await ok(ledger.api.get('payments?tenant_id=acme'))).data;
    const own = await csvOf(ledger.url, 'payments', tenantToken('acme'));
    expect(own.rows.map((row) => [row['id'], row['reference'], centsOf(row['amount'])])).to.deep.equal(
      payments.map((one: Json) => [one.id, one.reference, one.amount_cents]),
    );
    expect(own.rows).to.have.length.above(0);
    await problem(
      ledger.api.get('payments?format=csv&tenant_id=globex', { token: tenantToken('acme') }),
      403,
    );
  });

  it('show an invoice as it was', async () => {
    const id = invoiceId('globex', '2026-04-01');
    const at = async (query: string): Promise<Json> =>
      (await ok(ledger.api.get(`invoices/${id}?${query}`))).data;
    expect(await at('as_of=2026-06-07')).to.include({ status: 'issued', open_cents: 5_500, overdue: true });
    expect(await at('as_of=2026-06-08')).to.include({ status: 'paid', open_cents: 0, overdue: false });
    expect(await at('known_at=2026-06-09')).to.include({ status: 'issued', paid_cents: 0 });
    expect(await at('as_of=2026-05-20')).to.include({ overdue: false });
  });

  it('list what happened between two days, and chain', async () => {
    const whole = await statement('2026-05-01', '2026-06-30');
    expect(
      whole.entries.map(({ on, kind, amount_cents, balance_cents }: Json) => [
        on,
        kind,
        amount_cents,
        balance_cents,
      ]),
    ).to.deep.equal([
      ['2026-05-01', 'payment', -1_500, -1_500],
      ['2026-05-09', 'invoice', 5_500, 4_000],
    ]);
    expect(whole).to.include({ opening_cents: 0, closing_cents: 4_000, tenant_id: 'acme', currency: 'AUD' });
    const first = await statement('2026-05-01', '2026-05-05');
    const second = await statement('2026-05-06', '2026-06-30');
    expect([first.closing_cents, second.opening_cents, second.closing_cents]).to.deep.equal([
      -1_500, -1_500, 4_000,
    ]);
    expect((await statement('2026-05-01', '2026-06-30', 'globex')).closing_cents).to.equal(-500);
  });

  it("refuse days that are out of order, another tenant's statement and an unknown tenant", async () => {
    const path = 'customers/acme/statement?from=2026-05-01&to=2026-04-30';
    expect((await problem(ledger.api.get(path), 422)).errors[0].path).to.equal('to');
    await problem(ledger.api.get('customers/acme/statement?from=2026-05-01'), 422);
    await problem(ledger.api.get('receivables?as_of=2026-02-30'), 422);
    const days = 'statement?from=2026-05-01&to=2026-05-31';
    await problem(ledger.api.get(`customers/nope/${days}`), 404);
    const token = tenantToken('globex');
    await problem(ledger.api.get(`customers/acme/${days}`, { token }), 404);
    await ok(ledger.api.get(`customers/globex/${days}`, { token }));
    await problem(ledger.api.get('receivables', { token }), 403);
  });
});

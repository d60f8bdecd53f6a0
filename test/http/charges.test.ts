import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { newEvent } from '../../src/ledger/handle-command.ts';
import { NO_STREAM } from '../../src/journal/event-log.ts';
import { ok, problem, type Json } from '../support/http/api.ts';
import { charge as gatewayCharge } from '../support/http/invoices-month.ts';
import { amounts, invoiceOf, rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { tenantToken } from '../support/http/tokens.ts';

const setUp = { description: 'Set-up', amount_cents: 12_500, day: '2026-04-10' };

describe('one-off charges over HTTP', () => {
  let ledger: TestLedger;
  let site: string;
  before(async () => {
    ledger = await seededLedger();
    site = await subscribed(ledger, 'acme', 'site');
  });
  after(() => ledger.close());

  const add = (body: Json, deployment = site) => ledger.api.post(`deployments/${deployment}/charges`, body);
  const listed = async (query = '', deployment = site, token?: string): Promise<Json> =>
    ok(ledger.api.get(`deployments/${deployment}/charges${query}`, token === undefined ? {} : { token }));

  it('are added, listed by day for tenant and admin, and paged', async () => {
    const { data } = await ok(add({ ...setUp, description: 'Настройка 設定 ⚙' }), 201);
    expect(data).to.deep.equal({
      id: data.id,
      deployment_id: site,
      tenant_id: 'acme',
      description: 'Настройка 設定 ⚙',
      amount_cents: 12_500,
      day: '2026-04-10',
      void_reason: null,
    });
    const { data: undated } = await ok(add({ description: 'x'.repeat(500), amount_cents: -100 }), 201);
    expect(undated.day).to.equal(ledger.clock.now().slice(0, 10));
    await ok(add({ ...setUp, day: '2026-04-02' }), 201);
    await ledger.settled();
    const days = (answer: Json) => answer.data.map(({ day }: Json) => day);
    const own = await listed('', site, tenantToken('acme'));
    expect(days(own)).to.deep.equal(['2026-04-02', '2026-04-10', undated.day]);
    expect(own).to.deep.equal(await listed());
    expect(days(await listed('?period=2026-04'))).to.deep.equal(['2026-04-02', '2026-04-10']);
    const first = await listed('?limit=2');
    const rest = await listed(`?limit=2&cursor=${encodeURIComponent(first.next_cursor)}`);
    expect([days(first), days(rest), rest.next_cursor]).to.deep.equal([
      ['2026-04-02', '2026-04-10'],
      [undated.day],
      null,
    ]);
  });

  it('are one for each request, and one for each Idempotency-Key', async () => {
    const other = await subscribed(ledger, 'twins', 'site');
    const path = `deployments/${other}/charges`;
    const key = { headers: { 'Idempotency-Key': 'order-1' } };
    const first = await ok(ledger.api.post(path, setUp, key), 201);
    expect(await ok(ledger.api.post(path, setUp, key), 201)).to.deep.equal(first);
    await problem(ledger.api.post(path, { ...setUp, amount_cents: 1 }, key), 409);
    await Promise.all([ok(add(setUp, other), 201), ok(add(setUp, other), 201)]);
    await ledger.settled();
    expect((await listed('', other)).data).to.have.length(3);
  });

  it('refuse what is no charge, by the field', async () => {
    const path = async (changes: Json) => {
      const { errors } = await problem(add({ ...setUp, ...changes }), 422);
      return errors[0].path;
    };
    expect(await path({ amount_cents: 0 })).to.equal('amount_cents');
    expect(await path({ amount_cents: 1.5 })).to.equal('amount_cents');
    expect(await path({ amount_cents: '5' })).to.equal('amount_cents');
    const tooLarge = await problem(add({ ...setUp, amount_cents: 1_000_000_000_001 }), 422, 'amount_cents');
    expect(tooLarge.errors[0].message).to.equal('at most 10,000,000,000.00 AUD can be billed in a month');
    expect(await path({ description: '' })).to.equal('description');
    expect(await path({ description: ' \n' })).to.equal('description');
    expect(await path({ description: 'x'.repeat(501) })).to.equal('description');
    expect(await path({ day: '2026-02-30' })).to.equal('day');
    expect(await path({ day: '2027-12-01' })).to.equal('day');
    const { type } = await problem(add({ ...setUp, day: '2001-01-01' }), 422);
    expect(type).to.equal('urn:arcadia-cloud:problem:too-old');
    await problem(add(setUp, 'unknown'), 404);
  });

  it('are hidden from other tenants, and added by admins alone', async () => {
    const token = tenantToken('globex');
    await problem(ledger.api.get(`deployments/${site}/charges`, { token }), 404);
    await problem(ledger.api.get('deployments/unknown/charges'), 404);
    const own = { token: tenantToken('acme') };
    await problem(ledger.api.post(`deployments/${site}/charges`, setUp, own), 403);
    const [{ id }] = (await listed()).data;
    await problem(ledger.api.post(`deployments/${site}/charges/${id}/void`, { reason: 'r' }, own), 403);
    const elsewhere = await subscribed(ledger, 'globex', 'shop');
    await problem(ledger.api.post(`deployments/${elsewhere}/charges/${id}/void`, { reason: 'r' }), 404);
    await problem(ledger.api.post(`deployments/${site}/charges/unknown/void`, { reason: 'r' }), 404);
  });

  it('are taken back once, until their month is invoiced', async () => {
    const { data } = await ok(add({ ...setUp, day: '2026-04-30' }), 201);
    const path = `deployments/${site}/charges/${data.id}/void`;
    expect((await ok(ledger.api.post(path, { reason: 'twice' }))).data).to.deep.equal({
      ...data,
      void_reason: 'twice',
    });
    const events = await ledger.eventCount();
    expect((await ok(ledger.api.post(path, { reason: 'again' }))).data.void_reason).to.equal('twice');
    expect(await ledger.eventCount()).to.equal(events);
    await ledger.settled();
    const row = (await listed()).data.find(({ id }: Json) => id === data.id);
    expect([row.void_reason, row.voided_at]).to.deep.equal(['twice', ledger.clock.now()]);
  });

  it('are invoiced with their month, each a line, and explained', async () => {
    await gatewayCharge(ledger, 'acme', site, 'g', '7.5', '2026-04-03T00:00:00.000Z');
    const ended = (
      await ok(ledger.api.post('deployments', { tenant_id: 'acme', slug: 'old', display_name: 'o' }), 201)
    ).data.id;
    await ok(ledger.api.post(`deployments/${ended}/transition`, { to: 'cancelled' }));
    await ok(add({ description: 'Export of data', amount_cents: 99, day: '2026-04-20' }, ended), 201);
    await ok(ledger.api.post(`deployments/${ended}/transition`, { to: 'archived' }));
    await problem(add(setUp, ended), 409);
    await rollup(ledger, { tenant_id: 'acme' });
    const invoice = await invoiceOf(ledger, invoiceId('acme', '2026-04-01'));
    expect(new Map(amounts(invoice).map(([kind, cents]) => [`${kind} ${cents}`, 1])).size).to.equal(5);
    expect(invoice.total_cents).to.equal(5000 + 8 + 2 * 12_500 + 99 + 3011);
    const { data: explained } = await ok(ledger.api.get(`invoices/${invoice.id}/explain`));
    expect([explained.matches, explained.problem]).to.deep.equal([true, null]);
    const lines = explained.lines.filter(({ kind }: Json) => kind === 'charge');
    expect(lines).to.have.length(3);
    for (const line of lines) {
      expect(line.recomputed_cents).to.equal(line.amount_cents);
      expect(line.meta).to.deep.equal({
        charge_id: line.inputs.charge.charge_id,
        day: line.inputs.charge.day,
      });
      expect(line.inputs.charge.set_by.type).to.equal('ChargeAdded');
      expect(line.steps.at(-1).result).to.equal(line.amount_cents);
      expect(line.usage_events).to.equal(null);
    }
  });

  it('are refused and kept in a month whose invoice stands, which is named', async () => {
    const refusal = await problem(add(setUp), 409);
    expect(refusal).to.include({
      type: 'urn:arcadia-cloud:problem:period-invoiced',
      invoice_id: invoiceId('acme', '2026-04-01'),
    });
    const [{ id }] = (await listed('?period=2026-04')).data;
    const kept = await problem(
      ledger.api.post(`deployments/${site}/charges/${id}/void`, { reason: 'r' }),
      409,
    );
    expect(kept.invoice_id).to.equal(invoiceId('acme', '2026-04-01'));
  });

  /** Appends as the command does that had decided before the invoice was issued. */
  const race = async (charge_id: string, type: 'ChargeAdded' | 'ChargeVoided', rest: Json) => {
    const stream = `charge-${charge_id}`;
    const revision = (await ledger.log.read(stream)).length - 1;
    const data = { charge_id, deployment_id: site, tenant_id: 'acme', day: '2026-04-09', ...rest };
    const meta = { ...ledger.meta(), command: 'add-charge' };
    const event = newEvent({ type, data }, stream, revision + 1, meta, ledger.clock.now());
    await ledger.log.append(stream, [event], revision === -1 ? NO_STREAM : revision);
    await ledger.settled();
  };

  it('are late where they race the rollup, found and billed by a reissue', async () => {
    const id = invoiceId('acme', '2026-04-01');
    const late = async () =>
      (await invoiceOf(ledger, id)).late.map(({ kind, day, detail }: Json) => ({ kind, day, detail }));
    const terms = { description: 'Raced', amount_cents: 250 };
    await race('raced', 'ChargeAdded', terms);
    const added = { kind: 'charge', day: '2026-04-09', detail: { charge_id: 'raced', ...terms } };
    expect(await late()).to.deep.equal([added]);
    const { data: found } = await ok(ledger.api.get('invoices?late=true'));
    expect(found.map((one: Json) => one.id)).to.deep.equal([id]);
    const before = (await invoiceOf(ledger, id)).total_cents;
    await rollup(ledger, { tenant_id: 'acme', force: true });
    expect([(await invoiceOf(ledger, id)).total_cents - before, await late()]).to.deep.equal([275, []]);
    await race('raced', 'ChargeVoided', { reason: 'no' });
    expect(await late()).to.deep.equal([
      { kind: 'charge_voided', day: '2026-04-09', detail: { ...added.detail, reason: 'no' } },
    ]);
    await rollup(ledger, { tenant_id: 'acme', force: true });
    expect((await invoiceOf(ledger, id)).total_cents).to.equal(before);
  });

  it('of a tenant without an invoice are billed by the next rollup of the month', async () => {
    await rollup(ledger);
    const { data } = await ok(
      ledger.api.post('deployments', { tenant_id: 'straggler', slug: 's', display_name: 's' }),
      201,
    );
    await ok(add({ ...setUp, amount_cents: 300 }, data.id), 201);
    await ledger.settled();
    const leaks = (await ok(ledger.api.get('dashboard/leakage?period=2026-04'))).data.items;
    expect(
      leaks.map(({ reason, tenant_id, value_cents }: Json) => [reason, tenant_id, value_cents]),
    ).to.deep.equal([['awaiting-rollup', 'straggler', 300]]);
    await rollup(ledger);
    const invoice = await invoiceOf(ledger, invoiceId('straggler', '2026-04-01'));
    expect(amounts(invoice)).to.deep.equal([
      ['charge', 300],
      ['tax', 30],
    ]);
    const { by_kind } = (await ok(ledger.api.get('dashboard/margin?period=2026-04'))).data;
    const revenue = new Map(by_kind.revenue.map(({ resource_kind, cents }: Json) => [resource_kind, cents]));
    expect(revenue.get('charge')).to.be.greaterThan(25_000);
  });

  it('that bring a month below zero leave it not billable, until they are taken back', async () => {
    const { data } = await ok(
      ledger.api.post('deployments', { tenant_id: 'gift', slug: 's', display_name: 's' }),
      201,
    );
    const discount = (await ok(add({ ...setUp, amount_cents: -10 }, data.id), 201)).data;
    const reason = (of: Json) => of.not_billable.map((one: Json) => one.tenant_id);
    const result = await rollup(ledger);
    expect(reason(result)).to.deep.equal(['gift']);
    expect(result.not_billable[0].reason).to.match(/^the month comes to −0.11 AUD: its discounts exceed/);
    expect(reason((await ok(ledger.api.get('dashboard/margin?period=2026-04'))).data)).to.deep.equal([
      'gift',
    ]);
    const compared = await ok(ledger.api.post('what-if', { period: '2026-04', overrides: {} }), 201);
    expect(reason(compared.data)).to.deep.equal(['gift']);
    expect(compared.data.delta_cents).to.equal(0);
    await ok(add({ ...setUp, amount_cents: 10 }, data.id), 201);
    expect(reason(await rollup(ledger))).to.deep.equal([]);
    expect((await invoiceOf(ledger, invoiceId('gift', '2026-04-01'))).total_cents).to.equal(0);
    await problem(
      ledger.api.post(`deployments/${data.id}/charges/${discount.id}/void`, { reason: 'r' }),
      409,
    );
  });

  it('accrue in the current month, apart from usage and plan', async () => {
    const { data } = await ok(ledger.api.get('dashboard/accrual'));
    const row = data.subscriptions.find(({ deployment_id }: Json) => deployment_id === site);
    expect(row).to.include({ charges_cents: -100, total_cents: row.recurring_cents - 100 });
  });
});

import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { closeItemNames } from '../../src/invoicing/close/close-item.ts';
import { daysFrom } from '../../src/pricing/calendar.ts';
import { commands } from '../../src/processes/commands.ts';
import { ok } from '../support/http/api.ts';
import { meter, rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import { setCustomer, setSeller } from '../support/http/parties.ts';
import { closeItems, standing } from '../support/invoicing/close-items.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';

describe('the close list of a ledger with nothing in it', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await startTestLedger();
  });
  after(() => ledger.close());

  it('has every item in order, and misses a seller alone, whatever the month', async () => {
    for (const period of ['2000-01-01', '2026-04-01', '2026-05-01', '2026-06-01', '2100-12-01']) {
      const items = await closeItems(ledger, { period });
      expect(Object.keys(items)).to.deep.equal([...closeItemNames]);
      expect(standing(items), period).to.deep.equal(['seller blocks 1']);
    }
  });
});

describe('the close list', () => {
  let ledger: TestLedger;
  let site: string;
  const meterDays = async (days: readonly string[]): Promise<void> => {
    for (const day of days)
      await ledger.ledger.execute(
        commands.recordDayMetered,
        { day, deployments: 1, records: 0 },
        ledger.meta(),
      );
  };
  const priced = (resource_kind: string) =>
    ok(
      ledger.api.post('catalog/resource-prices', {
        resource_kind,
        unit: 'hour',
        price_cents: 1,
        effective_from: '2026-04-01',
      }),
      201,
    );

  before(async () => {
    ledger = await seededLedger({ now: '2026-05-02T09:00:00.000Z' });
    site = await subscribed(ledger, 'acme', 'site', { starts_on: '2026-04-11' });
  });
  after(() => ledger.close());

  it('names what has to be there before a month is issued', async () => {
    const items = await closeItems(ledger);
    expect(standing(items)).to.deep.equal(['metering blocks 20', 'profiles blocks 1', 'seller blocks 1']);
    expect(items.metering.detail).to.contain('2026-04-11, 2026-04-12, 2026-04-13 and 17 more');
    expect(items.profiles.amount_cents).to.equal(3666);
    expect(items.profiles.detail).to.contain('1 tenant without a profile: acme.');
  });

  it('wants the days since the ledger began, and of the running month those that have ended', async () => {
    expect((await closeItems(ledger, { begins: '2026-04-05' })).metering.count).to.equal(26);
    expect((await closeItems(ledger, { begins: '2026-03-31' })).metering.count).to.equal(30);
    expect((await closeItems(ledger, { begins: '2026-04-20' })).metering.count).to.equal(20);
    const running = await closeItems(ledger, { period: '2026-05-01' });
    expect(running.metering).to.include({ status: 'blocks', count: 1 });
    expect(running.metering.detail).to.contain('1 day is not metered: 2026-05-01.');
    const first = await closeItems(ledger, { period: '2026-05-01', today: '2026-05-01' });
    expect(first.metering).to.include({ status: 'ok', count: 0 });
    expect((await closeItems(ledger, { period: '2026-06-01' })).metering.status).to.equal('ok');
  });

  it('is ok item by item once that is there', async () => {
    await meterDays(daysFrom('2026-04-11', '2026-04-29'));
    expect((await closeItems(ledger)).metering.detail).to.contain('1 day is not metered: 2026-04-30.');
    await meterDays(['2026-04-30']);
    await setSeller(ledger);
    await setCustomer(ledger, 'acme');
    const items = await closeItems(ledger);
    expect(standing(items)).to.deep.equal([]);
    for (const { count, detail, link } of Object.values(items)) {
      expect(count).to.equal(0);
      expect(detail).to.match(/^[A-Z\d].*\.$/);
      expect(link).to.match(/^\/api\/v1\//);
      await ok(ledger.api.get(link.replace('/api/v1/', '')));
    }
    expect(items.seller.detail).to.equal('The seller is Example Cloud Pty Ltd.');
  });

  it('takes an erased profile for one', async () => {
    await ok(ledger.api.post('customers/acme/erase', { confirm: 'acme' }));
    expect((await closeItems(ledger)).profiles.status).to.equal('ok');
  });

  it('warns of kinds without a price', async () => {
    await meter(ledger, 'acme', site, '2026-04-15', [
      { resource_kind: 'gpu_hours', qty: '3' },
      { resource_kind: 'ip_hours', qty: '1' },
    ]);
    const { unpriced } = await closeItems(ledger);
    expect(unpriced).to.include({ status: 'warns', count: 2, link: '/api/v1/catalog/resource-prices' });
    expect(unpriced.detail).to.contain('gpu_hours, ip_hours');
    await priced('gpu_hours');
    await priced('ip_hours');
    expect((await closeItems(ledger)).unpriced.status).to.equal('ok');
  });

  it('warns of usage that no tenant is billed for, with what it costs', async () => {
    await meter(ledger, 'acme', site, '2026-04-10', [{ resource_kind: 'gpu_hours', qty: '7' }]);
    expect((await closeItems(ledger)).leakage).to.include({
      status: 'warns',
      count: 1,
      amount_cents: 0,
      link: '/api/v1/dashboard/leakage?period=2026-04',
    });
  });

  it('warns of a tenant whose month cannot be billed, and needs no profile of it', async () => {
    const other = await subscribed(ledger, 'broke', 'shop', { starts_on: '2026-04-30' });
    const { data } = await ok(
      ledger.api.post(`deployments/${other}/charges`, {
        description: 'A discount',
        amount_cents: -1_000_000,
        day: '2026-04-30',
      }),
      201,
    );
    const items = await closeItems(ledger);
    expect(items.not_billable).to.include({ status: 'warns', count: 1 });
    expect(items.not_billable.detail).to.contain('broke: the month comes to');
    expect(items.profiles.status).to.equal('ok');
    await ok(ledger.api.post(`deployments/${other}/charges/${data.id}/void`, { reason: 'a mistake' }));
    const mended = await closeItems(ledger);
    expect(standing(mended)).to.deep.equal(['leakage warns 1', 'profiles blocks 1']);
    await setCustomer(ledger, 'broke');
  });

  it('wants earlier months first, the oldest named', async () => {
    const next = await closeItems(ledger, { period: '2026-05-01' });
    expect(next.last_month).to.include({
      status: 'blocks',
      count: 1,
      link: '/api/v1/invoices/close?period=2026-04',
    });
    expect((await closeItems(ledger, { period: '2026-07-01' })).last_month.count).to.equal(3);
    await rollup(ledger);
    expect((await closeItems(ledger, { period: '2026-05-01' })).last_month.status).to.equal('ok');
    const later = await closeItems(ledger, { period: '2026-07-01' });
    expect(later.last_month.detail).to.contain('the oldest is 2026-05');
  });

  it('has nothing new once the month is issued, and derives it again', async () => {
    const items = await closeItems(ledger);
    expect(standing(items)).to.deep.equal(['leakage warns 1']);
    expect(items.verify.detail).to.contain('2 issues and 0 notes of 2026-04 derived again');
  });

  it('warns of invoices that facts came too late for', async () => {
    await meter(ledger, 'acme', site, '2026-04-20', [{ resource_kind: 'gpu_hours', qty: '5' }]);
    const { late_facts } = await closeItems(ledger);
    expect(late_facts).to.include({ status: 'warns', count: 1, amount_cents: null });
    const listed = await ok(ledger.api.get(late_facts.link.replace('/api/v1/', '')));
    expect(listed.data).to.have.length(1);
  });

  it('warns of what finance holds otherwise, where finance gets documents', async () => {
    const external_id = invoiceId('acme', '2026-04-01');
    const document = { external_id, kind: 'invoice' as const, tenant_id: 'acme', content_hash: 'sent' };
    await ledger.ledger.execute(
      commands.recordArPush,
      { ...document, action: 'created', finance_id: 'f-1' },
      ledger.meta(),
    );
    await ledger.ledger.execute(
      commands.recordArComparison,
      {
        external_id,
        content_hash: 'sent',
        differences: [{ field: 'amount_gross_minor', ours: 100, theirs: 99 }],
      },
      ledger.meta(),
    );
    expect((await closeItems(ledger)).finance_ar.status).to.equal('ok');
    const { finance_ar } = await closeItems(ledger, { financeAr: true });
    expect(finance_ar).to.include({ status: 'warns', count: 1 });
    expect(finance_ar.detail).to.contain(`invoice ${external_id}`);
    const may = await closeItems(ledger, { financeAr: true, period: '2026-05-01' });
    expect(may.finance_ar.status).to.equal('ok');
  });

  it('warns of days that the automatic lifecycle has missed since it began', async () => {
    expect((await closeItems(ledger)).lifecycle.status).to.equal('ok');
    for (const day of ['2026-04-27', '2026-04-29'])
      await ledger.ledger.execute(commands.completeLifecycleDay, { day, transitions: 0 }, ledger.meta());
    const { lifecycle } = await closeItems(ledger);
    expect(lifecycle).to.include({ status: 'warns', count: 2 });
    expect(lifecycle.detail).to.contain('2026-04-28, 2026-04-30');
    expect((await closeItems(ledger, { period: '2026-03-01' })).lifecycle.status).to.equal('ok');
    expect((await closeItems(ledger, { period: '2026-05-01' })).lifecycle.count).to.equal(1);
  });
});

import { expect } from 'chai';
import { daysFrom } from '../../src/pricing/calendar.ts';
import { accrueDay } from '../../src/pricing/metering.ts';
import { ok, problem, type Json } from '../support/http/api.ts';
import {
  charge,
  invoiceOf,
  meter,
  rollup,
  seededLedger,
  subscribed,
} from '../support/http/invoices-month.ts';
import { tenantToken } from '../support/http/tokens.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

describe('the forecast over HTTP', () => {
  let ledger: TestLedger;
  let site: string;
  let shop: string;
  const forecast = async (query = '', token?: string): Promise<Json> =>
    (await ok(ledger.api.get(`usage/forecast${query}`, token === undefined ? {} : { token }))).data;
  const accrual = async (): Promise<Json> => (await ok(ledger.api.get('dashboard/accrual'))).data;
  const report = (deployment_id: string, day: string, qty: string) => ({
    source: 'edge',
    external_id: `${deployment_id}-${day}`,
    deployment_id,
    resource_kind: 'bandwidth_gb',
    qty,
    day,
  });

  before(async () => {
    ledger = await seededLedger({ now: '2026-05-11T12:00:00.000Z' });
    site = await subscribed(ledger, 'acme', 'site');
    shop = await subscribed(ledger, 'globex', 'shop', { plan_code: 'starter', starts_on: '2026-05-20' });
    const droplets = (count: number) =>
      Array.from({ length: count }, (_, n) => ({
        resource_id: `droplet-${n}`,
        resource_kind: 'droplet_hours',
        qty: '24',
      }));
    // Three droplets, of which one is gone since the fifth: 744 + 5 × 24 hours so far come to 1860.
    for (const day of daysFrom('2026-05-01', '2026-05-10'))
      await meter(ledger, 'acme', site, day, droplets(day <= '2026-05-05' ? 3 : 2));
    await ok(
      ledger.api.post('usage', {
        events: [
          ...daysFrom('2026-05-01', '2026-05-10').map((day) => report(site, day, '80')),
          report(site, '2026-05-11', '10.5'),
        ],
      }),
    );
    for (const day of daysFrom('2026-05-01', '2026-05-10'))
      await charge(ledger, 'acme', site, `r-${day}`, '2.5', `${day}T10:00:00.000Z`);
    await ledger.settled();
  });
  after(() => ledger.close());

  it('says by kind what is used, what is allowed, and what the month comes to at either pace', async () => {
    const { deployments, ...month } = await forecast('', tenantToken('acme'));
    // At the pace so far 60 hours a day: 1860, at that of the last 7 days (2 × 72 + 5 × 48) / 7.
    // Bandwidth: 31 × 80 = 2480 GB of 2000. The gateway: 31 × 2.5 = 77.5 cents.
    const [soFar, lately] = [5000 + 372 + 480 + 78, 5000 + 264 + 480 + 78];
    expect(month).to.deep.equal({
      period: '2026-05-01',
      as_of: '2026-05-11T12:00:00.000Z',
      currency: 'AUD',
      days: { in_month: 31, complete: 10 },
      total_cents: 5025,
      forecast: { so_far_cents: soFar, last_7_days_cents: lately },
      not_billable: [],
    });
    const [{ kinds, ...one }] = deployments;
    expect(deployments).to.have.length(1);
    expect(one).to.deep.equal({
      deployment_id: site,
      tenant_id: 'acme',
      plan_code: 'studio',
      recurring_cents: 5000,
      overage_cents: 0,
      llm_cents: 25,
      charges_cents: 0,
      total_cents: 5025,
      forecast: { so_far_cents: soFar, last_7_days_cents: lately },
      llm_forecast: { so_far_cents: 78, last_7_days_cents: 78 },
    });
    const byKind = new Map(kinds.map(({ resource_kind, ...figures }: Json) => [resource_kind, figures]));
    expect(byKind.get('droplet_hours')).to.deep.equal({
      used_qty: '600',
      allowance_qty: '1488',
      forecast: {
        so_far_qty: '1860',
        so_far_overage_cents: 372,
        last_7_days_qty: '1752',
        last_7_days_overage_cents: 264,
      },
    });
    expect(byKind.get('bandwidth_gb')).to.deep.include({ used_qty: '810.5', allowance_qty: '2000' });
    expect(byKind.get('dns_zones')).to.deep.equal({
      used_qty: '0',
      allowance_qty: '10',
      forecast: {
        so_far_qty: '0',
        so_far_overage_cents: 0,
        last_7_days_qty: '0',
        last_7_days_overage_cents: 0,
      },
    });
  });

  it('is the same in the accrual, and missing of a subscription that is still to start', async () => {
    const [{ subscriptions, forecast: total }, all] = [await accrual(), await forecast()];
    expect(all.forecast).to.deep.equal(total);
    const own = await forecast('', tenantToken('acme'));
    expect(subscriptions.map((one: Json) => [one.tenant_id, one.forecast])).to.deep.equal([
      ['acme', own.forecast],
      ['globex', { so_far_cents: null, last_7_days_cents: null }],
    ]);
    expect(total).to.deep.equal({
      so_far_cents: own.forecast.so_far_cents + 774,
      last_7_days_cents: own.forecast.last_7_days_cents + 774,
    });
    expect((await forecast('', tenantToken('globex'))).forecast).to.deep.equal({
      so_far_cents: null,
      last_7_days_cents: null,
    });
  });

  it("shows a tenant its own alone: another's deployment is a 404", async () => {
    expect((await forecast(`?deployment_id=${site}`, tenantToken('acme'))).deployments).to.have.length(1);
    await problem(
      ledger.api.get(`usage/forecast?deployment_id=${shop}`, { token: tenantToken('acme') }),
      404,
    );
    await problem(ledger.api.get('usage/forecast?tenant_id=globex', { token: tenantToken('acme') }), 403);
    await problem(ledger.api.get('usage/forecast?deployment_id=none'), 404);
    await problem(ledger.api.get(`usage/forecast?tenant_id=acme&deployment_id=${shop}`), 404);
    await problem(ledger.api.get('usage/forecast?period=2026-05'), 422, 'period');
    const ids = async (query: string): Promise<string[]> =>
      (await forecast(query)).deployments.map((one: Json) => one.deployment_id);
    expect(await ids(`?deployment_id=${shop}`)).to.deep.equal([shop]);
    expect(await ids('?tenant_id=acme')).to.deep.equal([site]);
    expect(await ids('?tenant_id=initech')).to.deep.equal([]);
    expect((await forecast('?tenant_id=initech')).forecast.so_far_cents).to.equal(0);
  });

  it('waits for the metering of the last days, and then comes to the same', async () => {
    const before = await forecast(`?deployment_id=${site}`);
    ledger.clock.set('2026-05-12T00:30:00.000Z');
    const waiting = await forecast(`?deployment_id=${site}`);
    const hours = ({ deployments }: Json): Json =>
      deployments[0].kinds.find(({ resource_kind }: Json) => resource_kind === 'droplet_hours').forecast;
    expect(hours(waiting).so_far_qty).to.equal(hours(before).so_far_qty);
    // 6 metered days of the last 7: 48 × 5 + 72 hours.
    expect(hours(waiting).last_7_days_qty).to.equal('1692');
    expect(waiting.days.complete).to.equal(11);
  });

  it('has no pace of the month on its first day, and that of the last days across it', async () => {
    ledger.clock.set('2026-06-01T08:00:00.000Z');
    for (const day of daysFrom('2026-05-25', '2026-05-31'))
      await meter(ledger, 'acme', site, day, [{ resource_kind: 'droplet_hours', qty: '60' }]);
    await ledger.settled();
    const { forecast: total, days, deployments } = await forecast(`?deployment_id=${site}`);
    expect(days).to.deep.equal({ in_month: 30, complete: 0 });
    // 30 days of 60 hours are 1800, 312 above what is included.
    expect(total).to.deep.equal({ so_far_cents: null, last_7_days_cents: 5312 });
    expect(deployments[0].kinds.every(({ forecast: at }: Json) => at.so_far_qty === null)).to.equal(true);
    expect((await accrual()).forecast.so_far_cents).to.equal(null);
  });

  it('expects nothing more of a deployment that is paused or cancelled', async () => {
    ledger.clock.set('2026-06-05T08:00:00.000Z');
    for (const day of daysFrom('2026-06-01', '2026-06-04')) {
      await meter(ledger, 'acme', site, day, [{ resource_kind: 'droplet_hours', qty: '500' }]);
      await charge(ledger, 'acme', site, `r-${day}`, '2.5', `${day}T10:00:00.000Z`);
    }
    await ok(ledger.api.post(`deployments/${site}/transition`, { to: 'paused' }));
    // 4 of 30 days: 667 cents, and 198.4 of 1488 hours; 1801.6 hours above them.
    const { total_cents, forecast: total } = await forecast(`?deployment_id=${site}`);
    expect([total_cents, total]).to.deep.equal([
      667 + 1802 + 10,
      { so_far_cents: 667 + 1802 + 10, last_7_days_cents: 667 + 1802 + 10 },
    ]);
  });

  it('is what a steady month comes to, though it starts, changes and is metered in parts', async () => {
    ledger.clock.set('2026-06-05T09:00:00.000Z');
    const { id } = (
      await ok(
        ledger.api.post('deployments', { tenant_id: 'umbrella', slug: 'late', display_name: 'L' }),
        201,
      )
    ).data;
    await ok(
      ledger.api.post(`deployments/${id}/subscribe`, { plan_code: 'studio', starts_on: '2026-06-07' }),
      201,
    );
    // The gateway reports from the creation on, all else is used from the start of the subscription on.
    const use = async (from: string, to: string): Promise<void> => {
      for (const day of daysFrom(from, to)) {
        await charge(ledger, 'umbrella', id, `u-${day}`, '3.3', `${day}T00:00:00.000Z`);
        if (day < '2026-06-07') continue;
        await meter(ledger, 'umbrella', id, day, [
          { resource_kind: 'droplet_hours', qty: '72' },
          { resource_kind: 'dns_zones', qty: accrueDay('12', day) },
        ]);
        await ok(ledger.api.post('usage', { events: [report(id, day, '90.123456789012')] }));
      }
      await ledger.settled();
    };
    await use('2026-06-05', '2026-06-09');
    ledger.clock.set('2026-06-10T09:00:00.000Z');
    await ok(ledger.api.patch(`deployments/${id}`, { llm_mode: 'allowance' }));
    await use('2026-06-10', '2026-06-12');
    ledger.clock.set('2026-06-13T00:00:00.000Z');
    const early = await forecast('?tenant_id=umbrella');
    await use('2026-06-13', '2026-06-30');
    ledger.clock.set('2026-07-01T00:00:00.000Z');
    const { invoices } = await rollup(ledger, { period: '2026-06', tenant_id: 'umbrella' });
    const { subtotal_cents } = await invoiceOf(ledger, invoices[0].invoice_id);
    expect(early.forecast).to.deep.equal({
      so_far_cents: subtotal_cents,
      last_7_days_cents: subtotal_cents,
    });
    expect(early.deployments[0].llm_forecast).to.deep.equal({ so_far_cents: 17, last_7_days_cents: 17 });
  });
});

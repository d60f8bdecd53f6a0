import { expect } from 'chai';
import { daysFrom } from '../../src/pricing/calendar.ts';
import { ok } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { charge, meter, rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';

const accrual = async (ledger: TestLedger): Promise<Json> =>
  (await ok(ledger.api.get('dashboard/accrual'))).data;

describe('accrual over HTTP', () => {
  let ledger: TestLedger;
  let site: string;
  before(async () => {
    ledger = await seededLedger({ now: '2026-05-09T15:05:00.000Z' });
    site = await subscribed(ledger, 'acme', 'site', { addons: ['storage_50gb'] });
  });
  after(() => ledger.close());

  it('shows the current month as if it were invoiced with the usage so far', async () => {
    await subscribed(ledger, 'globex', 'shop', { plan_code: 'starter', starts_on: '2026-05-20' });
    // 8 days of 8 droplets: 1536 hours, 1488 of them included.
    for (const day of daysFrom('2026-05-01', '2026-05-08')) {
      await meter(
        ledger,
        'acme',
        site,
        day,
        Array.from({ length: 8 }, (_, n) => ({
          resource_id: `droplet-${n}`,
          resource_kind: 'droplet_hours',
          qty: '24',
        })),
      );
    }
    await meter(ledger, 'acme', site, '2026-04-30', [{ resource_kind: 'droplet_hours', qty: '5000' }]);
    await charge(ledger, 'acme', site, 'r-1', '10.4', '2026-05-01T00:00:00.000Z');
    await charge(ledger, 'acme', site, 'r-2', '10.4', '2026-05-09T00:00:00.000Z');
    await charge(ledger, 'acme', site, 'r-3', '1000', '2026-04-30T23:59:59.999Z');
    await ledger.settled();
    const { subscriptions, ...head } = await accrual(ledger);
    // 12 of 31 days of the starter plan: 774. At the pace so far 5952 hours and 40.3 cents of the gateway; of
    // the last 7 days, no more of the gateway than is used.
    expect(head).to.deep.equal({
      period: '2026-05-01',
      as_of: '2026-05-09T15:05:00.000Z',
      total_cents: 5750 + 48 + 21 + 774,
      forecast: {
        so_far_cents: 5750 + 4464 + 40 + 774,
        last_7_days_cents: 5750 + 4464 + 21 + 774,
      },
      not_billable: [],
    });
    expect(subscriptions.map(({ deployment_id: _id, ...one }: Json) => one)).to.deep.equal([
      {
        tenant_id: 'acme',
        plan_code: 'studio',
        recurring_cents: 5750,
        overage_cents: 48,
        llm_cents: 21,
        charges_cents: 0,
        total_cents: 5819,
        forecast: { so_far_cents: 5750 + 4464 + 40, last_7_days_cents: 5750 + 4464 + 21 },
      },
      {
        tenant_id: 'globex',
        plan_code: 'starter',
        recurring_cents: 774,
        overage_cents: 0,
        llm_cents: 0,
        charges_cents: 0,
        total_cents: 774,
        forecast: { so_far_cents: null, last_7_days_cents: null },
      },
    ]);
  });

  it('equals the later invoice, if nothing more happens', async () => {
    const { total_cents } = await accrual(ledger);
    ledger.clock.set('2026-06-01T03:00:00.000Z');
    await rollup(ledger, { period: '2026-05' });
    const { data } = await ok(ledger.api.get('invoices?period=2026-05'));
    expect(data.reduce((sum: number, invoice: Json) => sum + invoice.subtotal_cents, 0)).to.equal(
      total_cents,
    );
    expect(await accrual(ledger)).to.include({ period: '2026-06-01', total_cents: 5750 + 2000 });
  });

  it('leaves out tenants with nothing in force', async () => {
    await ok(ledger.api.post(`deployments/${site}/transition`, { to: 'cancelled' }));
    const { subscriptions } = await accrual(ledger);
    // Cancelled on the first of June: that day belongs to the cancellation.
    expect(subscriptions.map((one: Json) => one.tenant_id)).to.deep.equal(['globex']);
  });
});

import { expect } from 'chai';
import { aDroplet, aVolume, emptyAccount, invoiceCsv } from '../../simulators/digitalocean/index.ts';
import { createDigitalOceanClient } from '../../src/digitalocean/client.ts';
import { ok, type Json } from '../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { completed, failed } from '../support/processes/sync-run.ts';

/** $0.14286 an hour. */
const large = 's-8vcpu-16gb';
/** $0.00893 an hour. */
const small = 's-1vcpu-1gb';

describe('cost alerts over HTTP', () => {
  let ledger: TestLedger;
  const droplet = aDroplet({ name: 'web', size_slug: large });
  before(async () => {
    ledger = await startTestLedger({
      now: '2026-05-01T09:00:00.000Z',
      digitalOcean: { account: { ...emptyAccount(), droplets: [droplet] } },
    });
  });
  after(async () => {
    await ledger.close();
  });

  const alerts = async (): Promise<Json> => {
    await ledger.settled();
    return ok(ledger.api.get('dashboard/cost-alerts'));
  };
  const current = async (): Promise<Json> => (await alerts()).current;
  const eventsOf = async (kind: string): Promise<string[]> => {
    const events = await ledger.ledger.events(`cost-alerts-${kind}`);
    return events.map(({ type }) => type.replace('CostAlert', '').toLowerCase());
  };
  /** The provider computes a balance, which is read half a minute later. */
  const balance = async (cents: number, generated_at: string): Promise<void> => {
    const [whole, part] = [Math.trunc(cents / 100), String(Math.abs(cents % 100)).padStart(2, '0')];
    ledger.digitalOcean.setBalance({ month_to_date_usage: `${whole}.${part}`, generated_at });
    ledger.clock.set(new Date(Date.parse(generated_at) - 30_000).toISOString());
    await completed(ledger, 'billing.balance');
  };
  /** What the droplet has cost by then. */
  const asExpected = async (generated_at: string): Promise<number> => {
    await balance(0, generated_at);
    return (await current()).expected_cents;
  };

  it('has no figures before the first balance, and expects nothing without prices and droplets', async () => {
    expect(await alerts()).to.deep.equal({ data: [], current: null });
    await balance(90_000, '2026-05-01T09:00:00Z');
    expect(await current()).to.include({ usage_cents: 90_000, expected_cents: null, median_cents: null });
    await completed(ledger, 'sync.sizes');
    await balance(90_000, '2026-05-01T09:30:00Z');
    expect((await alerts()).data, 'droplets are not mirrored yet').to.deep.equal([]);
    await completed(ledger, 'sync.droplets');
  });

  it('raises an alert above what is expected once, however often it is judged', async () => {
    await balance(90_000, '2026-05-01T10:00:00Z');
    const first = await alerts();
    expect(first.current).to.include({ usage_cents: 90_000, expected_cents: 143, difference_cents: 89_857 });
    expect(first.data).to.have.length(1);
    expect(first.data[0]).to.deep.include({
      kind: 'accrual',
      direction: 'above',
      day: '2026-05-01',
      actual_cents: 90_000,
      expected_cents: 143,
      cleared_at: null,
    });
    const events = await ledger.eventCount();
    await completed(ledger, 'billing.balance');
    expect(await ledger.eventCount(), 'the same balance again').to.equal(events);
    await balance(91_000, '2026-05-01T11:00:00Z');
    expect((await alerts()).data).to.deep.equal(first.data);
    expect(await eventsOf('accrual')).to.deep.equal(['raised']);
  });

  it('clears it within the limits, and raises another one when they are crossed again', async () => {
    await balance(171 + 499, '2026-05-01T12:00:00Z');
    expect((await alerts()).data[0].cleared_at).to.equal('2026-05-01T12:00:00.000Z');
    await balance(172 + 500, '2026-05-01T12:01:00Z');
    const { data } = await alerts();
    expect(data.map((alert: Json) => alert.cleared_at === null)).to.deep.equal([true, false]);
    await balance(300, '2026-05-01T20:00:00Z');
    expect(await eventsOf('accrual')).to.deep.equal(['raised', 'cleared', 'raised', 'cleared']);
  });

  it('raises an alert below what is expected', async () => {
    const at = '2026-05-03T00:00:00Z';
    expect(await asExpected(at)).to.equal(686);
    await completed(ledger, 'billing.balance');
    const [alert] = (await alerts()).data;
    expect(alert).to.include({ direction: 'below', actual_cents: 0, expected_cents: 686 });
    await balance(686, '2026-05-03T00:10:00Z');
    expect((await alerts()).data[0].cleared_at).to.equal('2026-05-03T00:10:00.000Z');
  });

  it('raises one alert where two workers record one balance at once', async () => {
    const { url: baseUrl, token } = ledger.digitalOcean;
    const beside = await ledger.openBeside({
      digitalOcean: createDigitalOceanClient({
        baseUrl,
        token,
        clock: { now: () => Date.parse(ledger.clock.now()) },
        sleep: async () => undefined,
        random: () => 0.5,
      }),
    });
    try {
      const before = (await eventsOf('accrual')).length;
      ledger.digitalOcean.setBalance({ month_to_date_usage: '500.00', generated_at: '2026-05-03T01:00:00Z' });
      ledger.clock.set('2026-05-03T01:00:30.000Z');
      const actor = { sub: 'job:billing.balance', tenant_id: null, roles: [] };
      const runs = await Promise.all(
        [ledger, beside, ledger, beside].map(({ jobs }) => jobs.run('billing.balance', {}, { actor })),
      );
      expect(runs.map(({ error }) => error)).to.deep.equal([null, null, null, null]);
      expect((await eventsOf('accrual')).slice(before)).to.deep.equal(['raised']);
      const recorded = (await ledger.ledger.events('balance-2026-05-03')).filter(
        ({ data }) => (data as Json).month_to_date_usage_cents === 50_000,
      );
      expect(recorded).to.have.length(1);
      await balance(700, '2026-05-03T01:10:00Z');
    } finally {
      await beside.close();
    }
  });

  it('leaves everything as it was where the balance cannot be read', async () => {
    const before = await alerts();
    ledger.digitalOcean.faults.inject({
      path: '/v2/customers/my/balance',
      effect: { kind: 'status', status: 403 },
    });
    await failed(ledger, 'billing.balance');
    ledger.digitalOcean.faults.clear();
    ledger.digitalOcean.setBalance({ month_to_date_usage: 'soon', generated_at: '2026-05-03T02:00:00Z' });
    await failed(ledger, 'billing.balance');
    expect(await alerts()).to.deep.equal(before);
  });

  it('prices each hour at the size of the hour, of a droplet that is off as well', async () => {
    ledger.clock.set('2026-05-04T11:59:00.000Z');
    ledger.digitalOcean.update('droplet', droplet.id, { size_slug: small, status: 'off' });
    await completed(ledger, 'sync.droplets');
    // 84 hours at 14.286 cents and 12 at 0.893.
    expect(await asExpected('2026-05-05T00:00:00Z')).to.equal(1200 + 11);
  });

  it('prices a droplet that came and went, and names the size that is not listed', async () => {
    ledger.clock.set('2026-05-05T00:00:00.000Z');
    const brief = aDroplet({ name: 'brief', size_slug: large, created_at: '2026-05-05T00:00:00Z' });
    const odd = aDroplet({ name: 'odd', size_slug: 'odd-1', created_at: '2026-05-05T00:00:00Z' });
    ledger.digitalOcean.create('droplet', brief);
    ledger.digitalOcean.create('droplet', odd);
    await completed(ledger, 'sync.droplets');
    ledger.clock.set('2026-05-05T10:00:00.000Z');
    await completed(ledger, 'sync.droplets');
    for (const { id } of [brief, odd]) ledger.digitalOcean.remove('droplet', id);
    for (let sweep = 0; sweep < 3; sweep += 1) await completed(ledger, 'sync.droplets');
    // Its life ends with the sweep that saw it last: ten hours, and a minute of the clock.
    const expected = await asExpected('2026-05-06T00:00:00Z');
    expect(expected).to.equal(1200 + 32 + 143);
    const { unpriced, unpriced_count } = await current();
    expect(unpriced_count).to.equal(1);
    expect(unpriced[0]).to.include({ kind: 'droplet', name: 'odd', size_slug: 'odd-1' });
  });

  it('takes the list price in force on a day', async () => {
    ledger.clock.set('2026-05-07T00:00:00.000Z');
    ledger.digitalOcean.changeSize(small, { price_hourly: 0.1, price_monthly: 67.2 });
    await completed(ledger, 'sync.sizes');
    // 60 hours at 0.893 cents and 24 at 10.
    expect(await asExpected('2026-05-08T00:00:00Z')).to.equal(1200 + 143 + 294);
  });

  it('takes volumes from the last invoice, also a line of nothing, and compares US dollars', async () => {
    const rate = { from: 'USD', to: 'AUD', rate: '1.5', effective_from: '2026-01-01' };
    await ok(ledger.api.post('fx-rates', rate), 201);
    for (const name of ['data', 'free']) ledger.digitalOcean.create('volume', aVolume({ name }));
    await completed(ledger, 'sync.volumes');
    expect((await current()).unpriced_count).to.equal(3);
    const line = (name: string, usd: string) => ({
      product: 'Volumes',
      description: `${name} (syd1) 100GB`,
      usd,
      start: '2026-04-01 00:00:00 +0000',
      end: '2026-05-01 00:00:00 +0000',
    });
    const { invoice_uuid } = ledger.digitalOcean.addInvoice({
      period: '2026-04',
      csv: invoiceCsv([line('data', '$30.00'), line('free', '$0.00')]),
    });
    await completed(ledger, 'billing.history');
    await ok(ledger.api.post(`billing/invoices/${invoice_uuid}/ingest`));
    await balance(1937, '2026-05-08T00:00:00Z');
    expect(await current()).to.include({
      others_cents: 700,
      droplets_cents: 1637,
      expected_cents: 2337,
      difference_cents: -400,
      unpriced_count: 1,
    });
  });

  it('raises one alert of growth for a day that grows far more than the days before', async () => {
    const days = (first: number, ...usages: number[]): [number, string][] =>
      usages.map((usage, index) => [usage, `2026-06-${String(first + index).padStart(2, '0')}T22:00:00Z`]);
    for (const [cents, at] of days(1, 400, 800, 1200)) await balance(cents, at);
    expect(await current()).to.include({ growth_cents: 400, median_cents: null, days: 2 });
    await balance(1600, '2026-06-04T22:00:00Z');
    expect(await current()).to.include({ growth_cents: 400, median_cents: 400, days: 3 });
    await balance(1600 + 599, '2026-06-05T20:00:00Z');
    expect(await eventsOf('growth')).to.deep.equal([]);
    await balance(1600 + 600, '2026-06-05T21:00:00Z');
    await balance(1600 + 900, '2026-06-05T22:00:00Z');
    expect(await eventsOf('growth')).to.deep.equal(['raised']);
    const growth = async () => (await alerts()).data.filter((alert: Json) => alert.kind === 'growth');
    expect(await growth()).to.have.length(1);
    expect((await growth())[0]).to.include({ direction: 'above', day: '2026-06-05', actual_cents: 600 });
    // A credit, and more than before on the same day: that day had its alert.
    await balance(1700, '2026-06-05T22:10:00Z');
    await balance(2900, '2026-06-05T22:20:00Z');
    expect(await eventsOf('growth')).to.deep.equal(['raised', 'cleared']);
    await balance(4000, '2026-06-06T22:00:00Z');
    expect(await eventsOf('growth')).to.deep.equal(['raised', 'cleared', 'raised']);
  });

  it('says nothing of a day after one without a balance, and begins again with the month', async () => {
    await balance(9000, '2026-06-08T22:00:00Z');
    expect(await current()).to.include({ growth_cents: null, day: '2026-06-08' });
    expect(await eventsOf('growth')).to.deep.equal(['raised', 'cleared', 'raised']);
    await balance(8000, '2026-06-09T22:00:00Z');
    expect(await current()).to.include({ growth_cents: -1000 });
    expect(await eventsOf('growth')).to.deep.equal(['raised', 'cleared', 'raised', 'cleared']);
    await balance(8400, '2026-06-30T22:00:00Z');
    await balance(100, '2026-07-01T01:00:00Z');
    expect(await current()).to.include({ day: '2026-07-01', growth_cents: 100 });
  });
});

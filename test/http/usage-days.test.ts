import { expect } from 'chai';
import { daysFrom } from '../../src/pricing/calendar.ts';
import { sumDecimals } from '../../src/pricing/money.ts';
import { ok, problem, type Json } from '../support/http/api.ts';
import { charge, meter, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import { tenantToken } from '../support/http/tokens.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

describe('usage by day over HTTP', () => {
  let ledger: TestLedger;
  let site: string;
  let shop: string;
  const acme = { token: tenantToken('acme') };
  const days = async (query = '', request: { token?: string } = {}): Promise<Json> =>
    ok(ledger.api.get(`usage/days${query}`, request));
  const kindOf = ({ kinds }: Json, name: string): Json =>
    kinds.find(({ resource_kind }: Json) => resource_kind === name);

  before(async () => {
    ledger = await seededLedger({ now: '2026-05-11T12:00:00.000Z' });
    site = await subscribed(ledger, 'acme', 'site', { addons: ['storage_50gb'], starts_on: '2026-05-03' });
    shop = await subscribed(ledger, 'globex', 'shop');
    for (const day of daysFrom('2026-05-01', '2026-05-10'))
      await meter(ledger, 'acme', site, day, [
        { resource_id: 'a', resource_kind: 'droplet_hours', qty: '24' },
        { resource_id: 'b', resource_kind: 'droplet_hours', qty: '12.5' },
      ]);
    // The last set of a day counts.
    await meter(ledger, 'acme', site, '2026-05-10', [{ resource_kind: 'droplet_hours', qty: '48' }], 2);
    const report = { source: 'edge', external_id: 'one', deployment_id: site, qty: '1', day: '2026-05-10' };
    await ok(ledger.api.post('usage', { events: [{ ...report, resource_kind: 'bandwidth_gb' }] }));
    await charge(ledger, 'acme', site, 'before', '2.5', '2026-05-09T10:00:00.000Z');
    await ok(ledger.api.patch(`deployments/${site}`, { llm_mode: 'allowance' }, acme));
    await charge(ledger, 'acme', site, 'within', '2.5', '2026-05-11T10:00:00.000Z');
    await ledger.settled();
  });
  after(() => ledger.close());

  it('adds up what was used on each day, and says which days count', async () => {
    const { data, period, days_in_month, next_cursor } = await days('', acme);
    expect([period, days_in_month, next_cursor]).to.deep.equal(['2026-05-01', 31, null]);
    expect(data).to.have.length(1);
    const [{ kinds: _kinds, ...deployment }] = data;
    expect(deployment).to.deep.equal({
      deployment_id: site,
      slug: 'site',
      display_name: 'site',
      status: [
        { from: '2026-05-01', to: '2026-05-02', reason: 'before-start' },
        { from: '2026-05-03', to: '2026-05-31', reason: null },
      ],
    });
    const hours = kindOf(data[0], 'droplet_hours');
    expect(hours.days.map(({ so_far_qty: _sum, ...day }: Json) => day)).to.deep.equal(
      daysFrom('2026-05-01', '2026-05-10').map((day) => ({
        day,
        qty: day === '2026-05-10' ? '48' : '36.5',
        in_force: day >= '2026-05-03',
      })),
    );
    // 7 days of 36.5 hours and one of 48; the two before the start do not count.
    expect(hours.used_qty).to.equal('303.5');
    expect(hours.days.map(({ so_far_qty }: Json) => so_far_qty)).to.deep.equal([
      '0',
      '0',
      '36.5',
      '73',
      '109.5',
      '146',
      '182.5',
      '219',
      '255.5',
      '303.5',
    ]);
    expect(kindOf(data[0], 'bandwidth_gb').days).to.deep.equal([
      { day: '2026-05-10', qty: '1', in_force: true, so_far_qty: '1' },
    ]);
    expect(kindOf(data[0], 'dns_zones')).to.deep.include({ used_qty: '0', days: [] });
  });

  it("counts the gateway's tokens on the days on which they are not charged", async () => {
    const { data } = await days('', acme);
    expect(kindOf(data[0], 'llm_tokens').days).to.deep.equal([
      { day: '2026-05-11', qty: '2', in_force: true, so_far_qty: '2' },
    ]);
  });

  it('counts and allows what the forecast of the month says', async () => {
    const { deployments } = (await ok(ledger.api.get('usage/forecast', acme))).data;
    const { data } = await days('', acme);
    const figures = ({ kinds }: Json) =>
      kinds.map(({ resource_kind, used_qty, allowance_qty }: Json) => [
        resource_kind,
        used_qty,
        allowance_qty,
      ]);
    expect(figures(data[0])).to.deep.equal(figures(deployments[0]));
    const records = await ok(ledger.api.get(`usage?deployment_id=${site}&resource_kind=droplet_hours`));
    const sum = (rows: Json[]): string => sumDecimals(rows.map(({ qty }) => qty));
    expect(sum(kindOf(data[0], 'droplet_hours').days)).to.equal(sum(records.data));
  });

  it('shows any month, of the tenant that an admin names', async () => {
    const [april] = (await days('?tenant_id=globex&period=2026-04')).data;
    expect(april.status).to.deep.equal([{ from: '2026-04-01', to: '2026-04-30', reason: null }]);
    expect(kindOf(april, 'droplet_hours')).to.deep.include({ allowance_qty: '1488', hard_cap_qty: null });
    const [before] = (await days(`?deployment_id=${shop}&period=2026-03`)).data;
    expect(before).to.deep.include({
      kinds: [],
      status: [{ from: '2026-03-01', to: '2026-03-31', reason: 'no-subscription' }],
    });
  });

  it('goes by pages of deployments', async () => {
    const second = await subscribed(ledger, 'acme', 'second');
    const first = await days('?limit=1', acme);
    const rest = await days(`?limit=1&cursor=${first.next_cursor}`, acme);
    expect([...first.data, ...rest.data].map(({ deployment_id }: Json) => deployment_id)).to.have.members([
      site,
      second,
    ]);
    expect(rest.next_cursor).to.equal(null);
  });

  it("needs a tenant of an admin, and hides another tenant's deployment", async () => {
    await problem(ledger.api.get('usage/days'), 422, 'tenant_id');
    await problem(ledger.api.get('usage/days?tenant_id=globex', acme), 403);
    await problem(ledger.api.get(`usage/days?deployment_id=${shop}`, acme), 404);
    await problem(ledger.api.get(`usage/days?tenant_id=acme&deployment_id=${shop}`), 404);
    await problem(ledger.api.get('usage/days?deployment_id=none'), 404);
  });
});

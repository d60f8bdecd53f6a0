import { expect } from 'chai';
import { meteredDays } from '../../projections/usage/tables.ts';
import { daysFrom } from '../../src/pricing/calendar.ts';
import { sumDecimals } from '../../src/pricing/money.ts';
import {
  allNames,
  startMeteredAccount,
  tenant,
  type MeteredAccount,
} from '../support/processes/metered-account.ts';
import { ok, problem, type Json } from '../support/http/api.ts';
import { tenantToken } from '../support/http/tokens.ts';

const march = (first: number, last: number) =>
  daysFrom(`2026-03-${String(first).padStart(2, '0')}`, `2026-03-${String(last).padStart(2, '0')}`);
const sumOf = (rows: Json[], kind: string) =>
  sumDecimals(rows.filter((row) => row.resource_kind === kind).map((row) => row.qty));

describe('usage over HTTP', () => {
  let ledger: MeteredAccount;
  let deployment: string;

  before(async () => {
    ledger = await startMeteredAccount();
    deployment = await ledger.deployment('shop');
    await ledger.tie(deployment, allNames, '2026-03-01');
  });
  after(async () => {
    await ledger.close();
  });

  it('is empty before any day is metered', async () => {
    expect(await ledger.usage(deployment, '2026-03')).to.deep.equal({
      data: [],
      summary: {},
      unmetered: [],
      next_cursor: null,
    });
  });

  it('golden: 10 days of a 31-day month are 70 records, 480 hours, 0.65 zones and 15.48 GB', async () => {
    for (const day of march(1, 10))
      expect(await ledger.meterDay(day)).to.deep.equal({ day, deployments: 1, records: 7, changed: 1 });
    const { data, summary, next_cursor } = await ledger.usage(deployment, '2026-03');
    expect(data).to.have.length(70);
    expect(next_cursor).to.equal(null);
    expect(summary).to.deep.equal({ droplet_hours: '480', dns_zones: '0.65', snapshot_gb_month: '15.48' });
    expect(sumOf(data, 'snapshot_gb_month')).to.equal('15.483870967742');
    expect(data[0]).to.deep.equal({
      deployment_id: deployment,
      resource_id: data[0].resource_id,
      resource_kind: data[0].resource_kind,
      granularity: 'day',
      period: '2026-03-01T00:00:00.000Z',
      day: '2026-03-01',
      qty: data[0].qty,
      sub_attribution: null,
    });
  });

  it('adds nothing when the same days are metered again', async () => {
    const before = await ledger.eventCount();
    for (const day of march(1, 10))
      expect(await ledger.meterDay(day)).to.deep.equal({ day, deployments: 1, records: 7, changed: 0 });
    expect(await ledger.eventCount()).to.equal(before);
  });

  it('meters every missed day by hand: an unchanged month sums to exactly its quantities', async () => {
    for (const day of march(11, 31).reverse()) await ledger.meterDay(day);
    const { data, summary } = await ledger.usage(deployment, '2026-03-15');
    expect(data).to.have.length(217);
    expect(summary).to.deep.equal({ droplet_hours: '1488', dns_zones: '2', snapshot_gb_month: '48' });
  });

  it('pages through all records once, with the summary of the whole filter', async () => {
    const seen: Json[] = [];
    let cursor = '';
    do {
      const page = await ok(
        ledger.api.get(
          `usage?deployment_id=${deployment}&period=2026-03` +
            `&resource_kind=snapshot_gb_month&limit=25${cursor}`,
        ),
      );
      expect(page.summary).to.deep.equal({ snapshot_gb_month: '48' });
      seen.push(...page.data);
      cursor = page.next_cursor === null ? '' : `&cursor=${page.next_cursor}`;
    } while (cursor !== '');
    expect(seen).to.have.length(93);
    expect(new Set(seen.map((row) => `${row.day} ${row.resource_id}`)).size).to.equal(93);
    expect(sumOf(seen, 'snapshot_gb_month')).to.equal('48');
  });

  it('shows a tenant its own and hides the others', async () => {
    const own = { token: tenantToken(tenant) };
    const other = { token: tenantToken('another') };
    expect((await ok(ledger.api.get('usage?period=2026-03&limit=500', own))).data).to.have.length(217);
    expect(await ok(ledger.api.get('usage?period=2026-03', other))).to.deep.equal({
      data: [],
      summary: {},
      unmetered: [],
      next_cursor: null,
    });
    await problem(ledger.api.get(`usage?deployment_id=${deployment}`, other), 404);
    await problem(ledger.api.get('usage?deployment_id=unknown'), 404);
    await problem(ledger.api.get('usage?period=2026-13'), 422, 'period');
  });
});

describe('metering after corrections', () => {
  let ledger: MeteredAccount;
  let deployment: string;

  before(async () => {
    ledger = await startMeteredAccount();
    deployment = await ledger.deployment('shop');
    await ledger.tie(deployment, ['web-1'], '2026-03-01');
    for (const day of march(1, 10)) await ledger.meterDay(day);
  });
  after(async () => {
    await ledger.close();
  });

  const hours = async (id = deployment) => (await ledger.usage(id, '2026-03')).summary.droplet_hours ?? '0';

  it('a backdated tie meters the metered days concerned anew, and no other', async () => {
    expect(await hours()).to.equal('240');
    await ledger.tie(deployment, ['web-2'], '2026-03-08');
    expect(await hours()).to.equal('312');
    const counts = await ledger.ledger.query(
      (db) => db<{ records: number }[]>`select records from ${db(meteredDays.ref)} order by day`,
    );
    expect(counts.map(({ records }) => records)).to.deep.equal([1, 1, 1, 1, 1, 1, 1, 2, 2, 2]);
    expect(await ledger.meterDay('2026-03-09')).to.include({ changed: 0 });
  });

  it('a day corrected twice counts once, and clearing it leaves nothing', async () => {
    const web2 = ledger.resources.get('web-2');
    await ok(ledger.api.delete(`deployments/${deployment}/resources/${web2}?effective_to=2026-03-09`));
    expect(await hours()).to.equal('264');
    const other = await ledger.deployment('other');
    await ledger.tie(other, ['web-2'], '2026-03-09');
    expect([await hours(), await hours(other)]).to.deep.equal(['264', '48']);
    await ok(ledger.api.delete(`deployments/${other}/resources/${web2}?effective_to=2026-03-09`));
    expect([await hours(), await hours(other)]).to.deep.equal(['264', '0']);
    expect((await ledger.usage(other, '2026-03')).data).to.deep.equal([]);
  });

  it('hour granularity replaces a day, and day granularity replaces it back', async () => {
    await ok(ledger.api.put('metering-config/droplet_hours', { granularity: 'hour' }));
    expect(await ledger.meterDay('2026-03-02')).to.deep.equal({
      day: '2026-03-02',
      deployments: 1,
      records: 24,
      changed: 1,
    });
    const { data } = await ledger.usage(deployment, '2026-03');
    const second = data.filter((row: Json) => row.day === '2026-03-02');
    expect(second.map((row: Json) => row.period)).to.deep.equal(
      Array.from({ length: 24 }, (_, hour) => `2026-03-02T${String(hour).padStart(2, '0')}:00:00.000Z`),
    );
    expect(second.every((row: Json) => row.granularity === 'hour' && row.qty === '1')).to.equal(true);
    expect(await hours()).to.equal('264');
    await ok(ledger.api.put('metering-config/droplet_hours', { granularity: 'day' }));
    expect(await ledger.meterDay('2026-03-02')).to.include({ records: 1, changed: 1 });
    expect(await hours()).to.equal('264');
  });

  it('refuses days that have not ended or do not exist, and writes nothing', async () => {
    const before = await ledger.eventCount();
    for (const day of ['2026-05-09', '2026-05-10', '2099-01-01']) {
      expect((await problem(ledger.api.post('jobs/metering.day/run', { day }), 422)).type).to.match(
        /day-not-ended$/,
      );
    }
    for (const day of ['2026-02-30', '2026-04', '', 7, null])
      await problem(ledger.api.post('jobs/metering.day/run', { day }), 422, 'day');
    await problem(ledger.api.post('jobs/metering.day/run', {}), 422, 'day');
    expect(await ledger.eventCount()).to.equal(before);
    expect(await ledger.meterDay('2026-05-08')).to.deep.equal({
      day: '2026-05-08',
      deployments: 1,
      records: 1,
      changed: 1,
    });
  });
});

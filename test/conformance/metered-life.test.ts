import { expect } from 'chai';
import { aDroplet, aSnapshot, emptyAccount } from '../../simulators/digitalocean/index.ts';
import { daysFrom } from '../../src/pricing/calendar.ts';
import { sumDecimals } from '../../src/pricing/money.ts';
import { ok } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import { startTestLedger } from '../support/ledger/test-ledger.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

/**
 * June 2026 of one droplet and one snapshot, as the operator's account had it, metered afterwards in one go.
 */
describe('the metered life of resources', () => {
  let ledger: TestLedger;
  let a: string;
  let b: string;
  let web: string;
  const droplet = aDroplet({ name: 'web', created_at: '2026-05-20T10:00:00Z' });
  const spare = aDroplet({ name: 'spare', created_at: '2026-06-29T10:00:00Z' });
  // A size with the error of a float computation, as in JSON numbers.
  const snapshot = aSnapshot({ name: 'snap', size_gigabytes: 0.1 + 0.2, created_at: '2026-06-11T10:00:00Z' });
  const at = (time: string) => {
    ledger.clock.set(`2026-${time}:00.000Z`);
  };
  const run = async (job: string, input: Json = {}): Promise<Json> => {
    const { data } = await ok(ledger.api.post(`jobs/${job}/run`, input));
    expect([job, data.status, data.error]).to.deep.equal([job, 'completed', null]);
    return data.result;
  };
  const sync = async (time: string, change: () => void = () => undefined, times = 1) => {
    change();
    for (let n = 0; n < times; n += 1) {
      at(time);
      ledger.clock.advance(n * 60_000);
      await run('sync.droplets');
    }
  };
  const tie = (deployment: string, effective_from?: string) =>
    ok(ledger.api.post(`deployments/${deployment}/resources`, { resource_id: web, effective_from }), 201);
  const untie = (deployment: string) => ok(ledger.api.delete(`deployments/${deployment}/resources/${web}`));
  const idOf = async (name: string): Promise<string> =>
    (await ok(ledger.api.get('inventory?limit=500'))).data.find((row: Json) => row.name === name).id;
  const gone = () => {
    ledger.digitalOcean.account.droplets = [];
  };
  const back = () => {
    ledger.digitalOcean.account.droplets = [droplet];
  };
  const usage = (deployment: string): Promise<Json> =>
    ok(ledger.api.get(`usage?deployment_id=${deployment}&period=2026-06&limit=500`));

  before(async () => {
    ledger = await startTestLedger({
      now: '2026-06-01T00:30:00.000Z',
      digitalOcean: { account: { ...emptyAccount(), droplets: [droplet] } },
    });
    for (const slug of ['a', 'b']) {
      const { data } = await ok(
        ledger.api.post('deployments', { tenant_id: 'acme', slug, display_name: slug }),
        201,
      );
      if (slug === 'a') a = data.id;
      else b = data.id;
    }
    await sync('06-01T01:00');
    web = await idOf('web');
    await tie(a);
    await sync('06-03T12:00', () => {
      droplet.status = 'off';
    });
    await sync('06-05T12:00', () => {
      droplet.status = 'active';
    });
    await sync('06-06T10:00', () => {
      droplet.status = 'off';
    });
    await sync('06-06T20:00', () => {
      droplet.status = 'active';
    });
    at('06-10T09:00');
    await untie(a);
    await tie(b);
    at('06-12T23:59');
    await untie(b);
    await tie(a);
    await sync('06-15T10:00', gone, 3);
    await sync('06-16T09:00', back);
    await sync('06-20T10:00', gone, 3);
    await sync('06-22T09:00', back);
    at('06-25T09:00');
    await tie(a);
    at('06-26T09:00');
    ledger.digitalOcean.account.snapshots = [snapshot];
    await run('sync.snapshots');
    await sync('06-30T09:00', () => {
      ledger.digitalOcean.account.droplets = [spare, droplet];
    });
    const snap = await idOf('snap');
    await ok(
      ledger.api.post(`deployments/${a}/resources`, { resource_id: snap, effective_from: '2026-06-01' }),
      201,
    );
    await ok(
      ledger.api.post(`deployments/${b}/resources`, {
        resource_id: await idOf('spare'),
        effective_from: '2026-06-20',
      }),
      201,
    );
    at('07-01T01:10');
    for (const day of daysFrom('2026-06-01', '2026-06-30')) await run('metering.day', { day });
  });
  after(() => ledger.close());

  it('counts each day by the state and the holder at its end', async () => {
    const { data, summary } = await usage(a);
    const droplets = data
      .filter((row: Json) => row.resource_kind === 'droplet_hours')
      .map((row: Json) => [Number(row.day.slice(8)), row.qty]);
    const on = (days: number[]): [number, string][] => days.map((day) => [day, '24']);
    // Off at the end of the 3rd and 4th; with b on the 10th and 11th; stale at the end of the 15th and from
    // the 20th, when it lost its tie.
    expect(droplets).to.deep.equal([
      ...on([1, 2]),
      [3, '0'],
      [4, '0'],
      ...on([5, 6, 7, 8, 9, 12, 13, 14, 16, 17, 18, 19, 25, 26, 27, 28, 29, 30]),
    ]);
    expect(summary.droplet_hours).to.equal('480');
  });

  it('counts nothing before a resource was created, whatever its tie says', async () => {
    const { data, summary } = await usage(b);
    expect(data.map((row: Json) => [row.day.slice(8), row.qty])).to.have.deep.members([
      ['10', '24'],
      ['11', '24'],
      ['29', '24'],
      ['30', '24'],
    ]);
    expect(summary).to.deep.equal({ droplet_hours: '96' });
  });

  it('takes a snapshot from its creation on, at a size of twelve places', async () => {
    const { data } = await usage(a);
    const rows = data.filter((row: Json) => row.resource_kind === 'snapshot_gb_month');
    expect(rows.map((row: Json) => Number(row.day.slice(8)))).to.deep.equal(
      Array.from({ length: 20 }, (_, n) => n + 11),
    );
    expect(sumDecimals(rows.map((row: Json) => row.qty))).to.equal('0.2');
  });

  it('is the same when every day is metered again', async () => {
    const before = await ledger.eventCount();
    for (const day of daysFrom('2026-06-01', '2026-06-30'))
      expect(await run('metering.day', { day })).to.include({ changed: 0 });
    expect(await ledger.eventCount()).to.equal(before);
  });
});

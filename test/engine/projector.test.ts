import { expect } from 'chai';
import { connect } from '../../src/engine/connection.ts';
import type { Sql } from '../../src/engine/db.ts';
import { newEvent } from '../../src/engine/handle-command.ts';
import { idFrom } from '../../src/engine/ids.ts';
import { silentLogger } from '../../src/engine/logger.ts';
import { migrate, readMigrations } from '../../src/engine/migrate.ts';
import { createPositionWaiter } from '../../src/engine/position-waiter.ts';
import { defineProjection, defineTable, patch, remove, upsert, type Projection } from '../../src/engine/projection.ts';
import { startProjector } from '../../src/engine/projector.ts';
import { ensureReadModels } from '../../src/engine/read-models.ts';
import { NO_STREAM, type EventLog } from '../../src/log/event-log.ts';
import { openPostgresLog } from '../../src/log/postgres-log.ts';
import { migrationsFolder } from '../../src/open-ledger.ts';
import { admin } from '../support/command-spec.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const prices = { name: 'prices', version: 1 };
const table = defineTable(prices, { name: 'latest', columns: { kind: 'text', unit: 'text?', cents: 'bigint', position: 'bigint' }, key: ['kind'] });
/** `gone` removes, a price of 13 fails in the handler, one of 14 in the database. */
const priceProjection = (name = 'prices'): Projection => defineProjection({ ...prices, name }, [{ ...table, schema: `rm_${name}_v1`, ref: `rm_${name}_v1.latest` }], {
  ResourcePriceSet: ({ data, position }) => {
    const own = { ...table, schema: `rm_${name}_v1`, ref: `rm_${name}_v1.latest` };
    if (data.unit === 'gone') return remove(own, { kind: data.resource_kind });
    if (data.unit === 'same') return patch(own, { kind: data.resource_kind }, { cents: data.price_cents });
    if (name === 'fussy' && data.price_cents === 13) throw new Error('thirteen');
    return upsert(own, { kind: data.resource_kind, unit: data.unit, cents: name === 'fussy' && data.price_cents === 14 ? (undefined as unknown as number) : data.price_cents, position });
  },
});

describe('the projector', () => {
  let database: TestDatabase;
  let sql: Sql;
  let log: EventLog;
  let n = 0;

  const set = (kind: string, cents: number, unit = 'gb') => {
    const stream = `price-${++n}`;
    const meta = { actor: admin, correlationId: 'c', commandId: idFrom(stream) };
    return log.append(stream, [newEvent({ type: 'ResourcePriceSet', data: { resource_kind: kind, unit, price_cents: cents, effective_from: '2026-01-01' } }, stream, 0, meta, '2026-05-01T00:00:00.000Z')], NO_STREAM);
  };
  const rows = (name = 'prices') => sql`select kind, unit, cents from ${sql(`rm_${name}_v1.latest`)} order by kind`;
  async function caughtUp(projections: readonly Projection[]) {
    const waiter = await createPositionWaiter(sql, projections);
    expect(await waiter.waitFor(await log.head(), 10_000)).to.equal(true);
    await waiter.close();
  }

  beforeEach(async () => {
    database = await createTestDatabase();
    sql = database.connect();
    await migrate(sql, await readMigrations(migrationsFolder));
    log = await openPostgresLog(sql);
  });
  afterEach(() => database.drop());

  it('applies events in order, folds a batch, and follows the log', async () => {
    const projection = priceProjection();
    await ensureReadModels(sql, [projection]);
    for (const [kind, cents, unit] of [['a', 1], ['b', 2], ['a', 3], ['c', 4], ['c', 5, 'gone'], ['b', 6, 'same'], ['d', 7, 'same']] as const) await set(kind, cents, unit);
    const runner = startProjector(sql, [projection], silentLogger);
    await caughtUp([projection]);
    expect(await rows()).to.deep.equal([{ kind: 'a', unit: 'gb', cents: 3 }, { kind: 'b', unit: 'gb', cents: 6 }]);
    await set('a', 9, 'gone');
    await set('e', 8);
    await caughtUp([projection]);
    expect(await rows()).to.deep.equal([{ kind: 'b', unit: 'gb', cents: 6 }, { kind: 'e', unit: 'gb', cents: 8 }]);
    await runner.stop();
  });

  it('builds a projection that is new beside one that is ahead, and brings them together', async () => {
    const first = priceProjection();
    await ensureReadModels(sql, [first]);
    await set('a', 1);
    await set('b', 2);
    let runner = startProjector(sql, [first], silentLogger);
    await caughtUp([first]);
    await runner.stop();
    const both = [first, priceProjection('second')];
    await ensureReadModels(sql, both);
    await set('c', 3);
    runner = startProjector(sql, both, silentLogger);
    await caughtUp(both);
    await runner.stop();
    expect(await rows('second')).to.deep.equal(await rows());
  });

  for (const [cents, where] of [[13, 'in its handler'], [14, 'in the database']] as const) {
    it(`parks a projection that fails ${where}, names the event, and goes on with the others; mended, it catches up`, async () => {
      const both = [priceProjection(), priceProjection('fussy')];
      await ensureReadModels(sql, both);
      await set('a', 1);
      await set('b', cents);
      await set('c', 3);
      let runner = startProjector(sql, both, silentLogger);
      await caughtUp([priceProjection()]);
      await set('d', 4);
      await caughtUp([priceProjection()]);
      await runner.stop();
      const [parked] = await sql<{ status: string; position: number; error: Record<string, unknown> }[]>`select status, position, error from projection_checkpoints where name = 'fussy'`;
      expect(parked).to.deep.include({ status: 'parked' });
      expect(parked?.error).to.include({ position: 2, stream: 'price-' + String(n - 2), type: 'ResourcePriceSet' });
      expect(parked?.error['reason']).to.match(/thirteen|missing in a row/);

      const mended = [priceProjection(), { ...priceProjection('fussy'), on: priceProjection().on }];
      mended[1] = { ...(mended[1] as Projection), on: { ResourcePriceSet: (event) => [(priceProjection('fussy').on.ResourcePriceSet as (e: typeof event) => never)({ ...event, data: { ...event.data, price_cents: event.data.price_cents % 13 } })].flat() } };
      runner = startProjector(sql, mended, silentLogger);
      await caughtUp(mended);
      await runner.stop();
      expect((await rows('fussy')).map((row) => row['kind'])).to.deep.equal(['a', 'b', 'c', 'd']);
    });
  }

  it('never applies an event twice when a second runner believes that it is alone', async () => {
    const projection = priceProjection();
    await ensureReadModels(sql, [projection]);
    const runner = startProjector(sql, [projection], silentLogger);
    for (let i = 0; i < 20; i++) await set(`k${i}`, i);
    // Another runner moved the checkpoint: this one's next batch has to be refused as a whole, then it starts over.
    await sql`update projection_checkpoints set position = position`;
    await caughtUp([projection]);
    const [checkpoint] = await sql`select position from projection_checkpoints`;
    expect(checkpoint?.['position']).to.equal(20);
    expect(await rows()).to.have.length(20);
    await runner.stop();
  });

  it('stands by while another process runs, and takes over when that one stops', async () => {
    const projection = priceProjection();
    await ensureReadModels(sql, [projection]);
    const other = connect(database.target, { max: 4 });
    const first = startProjector(other, [projection], silentLogger);
    await set('a', 1);
    await caughtUp([projection]);
    const second = startProjector(sql, [projection], silentLogger);
    await first.stop();
    await other.end();
    await set('b', 2);
    await caughtUp([projection]);
    await second.stop();
    expect(await rows()).to.have.length(2);
  });

  it('carries on after its connection was cut', async () => {
    const projection = priceProjection();
    await ensureReadModels(sql, [projection]);
    const own = connect(database.target, { max: 4, applicationName: 'the-runner' });
    const runner = startProjector(own, [projection], silentLogger);
    await set('a', 1);
    await caughtUp([projection]);
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'the-runner'`;
    await set('b', 2);
    await caughtUp([projection]);
    expect(await rows()).to.have.length(2);
    await runner.stop();
    await own.end();
  });

  it('refuses tables that changed under the same version', async () => {
    const projection = priceProjection();
    await ensureReadModels(sql, [projection]);
    await ensureReadModels(sql, [projection]);
    const changed = { ...projection, tables: [{ ...(projection.tables[0] as (typeof projection.tables)[0]), columns: { kind: 'text', extra: 'text?' } as const }] };
    const error = await ensureReadModels(sql, [changed]).then(() => undefined, (reason: unknown) => reason);
    expect(String(error)).to.contain('raise its version');
  });
});

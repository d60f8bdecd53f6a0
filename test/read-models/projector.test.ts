import { expect } from 'chai';
import { connect } from '../../src/database/connection.ts';
import type { Sql } from '../../src/database/db.ts';
import { newEvent } from '../../src/ledger/handle-command.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { migrate, readMigrations } from '../../src/database/migrate.ts';
import { createPositionWaiter } from '../../src/read-models/position-waiter.ts';
import {
  defineProjection,
  defineTable,
  patch,
  remove,
  upsert,
  type Projection,
} from '../../src/read-models/projection.ts';
import { startProjector } from '../../src/read-models/projector.ts';
import { ensureReadModels } from '../../src/read-models/define-tables.ts';
import { NO_STREAM, type EventLog } from '../../src/journal/event-log.ts';
import { openPostgresLog } from '../../src/journal/postgres-log.ts';
import { migrationsFolder } from '../../src/open-ledger.ts';
import { admin } from '../support/commands/command-spec.ts';
import { createTestDatabase, type TestDatabase } from '../support/database/test-database.ts';
import { until } from '../support/runtime/until.ts';

const prices = { name: 'prices', version: 1 };
const table = defineTable(prices, {
  name: 'latest',
  columns: { kind: 'text', unit: 'text?', cents: 'bigint', position: 'bigint' },
  key: ['kind'],
});
/** `gone` removes, a price of 13 fails in the handler, one of 14 in the database. */
const priceProjection = (name = 'prices'): Projection =>
  defineProjection(
    { ...prices, name },
    [{ ...table, schema: `rm_${name}_v1`, ref: `rm_${name}_v1.latest` }],
    {
      ResourcePriceSet: ({ data, position }) => {
        const own = { ...table, schema: `rm_${name}_v1`, ref: `rm_${name}_v1.latest` };
        if (data.unit === 'gone') return remove(own, { kind: data.resource_kind });
        if (data.unit === 'same')
          return patch(own, { kind: data.resource_kind }, { cents: data.price_cents });
        if (name === 'fussy' && data.price_cents === 13) throw new Error('thirteen');
        return upsert(own, {
          kind: data.resource_kind,
          unit: data.unit,
          cents:
            name === 'fussy' && data.price_cents === 14 ? (undefined as unknown as number) : data.price_cents,
          position,
        });
      },
    },
  );

describe('the projector', () => {
  let database: TestDatabase;
  let sql: Sql;
  let log: EventLog;
  let n = 0;

  const set = (kind: string, cents: number, unit = 'gb') => {
    const stream = `price-${++n}`;
    const meta = { actor: admin, correlationId: 'c', commandId: idFrom(stream), command: 'set-price' };
    return log.append(
      stream,
      [
        newEvent(
          {
            type: 'ResourcePriceSet',
            data: { resource_kind: kind, unit, price_cents: cents, effective_from: '2026-01-01' },
          },
          stream,
          0,
          meta,
          '2026-05-01T00:00:00.000Z',
        ),
      ],
      NO_STREAM,
    );
  };
  const rows = (name = 'prices') =>
    sql`select kind, unit, cents from ${sql(`rm_${name}_v1.latest`)} order by kind`;
  async function caughtUp(projections: readonly Projection[]) {
    // A parked projection holds no waiter up, so it has to be live again before waiting means anything.
    const names = projections.map(({ name }) => name);
    await until(
      'live projections',
      () => sql`select name from projection_checkpoints where status = 'live' and name = any(${names})`,
      (live) => live.length === names.length,
    );
    const waiter = await createPositionWaiter(sql, projections);
    expect(await waiter.waitFor(Number(await log.head()), 120_000)).to.equal(true);
    await waiter.close();
  }

  /** The runner's lock needs a session of its own; `drop` closes it with the rest. */
  const lockOn = (_runner: Sql) => database.connect({ max: 1 });

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
    for (const [kind, cents, unit] of [
      ['a', 1],
      ['b', 2],
      ['a', 3],
      ['c', 4],
      ['c', 5, 'gone'],
      ['b', 6, 'same'],
      ['d', 7, 'same'],
    ] as const)
      await set(kind, cents, unit);
    const runner = startProjector(sql, lockOn(sql), [projection], silentLogger);
    await caughtUp([projection]);
    expect(await rows()).to.deep.equal([
      { kind: 'a', unit: 'gb', cents: 3 },
      { kind: 'b', unit: 'gb', cents: 6 },
    ]);
    await set('a', 9, 'gone');
    await set('e', 8);
    await caughtUp([projection]);
    expect(await rows()).to.deep.equal([
      { kind: 'b', unit: 'gb', cents: 6 },
      { kind: 'e', unit: 'gb', cents: 8 },
    ]);
    await runner.stop();
  });

  it('builds a projection that is new beside one that is ahead, and brings them together', async () => {
    const first = priceProjection();
    await ensureReadModels(sql, [first]);
    await set('a', 1);
    await set('b', 2);
    let runner = startProjector(sql, lockOn(sql), [first], silentLogger);
    await caughtUp([first]);
    await runner.stop();
    const both = [first, priceProjection('second')];
    await ensureReadModels(sql, both);
    await set('c', 3);
    runner = startProjector(sql, lockOn(sql), both, silentLogger);
    await caughtUp(both);
    await runner.stop();
    expect(await rows('second')).to.deep.equal(await rows());
  });

  for (const [cents, where] of [
    [13, 'in its handler'],
    [14, 'in the database'],
  ] as const) {
    it(`parks a projection that fails ${where}, names the event, and feeds the others`, async () => {
      const both = [priceProjection(), priceProjection('fussy')];
      await ensureReadModels(sql, both);
      await set('a', 1);
      await set('b', cents);
      await set('c', 3);
      let runner = startProjector(sql, lockOn(sql), both, silentLogger);
      await caughtUp([priceProjection()]);
      await set('d', 4);
      await caughtUp([priceProjection()]);
      await runner.stop();
      const [parked] = await sql<
        { status: string; position: number; error: Record<string, unknown> }[]
      >`select status, position, error from projection_checkpoints where name = 'fussy'`;
      expect(parked).to.deep.include({ status: 'parked' });
      expect(parked?.error).to.include({
        position: 2,
        stream: 'price-' + String(n - 2),
        type: 'ResourcePriceSet',
      });
      expect(parked?.error['reason']).to.match(/thirteen|missing in a row/);

      const mended = [priceProjection(), { ...priceProjection('fussy'), on: priceProjection().on }];
      mended[1] = {
        ...(mended[1] as Projection),
        on: {
          ResourcePriceSet: (event) =>
            [
              (priceProjection('fussy').on.ResourcePriceSet as (e: typeof event) => never)({
                ...event,
                data: { ...event.data, price_cents: event.data.price_cents % 13 },
              }),
            ].flat(),
        },
      };
      runner = startProjector(sql, lockOn(sql), mended, silentLogger);
      await caughtUp(mended);
      await runner.stop();
      expect((await rows('fussy')).map((row) => row['kind'])).to.deep.equal(['a', 'b', 'c', 'd']);
    });
  }

  it('lets a stale runner write nothing: each event is applied once', async () => {
    const projection = priceProjection();
    await ensureReadModels(sql, [projection]);
    await sql`create table applied (position bigint not null)`;
    await sql`create function note_applied() returns trigger language plpgsql as $$ begin
      insert into applied select position from projection_checkpoints; return null; end $$`;
    await sql`create trigger note after update on projection_checkpoints for each row
      when (old.position is distinct from new.position) execute function note_applied()`;
    const warnings: string[] = [];
    const logger = {
      ...silentLogger,
      warn: (_: unknown, message?: string) => {
        warnings.push(message ?? '');
      },
    };
    // Two locks on two databases' sessions would do as well: a pool whose session lost its lock is what a
    // stale runner has.
    const noLock = () => {
      const pool = database.connect({ max: 1 });
      return Object.assign(
        (async () => [{ key: `${projection.name} ${projection.version}` }]) as unknown as Sql,
        { end: () => pool.end() },
      );
    };
    const runners = [
      startProjector(sql, noLock(), [projection], logger),
      startProjector(database.connect(), noLock(), [projection], logger),
    ];
    for (let i = 0; i < 200; i++) await set(`k${i % 7}`, i);
    await caughtUp([projection]);
    await Promise.all(runners.map((runner) => runner.stop()));
    const steps = (await sql<{ position: number }[]>`select position from applied order by position`).map(
      (row) => row.position,
    );
    expect(new Set(steps).size, 'no checkpoint was reached twice').to.equal(steps.length);
    expect(steps.at(-1)).to.equal(200);
    expect(warnings).to.include('projections: another runner is active');
    expect((await rows()).map((row) => row['cents'])).to.deep.equal([196, 197, 198, 199, 193, 194, 195]);
  });

  it('stands by while another process runs, and takes over when that one stops', async () => {
    const projection = priceProjection();
    await ensureReadModels(sql, [projection]);
    const other = connect(database.target, { max: 4 });
    const first = startProjector(other, lockOn(other), [projection], silentLogger);
    await set('a', 1);
    await caughtUp([projection]);
    const second = startProjector(sql, lockOn(sql), [projection], silentLogger);
    await first.stop();
    await other.end({ timeout: 1 });
    await set('b', 2);
    await caughtUp([projection]);
    await second.stop();
    expect(await rows()).to.have.length(2);
  });

  it('feeds each release its own versions while two run, and shares those that both have', async () => {
    const shared = priceProjection('shared');
    const [old, next] = [priceProjection('first'), priceProjection('second')];
    await ensureReadModels(sql, [shared, old, next]);
    const older = connect(database.target, { max: 4 });
    const olderRunner = startProjector(older, lockOn(older), [shared, old], silentLogger);
    await set('a', 1);
    await caughtUp([shared, old]);
    const newerRunner = startProjector(sql, lockOn(sql), [shared, next], silentLogger);
    await set('b', 2);
    await caughtUp([shared, old, next]);
    for (const name of ['shared', 'first', 'second']) expect(await rows(name), name).to.have.length(2);

    await olderRunner.stop();
    await older.end({ timeout: 1 });
    await set('c', 3);
    await caughtUp([shared, next]);
    await newerRunner.stop();
    expect(
      [await rows('shared'), await rows('second'), await rows('first')].map(({ length }) => length),
    ).to.deep.equal([3, 3, 2]);
  });

  it('continues a parked projection as soon as a rebuild elsewhere has made it live', async () => {
    const both = [priceProjection(), priceProjection('fussy')];
    await ensureReadModels(sql, both);
    const runner = startProjector(sql, lockOn(sql), both, silentLogger);
    await set('a', 13);
    await until(
      'fussy parked',
      () => sql<{ status: string }[]>`select status from projection_checkpoints where name = 'fussy'`,
      ([row]) => row?.status === 'parked',
    );
    await sql`update projection_checkpoints set status = 'live', error = null, position = 1
      where name = 'fussy'`;
    await set('b', 2);
    await caughtUp(both);
    await runner.stop();
    expect((await rows('fussy')).map((row) => row['kind'])).to.deep.equal(['b']);
  });

  it('carries on after its connection was cut', async () => {
    const projection = priceProjection();
    await ensureReadModels(sql, [projection]);
    const own = connect(database.target, { max: 4, applicationName: 'the-runner' });
    const runner = startProjector(own, lockOn(own), [projection], silentLogger);
    await set('a', 1);
    await caughtUp([projection]);
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'the-runner'`;
    await set('b', 2);
    await caughtUp([projection]);
    expect(await rows()).to.have.length(2);
    await runner.stop();
    await own.end({ timeout: 1 });
  });

  it('refuses tables that changed under the same version', async () => {
    const projection = priceProjection();
    await ensureReadModels(sql, [projection]);
    await ensureReadModels(sql, [projection]);
    const changed = {
      ...projection,
      tables: [
        {
          ...(projection.tables[0] as (typeof projection.tables)[0]),
          columns: { kind: 'text', extra: 'text?' } as const,
        },
      ],
    };
    const error = await ensureReadModels(sql, [changed]).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(String(error)).to.contain('raise its version');
  });
});

import { expect } from 'chai';
import type { Sql } from '../../src/database/db.ts';
import { migrate, readMigrations } from '../../src/database/migrate.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { createPositionWaiter } from '../../src/read-models/position-waiter.ts';
import {
  defineProjection,
  defineTable,
  patch,
  upsert,
  type Projection,
} from '../../src/read-models/projection.ts';
import { startProjector } from '../../src/read-models/projector.ts';
import { ensureReadModels } from '../../src/read-models/define-tables.ts';
import { migrationsFolder } from '../../src/open-ledger.ts';
import { createTestDatabase, type TestDatabase } from '../support/database/test-database.ts';

/** Keeps the last price of a kind and its first unit; `most` is the highest price that it takes. */
function latestPrices(name: string, most = Number.MAX_SAFE_INTEGER): Projection {
  const identity = { name, version: 1 };
  const table = defineTable(identity, {
    name: 'latest',
    columns: { kind: 'text', unit: 'text', cents: 'numeric', position: 'bigint' },
    key: ['kind'],
  });
  return defineProjection(identity, [table], {
    ResourcePriceSet: ({ data, position }) => {
      const kind = data.resource_kind;
      const cents = data.price_cents > most ? 'too much' : String(data.price_cents);
      return data.unit === 'same'
        ? patch(table, { kind }, { cents, position })
        : upsert(table, { kind, unit: data.unit, cents, position });
    },
  });
}

describe('the pages that the projector reads', () => {
  let database: TestDatabase;
  let sql: Sql;
  const errors: Record<string, unknown>[] = [];
  const logger = {
    ...silentLogger,
    error: (fields: unknown) => {
      errors.push(fields as Record<string, unknown>);
    },
  };

  beforeEach(async () => {
    database = await createTestDatabase();
    sql = database.connect();
    await migrate(sql, await readMigrations(migrationsFolder));
    errors.length = 0;
  });
  afterEach(() => database.drop());

  /** Prices `1 … count` of 700 kinds in turn: the first of each whole, then the price alone. */
  const setPrices = (count: number, type = 'ResourcePriceSet') => sql`
    insert into journal (position, stream, revision, id, type, data, metadata, recorded_at)
    select n, 'price-' || n, 0, gen_random_uuid(), ${type},
      json_build_object('resource_kind', 'kind ' || n % 700, 'unit',
        case when n <= 700 then 'unit ' || n else 'same' end, 'price_cents', n,
        'effective_from', '2026-01-01'),
      json_build_object('schema_version', 1, 'recorded_at', '2026-04-01T00:00:00.000Z',
        'correlation_id', 'cause ' || n), now()
    from generate_series(1, ${count}::int) as n`;

  /** Runs the projections until those named have come to a position. */
  async function runTo(position: number, projections: readonly Projection[], live = projections) {
    const waiter = await createPositionWaiter(sql, live);
    const runner = startProjector(sql, database.connect({ max: 1 }), projections, logger);
    expect(await waiter.waitFor(position, 60_000)).to.equal(true);
    await runner.stop();
    await waiter.close();
  }
  const checkpoint = async (name: string) =>
    (await sql`select position, status, error from projection_checkpoints where name = ${name}`)[0];
  const rows = async (name: string) =>
    (await sql`select * from ${sql(`rm_${name}_v1.latest`)}`)
      .map((row) => [row['kind'], row['unit'], Number(row['cents']), row['position']])
      .sort((a, b) => Number(a[3]) - Number(b[3]));
  /** The last of each kind among prices `1 … count`, in order. */
  const expected = (count: number) =>
    Array.from({ length: 700 }, (_, index) => count - 699 + index).map((n) => [
      `kind ${n % 700}`,
      `unit ${((n - 1) % 700) + 1}`,
      n,
      n,
    ]);

  it('become batches of 5,000 events, the last of those that are left, later events on top', async () => {
    const prices = latestPrices('prices');
    await ensureReadModels(sql, [prices]);
    await setPrices(7_345);
    await sql`create table steps (position bigint not null)`;
    await sql`create function note_step() returns trigger language plpgsql as $$ begin
      insert into steps values (new.position); return null; end $$`;
    await sql`create trigger note after update on projection_checkpoints for each row
      when (old.position is distinct from new.position) execute function note_step()`;
    await runTo(7_345, [prices]);
    expect(
      (await sql`select position from steps order by position`).map((row) => row['position']),
    ).to.deep.equal([5_000, 7_345]);
    expect(await rows('prices')).to.deep.equal(expected(7_345));
  });

  it('are read again when the database refuses an event of one, which is named with its cause', async () => {
    const both = [latestPrices('prices'), latestPrices('fussy', 1_144)];
    await ensureReadModels(sql, both);
    await setPrices(1_400);
    await runTo(1_400, both, both.slice(0, 1));
    expect(await rows('prices')).to.deep.equal(expected(1_400));
    const parked = await checkpoint('fussy');
    expect(parked).to.deep.include({ position: 1_144, status: 'parked' });
    expect(parked?.['error']).to.include({ position: 1_145, stream: 'price-1145', type: 'ResourcePriceSet' });
    expect(await rows('fussy')).to.deep.equal(expected(1_144));
    expect(errors).to.have.length(1);
    expect(errors[0]).to.include({ projection: 'fussy', position: 1_145, correlation_id: 'cause 1145' });
  });

  it('may hold no event that a projection handles', async () => {
    const prices = latestPrices('prices');
    await ensureReadModels(sql, [prices]);
    await setPrices(2_100, 'OfALaterRelease');
    await runTo(2_100, [prices]);
    expect(await checkpoint('prices')).to.deep.include({ position: 2_100, status: 'live' });
    expect(await rows('prices')).to.deep.equal([]);
  });
});

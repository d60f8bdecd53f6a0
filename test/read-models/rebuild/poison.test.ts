import { expect } from 'chai';
import type { Sql } from '../../../src/database/db.ts';
import { newEvent } from '../../../src/ledger/handle-command.ts';
import { idFrom } from '../../../src/ledger/ids.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { migrate, readMigrations } from '../../../src/database/migrate.ts';
import {
  defineProjection,
  defineTable,
  patch,
  remove,
  upsert,
  type Projection,
  type RowOp,
} from '../../../src/read-models/projection.ts';
import { ensureReadModels } from '../../../src/read-models/define-tables.ts';
import { NO_STREAM, type EventLog } from '../../../src/journal/event-log.ts';
import { openPostgresLog } from '../../../src/journal/postgres-log.ts';
import { migrationsFolder } from '../../../src/open-ledger.ts';
import { rebuildProjections } from '../../../src/read-models/rebuild/rebuild.ts';
import { verifyProjections } from '../../../src/read-models/verify/verify-models.ts';
import { admin } from '../../support/commands/command-spec.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database/test-database.ts';

/** Prices by kind; `dear` handles a price above 1,000. */
function priceProjection(
  name: string,
  dear: (own: ReturnType<typeof tableOf>, kind: string, position: number) => RowOp,
): Projection {
  const own = tableOf(name);
  return defineProjection({ name, version: 1 }, [own], {
    ResourcePriceSet: ({ data, position }) => {
      if (data.price_cents > 1_000) return dear(own, data.resource_kind, position);
      if (data.unit === 'gone') return remove(own, { kind: data.resource_kind });
      if (data.unit === 'same') return patch(own, { kind: data.resource_kind }, { cents: data.price_cents });
      return upsert(own, { kind: data.resource_kind, day: data.effective_from, cents: data.price_cents });
    },
  });
}

function tableOf(name: string) {
  return defineTable(
    { name, version: 1 },
    {
      name: 'latest',
      columns: { kind: 'text', day: 'date?', cents: 'bigint' },
      key: ['kind'],
      indexes: [['cents']],
    },
  );
}

describe('rebuilding over an event that a projection cannot apply', () => {
  let database: TestDatabase;
  let sql: Sql;
  let log: EventLog;
  const good = priceProjection('good', (own, kind) => upsert(own, { kind, day: null, cents: 1_000 }));
  const broken: Record<string, Projection> = {
    'throws in its handler': priceProjection('throwing', () => {
      throw new Error('too dear');
    }),
    'makes a row that lacks a value': priceProjection('lacking', (own, kind) =>
      upsert(own, { kind, day: null, cents: undefined as unknown as number }),
    ),
    'makes a row that the database refuses': priceProjection('refused', (own, kind) =>
      upsert(own, { kind, day: '2026-02-30', cents: 1 }),
    ),
  };
  const all = [good, ...Object.values(broken)];
  const rebuild = (projections: readonly Projection[]) =>
    rebuildProjections(projections, { openPool: (max) => database.connect({ max }), logger: silentLogger });
  const rows = (name: string) => sql`select kind, cents from ${sql(`rm_${name}_v1.latest`)} order by kind`;

  async function setPrice(n: number, kind: string, cents: number, unit = 'gb'): Promise<void> {
    const stream = `price-${n}`;
    const event = {
      type: 'ResourcePriceSet',
      data: { resource_kind: kind, unit, price_cents: cents, effective_from: '2026-01-01' },
    };
    await log.append(
      stream,
      [
        newEvent(
          event,
          stream,
          0,
          { actor: admin, correlationId: 'c', commandId: idFrom(stream), command: 'set-price' },
          '2026-05-01T00:00:00.000Z',
        ),
      ],
      NO_STREAM,
    );
  }

  before(async () => {
    database = await createTestDatabase();
    sql = database.connect();
    await migrate(sql, await readMigrations(migrationsFolder));
    await ensureReadModels(sql, all);
    log = await openPostgresLog(sql);
    const prices: [string, number, string?][] = [
      ['a', 1],
      ['b', 2],
      ['a', 3, 'same'],
      ['c', 4],
      ['c', 5, 'gone'],
      ['dear', 5_000],
      ['d', 6],
      ['unpriced', 7, 'same'],
    ];
    for (const [n, [kind, cents, unit]] of prices.entries()) await setPrice(n, kind, cents, unit);
    // No runner is here: the live tables stand where each projection's checkpoint says.
    await sql`update projection_checkpoints set status = 'parked', error = '{"reason":"it was parked"}'`;
    for (const { name } of all)
      await sql`insert into ${sql(`rm_${name}_v1.latest`)} values ('as it was', null, 0)`;
  });
  after(() => database.drop());

  it('completes the others, and puts one that was parked to work again', async () => {
    const outcomes = await rebuild(all);
    expect(outcomes.map(({ name, status }) => [name, status])).to.deep.equal(
      all.map(({ name }) => [name, name === 'good' ? 'completed' : 'failed']),
    );
    expect([...(await rows('good'))]).to.deep.equal([
      { kind: 'a', cents: 3 },
      { kind: 'b', cents: 2 },
      { kind: 'd', cents: 6 },
      { kind: 'dear', cents: 1_000 },
    ]);
    expect([
      ...(await sql`select status, position, error from projection_checkpoints where name = 'good'`),
    ]).to.deep.equal([{ status: 'live', position: 8, error: null }]);
  });

  for (const [what, projection] of Object.entries(broken)) {
    it(`names the event where it ${what}, and leaves the live tables as they are`, async () => {
      const [outcome] = await rebuild([projection]);
      expect(outcome).to.include({ status: 'failed' });
      const { poison } = outcome as Extract<typeof outcome, { poison: unknown }>;
      expect(poison).to.include({ position: 6, stream: 'price-5', type: 'ResourcePriceSet' });
      expect(poison?.reason).to.match(/too dear|missing in a row|out of range/);
      expect([...(await rows(projection.name))]).to.deep.equal([{ kind: 'as it was', cents: 0 }]);
      const [record] = await sql<
        { status: string; error: Record<string, unknown> }[]
      >`select status, error from projection_rebuilds where name = ${projection.name}`;
      expect(record).to.deep.include({ status: 'failed' });
      expect(record?.error).to.include({ position: 6, type: 'ResourcePriceSet' });
      expect(
        (await sql`select from pg_namespace where nspname like ${`%${projection.name}%rebuild`}`).count,
      ).to.equal(0);
    });
  }

  it('is shown by verifying, too, beside what can be compared', async () => {
    await sql`update projection_checkpoints set position = 8`;
    const throwing = broken['throws in its handler'] as Projection;
    const [right, wrong] = await verifyProjections([good, throwing], {
      openPool: (max) => database.connect({ max }),
      logger: silentLogger,
    });
    expect(right).to.deep.include({ name: 'good', position: 8, failure: null, differences: [] });
    expect(wrong?.failure).to.include({
      position: 6,
      stream: 'price-5',
      type: 'ResourcePriceSet',
      reason: 'too dear',
    });
    await sql`update rm_good_v1.latest set cents = 77 where kind = 'a'`;
    await sql`insert into rm_good_v1.latest values ('surplus', null, 1)`;
    await sql`delete from rm_good_v1.latest where kind = 'b'`;
    const [differing] = await verifyProjections([good], {
      openPool: (max) => database.connect({ max }),
      logger: silentLogger,
    });
    expect(differing?.tables).to.deep.equal([{ table: 'rm_good_v1.latest', rows: 4, differing: 3 }]);
    expect(
      differing?.differences.map(({ key, difference, columns, last_event }) => [
        key['kind'],
        difference,
        columns,
        last_event?.position ?? null,
      ]),
    ).to.deep.equal([
      ['a', 'changed', [{ column: 'cents', live: 77, events: 3 }], 3],
      ['b', 'missing', [], 2],
      ['surplus', 'surplus', [], null],
    ]);
  });
});

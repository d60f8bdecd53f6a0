import { expect } from 'chai';
import type { Sql } from '../../../src/database/db.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { migrate, readMigrations } from '../../../src/database/migrate.ts';
import {
  defineProjection,
  defineTable,
  upsert,
  type Projection,
} from '../../../src/read-models/projection.ts';
import { ensureReadModels } from '../../../src/read-models/define-tables.ts';
import { migrationsFolder } from '../../../src/open-ledger.ts';
import { rebuildProjections } from '../../../src/read-models/rebuild/rebuild.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database/test-database.ts';

const EVENTS = 25_000;
const BAD = 23_456;

/** A projection of plans, one row an event; `qtyOf` returns the row's quantity, or throws. */
function counting(name: string, qtyOf: (position: number) => string): Projection {
  const table = defineTable(
    { name, version: 1 },
    { name: 'seen', columns: { code: 'text', qty: 'numeric' }, key: ['code'] },
  );
  return defineProjection({ name, version: 1 }, [table], {
    PlanCreated: ({ data, position }) => upsert(table, { code: data.plan_code, qty: qtyOf(position) }),
  });
}

const healthy = counting('healthy', () => '1');
const throwing = counting('throwing', (position) => {
  if (position === BAD) throw new Error('no such thing');
  return '1';
});
const refused = counting('refused', (position) => (position === BAD ? 'not a number' : '1'));

describe('an event that a rebuild cannot apply', () => {
  let database: TestDatabase;
  let sql: Sql;

  before(async () => {
    database = await createTestDatabase();
    sql = database.connect();
    await migrate(sql, await readMigrations(migrationsFolder));
    await ensureReadModels(sql, [healthy, throwing, refused]);
    await sql`
      insert into journal (position, stream, revision, id, type, data, metadata, recorded_at)
      select n, 'plan-' || n, 0, gen_random_uuid(), 'PlanCreated',
        json_build_object('plan_code', 'plan-' || n, 'name', 'Plan'),
        '{"schema_version":1,"recorded_at":"2026-04-01T00:00:00.000Z"}', now()
      from generate_series(1, ${EVENTS}::bigint) n`;
    await sql`update projection_checkpoints set position = ${EVENTS}`;
  });
  after(() => database.drop());

  it('is named, whether handler or database refuses it, and the others are rebuilt', async () => {
    const outcomes = await rebuildProjections([throwing, healthy, refused], {
      openPool: (max) => database.connect({ max }),
      logger: silentLogger,
    });
    expect(outcomes.map(({ name, status }) => [name, status])).to.deep.equal([
      ['throwing', 'failed'],
      ['healthy', 'completed'],
      ['refused', 'failed'],
    ]);
    const [first, , third] = outcomes;
    const event = { position: BAD, stream: `plan-${BAD}`, type: 'PlanCreated' };
    expect(first).to.deep.include({ poison: { ...event, reason: 'no such thing' } });
    expect(third).to.have.property('poison').that.deep.includes(event);
    expect((await sql`select count(*) as rows from rm_healthy_v1.seen`)[0]).to.deep.equal({ rows: EVENTS });
  });

  it('leaves its live tables as they were, and nothing beside them', async () => {
    expect((await sql`select count(*) as rows from rm_throwing_v1.seen`)[0]).to.deep.equal({ rows: 0 });
    const schemas = await sql<
      { nspname: string }[]
    >`select nspname from pg_namespace where nspname like 'rm\\_%' order by 1`;
    expect(schemas.map(({ nspname }) => nspname)).to.deep.equal([
      'rm_healthy_v1',
      'rm_refused_v1',
      'rm_throwing_v1',
    ]);
  });
});

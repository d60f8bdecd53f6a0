import { expect } from 'chai';
import type { Sql } from '../../src/database/db.ts';
import { migrate, readMigrations } from '../../src/database/migrate.ts';
import { announcement } from '../../src/read-models/announcement.ts';
import { createPositionWaiter, type PositionWaiter } from '../../src/read-models/position-waiter.ts';
import { defineProjection } from '../../src/read-models/projection.ts';
import { ensureReadModels } from '../../src/read-models/define-tables.ts';
import { migrationsFolder } from '../../src/open-ledger.ts';
import { createTestDatabase, type TestDatabase } from '../support/database/test-database.ts';

const [first, second] = ['first', 'second'].map((name) => defineProjection({ name, version: 1 }, [], {})) as [
  ReturnType<typeof defineProjection>,
  ReturnType<typeof defineProjection>,
];

describe('waiting for a position', () => {
  let database: TestDatabase;
  let sql: Sql;
  /** As a runner in another process would: on connections of its own. */
  let runner: Sql;
  let waiter: PositionWaiter;

  beforeEach(async () => {
    database = await createTestDatabase();
    sql = database.connect();
    runner = database.connect({ max: 1 });
    await migrate(sql, await readMigrations(migrationsFolder));
    await ensureReadModels(sql, [first, second]);
    waiter = await createPositionWaiter(sql, [first, second]);
  });
  afterEach(async () => {
    await waiter.close();
    await database.drop();
  });

  const at = (name: string, position: number) =>
    runner.begin(async (tx) => {
      await tx`update projection_checkpoints set position = ${position} where name = ${name}`;
      await tx`select pg_notify('projected', ${String(position)})`;
    });
  const long = 20_000;

  it('ends when the last projection has come there, notified by another connection', async () => {
    let done = false;
    const waiting = waiter.waitFor(5, long).then((reached) => {
      done = true;
      return reached;
    });
    await at('first', 9);
    await at('second', 4);
    expect(await waiter.positionIn(sql), 'as far as the one behind').to.be.at.most(4);
    expect(done).to.equal(false);
    await at('second', 5);
    expect(await waiting).to.equal(true);
    expect(await waiter.positionIn(sql)).to.equal(5);
  });

  it('ends at once for what was reached already, also before this process began to listen', async () => {
    await at('first', 3);
    await at('second', 3);
    expect(await waiter.waitFor(3, 0)).to.equal(true);
    const late = await createPositionWaiter(sql, [first, second]);
    expect(await late.waitFor(3, 0)).to.equal(true);
    await late.close();
  });

  it('ends though the notification was lost', async () => {
    const waiting = waiter.waitFor(2, long);
    await runner`update projection_checkpoints set position = 2`;
    expect(await waiting).to.equal(true);
  });

  it('takes the word of a runner that has taken all of them on, and of no other', async () => {
    const notify = (position: number, group: readonly { name: string; version: number }[]) =>
      runner`select pg_notify('projected', ${announcement(position, group)})`;
    const waiting = waiter.waitFor(7, 300);
    await notify(7, [first]);
    await notify(7, [first, { name: 'second', version: 2 }]);
    expect(await waiting, 'the table says otherwise').to.equal(false);
    const announced = waiter.waitFor(7, long);
    await notify(7, [second, first]);
    expect(await announced).to.equal(true);
  });

  it('shares a look among all that ask while one is under way', async () => {
    await at('first', 3);
    await at('second', 3);
    const late = await createPositionWaiter(sql, [first, second]);
    const reached = await Promise.all([1, 2, 3].map((position) => late.waitFor(position, 0)));
    expect(reached).to.deep.equal([true, true, true]);
    await late.close();
  });

  it('ends without success when the time is over', async () => {
    await at('first', 8);
    expect(await waiter.waitFor(8, 20)).to.equal(false);
    expect(await waiter.waitFor(1, 20)).to.equal(false);
  });

  it('wakes each waiter at its own position', async () => {
    const done: number[] = [];
    const waits = [3, 1, 2].map((position) => waiter.waitFor(position, long).then(() => done.push(position)));
    for (const position of [1, 2, 3]) {
      await at('first', position);
      await at('second', position);
      while (done.length < position)
        await Promise.race(waits.filter((_, index) => !done.includes([3, 1, 2][index] as number)));
    }
    expect(done).to.deep.equal([1, 2, 3]);
  });

  it('is held up by no parked projection', async () => {
    await runner`update projection_checkpoints set status = 'parked', position = 1 where name = 'second'`;
    const waiting = waiter.waitFor(6, long);
    await at('first', 6);
    expect(await waiting).to.equal(true);
  });

  it('is held up by no version of another build', async () => {
    await runner`insert into projection_checkpoints (name, version, position, definition)
      values ('first', 7, 0, ''), ('third', 1, 0, '')`;
    await at('first', 6);
    await at('second', 6);
    expect(await waiter.waitFor(6, 0)).to.equal(true);
  });

  it("knows a snapshot's position, by this build's live projections alone", async () => {
    await runner`insert into projection_checkpoints (name, version, position, definition)
      values ('first', 7, 2, '')`;
    await at('first', 9);
    await at('second', 8);
    await sql.begin('isolation level repeatable read read only', async (tx) => {
      expect(await waiter.positionIn(tx)).to.equal(8);
      await at('second', 9);
      expect(await waiter.positionIn(tx), 'a snapshot stands still').to.equal(8);
    });
    expect(await waiter.positionIn(sql)).to.equal(9);
    await runner`update projection_checkpoints set status = 'parked', position = 3 where name = 'second'`;
    expect(await waiter.positionIn(sql)).to.equal(9);
  });

  it('ends for all when the waiter is closed', async () => {
    const waiting = waiter.waitFor(99, long);
    await at('first', 1);
    await waiter.close();
    expect(await waiting).to.equal(false);
  });

  it('can be closed while the database is away', async () => {
    const [ended] = await runner`select pg_terminate_backend(pid, 10000) as ended from pg_stat_activity
        where datname = current_database() and query like 'listen%'`;
    expect(ended).to.deep.equal({ ended: true });
    await waiter.close();
  });
});

import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { projections } from '../../../projections/index.ts';
import { plans, planVersions } from '../../../projections/catalog/tables.ts';
import type { Sql } from '../../../src/database/db.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { createShadow } from '../../../src/read-models/rebuild/shadow-models.ts';
import { rebuildProjections } from '../../../src/read-models/rebuild/rebuild.ts';
import { seededLedger } from '../../support/http/invoices-month.ts';
import { ok, type Json } from '../../support/http/api.ts';
import type { TestLedger } from '../../support/ledger/test-ledger.ts';
import { busyMonth } from '../../support/read-models/busy-month.ts';
import { tablesOf } from '../../support/read-models/tables.ts';
import { until } from '../../support/runtime/until.ts';
import { gate } from '../../support/runtime/gate.ts';

describe('rebuilding the read models of a running service', () => {
  let ledger: TestLedger;
  const rebuild = (...names: string[]) =>
    rebuildProjections(
      projections.filter(({ name }) => names.length === 0 || names.includes(name)),
      { openPool: ledger.openPool, logger: silentLogger },
    );
  const completed = (names: readonly string[] = projections.map(({ name }) => name)) =>
    names.map((name) => [name, 'completed']);
  const created: string[] = [];
  const createPlan = async (): Promise<void> => {
    const code = `plan-${created.length}`;
    created.push(code);
    await ok(ledger.api.post('catalog/plans', { code, name: code }), 201);
  };

  before(async () => {
    ledger = await seededLedger({ digitalOcean: {}, finance: true });
    await busyMonth(ledger);
  });
  after(() => ledger.close());

  it('ends in the same rows, and leaves nothing beside them', async () => {
    const before = await tablesOf(ledger.sql);
    expect((await rebuild()).map(({ name, status }) => [name, status])).to.deep.equal(completed());
    const after = await tablesOf(ledger.sql);
    for (const [table, rows] of before) expect(after.get(table), table).to.deep.equal(rows);
    const schemas = await ledger.sql<
      { nspname: string }[]
    >`select nspname from pg_namespace where nspname like 'rm\_%'`;
    expect(schemas.map(({ nspname }) => nspname)).to.have.members(projections.map(({ schema }) => schema));
  });

  it('loses no event that comes meanwhile, and lets every client read its own writes', async () => {
    let writing = true;
    const writers = [1, 2, 3].map(async () => {
      while (writing) await createPlan();
    });
    const readers = [1, 2].map(async () => {
      while (writing) {
        const expected = created.length - 3;
        const { data } = await ok(ledger.api.get('catalog/plans?limit=500'));
        expect(data.length).to.be.at.least(expected);
      }
    });
    for (let round = 0; round < 3; round++)
      expect((await rebuild('catalog'))[0]).to.include({ status: 'completed' });
    writing = false;
    await Promise.all([...writers, ...readers]);
    await ledger.settled();
    const codes = (await ledger.sql<{ code: string }[]>`select code from ${ledger.sql(plans.ref)}`).map(
      ({ code }) => code,
    );
    expect(codes).to.include.members(created);
  });

  it('waits for a reader that holds a table, and holds up no other reader', async () => {
    const [holding, released] = [gate(), gate()];
    const slow = ledger.ledger.read(async (db) => {
      const [{ count }] = (await db`select count(*) from ${db(plans.ref)}`) as [{ count: number }];
      holding.open();
      await released.opened;
      return count;
    });
    await holding.opened;
    const running = rebuild('catalog');
    let done = false;
    void running.then(() => {
      done = true;
    });
    // While the swap asks for the table again and again, others read and write it.
    for (let n = 0; n < 5; n++) {
      await createPlan();
      await ok(ledger.api.get('catalog/plans'));
      await delay(100);
    }
    expect(done).to.equal(false);
    released.open();
    expect(await slow).to.be.a('number');
    expect((await running)[0]).to.include({ status: 'completed' });
  });

  it('never shows a reader of several tables rows that its snapshot has only in part', async () => {
    let tries = 0;
    const seen = await ledger.ledger.read(async (db) => {
      tries += 1;
      const count = async (table: string) =>
        ((await db`select count(*) from ${db(table)}`) as unknown as [{ count: number }])[0].count;
      // The snapshot is taken; all of a rebuild comes between it and the tables.
      await db`select 1`;
      if (tries === 1) await rebuild('catalog');
      return [await count(plans.ref), await count(planVersions.ref)];
    });
    expect(tries).to.equal(2);
    for (const rows of seen) expect(rows).to.be.greaterThan(0);
  });

  it('lets a refusal stand only if no swap came in between', async () => {
    let tries = 0;
    const found = await ledger.ledger.read(async (db) => {
      tries += 1;
      await db`select 1`;
      if (tries === 1) await rebuild('catalog');
      const [row] = await db<{ code: string }[]>`select code from ${db(plans.ref)} limit 1`;
      if (row === undefined) throw new Error('no such plan');
      return row.code;
    });
    expect(found).to.be.a('string');
  });

  it('lets no reader find a table missing that looks it up in the moment of a swap', async () => {
    for (const read of ['query', 'read'] as const) {
      let tries = 0;
      const found = ledger.ledger[read](async (db) => {
        tries += 1;
        const [row] = await db<{ code: string }[]>`
          select code from ${db(tries < 3 ? 'rm_gone.plans' : plans.ref)} where code = 'starter'`;
        return row?.code;
      });
      expect([await found, tries], read).to.deep.equal(['starter', 3]);
      let asked = 0;
      const missing = ledger.ledger[read](async (db) => {
        asked += 1;
        return db`select 1 from rm_gone.plans`;
      });
      expect(await missing.catch(({ code }: { code: string }) => code)).to.equal('42P01');
      expect(asked, 'one that stays missing').to.equal(5);
    }
  });

  it('starts over after a kill, be it in the middle of a shadow or behind its end', async () => {
    const catalog = projections.find(({ name }) => name === 'catalog');
    if (catalog === undefined) throw new Error('there is a catalog');
    const sql: Sql = ledger.openPool(2);
    const left = async () =>
      (await ledger.sql`select from pg_namespace where nspname = ${`${catalog.schema}_rebuild`}`).length;
    await createShadow(sql, catalog, 'rebuild');
    await sql.end({ timeout: 0 });
    expect(await left()).to.equal(0);
    const again: Sql = ledger.openPool(2);
    await (await createShadow(again, catalog, 'rebuild')).finish();
    await again.end({ timeout: 0 });
    expect(await left()).to.equal(1);
    await ledger.sql`insert into projection_rebuilds (name, version, status, target, updated_at)
      values ('catalog', ${catalog.version}, 'building', 5, now() - interval '2 minutes')
      on conflict (name, version) do update set status = 'building', updated_at = excluded.updated_at`;
    const { data } = await ok(ledger.api.get('projections'));
    expect(data.find((row: Json) => row.name === 'catalog').rebuild.status).to.equal('interrupted');
    expect((await rebuild('catalog'))[0]).to.include({ status: 'completed' });
  });

  it('is one at a time for a projection', async () => {
    const [first, second] = await Promise.all([rebuild('inventory'), rebuild('inventory')]);
    expect([first[0]?.status, second[0]?.status].sort()).to.deep.equal(['completed', 'failed']);
    const failed = [...first, ...second].find((outcome) => outcome.status === 'failed');
    expect(failed).to.deep.include({ reason: 'another rebuild of inventory is under way', poison: null });
  });

  it('stops when it is aborted, and the live tables stand as they were', async () => {
    const abort = new AbortController();
    const before = await tablesOf(ledger.sql);
    const [outcome] = await rebuildProjections(
      projections.filter(({ name }) => name === 'usage'),
      {
        openPool: ledger.openPool,
        logger: silentLogger,
        signal: abort.signal,
        onProgress: () => {
          abort.abort(new Error('enough'));
        },
      },
    );
    expect(outcome).to.include({ status: 'failed', reason: 'enough' });
    expect(await tablesOf(ledger.sql)).to.deep.equal(before);
  });

  it('is shown as soon as it was asked for, and may be asked for again as soon as it has ended', async () => {
    const rebuildOf = async (): Promise<Json> =>
      (await ok(ledger.api.get('projections'))).data.find((row: Json) => row.name === 'catalog').rebuild;
    for (let n = 0; n < 4; n++) {
      const before = await rebuildOf();
      await ok(ledger.api.post('projections/catalog/rebuild', {}), 202);
      const shown = await rebuildOf();
      expect(shown.started_at).to.not.equal(before?.started_at);
      expect(shown.status).to.be.oneOf(['building', 'catching_up', 'completed']);
      await until('the rebuild ended', rebuildOf, (rebuild) => rebuild.status === 'completed');
    }
    const answers = await Promise.all([1, 2].map(() => ledger.api.post('projections/catalog/rebuild', {})));
    expect(answers.map(({ status }) => status)).to.include(202);
    await until('the last rebuild ended', rebuildOf, (rebuild) => rebuild.status === 'completed');
  });

  it('runs over HTTP in the background, one at a time, and shows its outcome', async () => {
    const { data } = await ok(ledger.api.post('projections/invoices/rebuild', {}), 202);
    expect(data).to.include({ name: 'invoices', status: 'building' });
    const rebuildOf = async (): Promise<Json> =>
      (await ok(ledger.api.get('projections'))).data.find((row: Json) => row.name === 'invoices').rebuild;
    const shown = await until('the rebuild ended', rebuildOf, (rebuild) => rebuild?.status === 'completed');
    expect(shown).to.include({ status: 'completed', error: null, seconds_left: null });
    expect(shown.position).to.equal(shown.target);
    expect((await ledger.api.post('projections/nothing/rebuild', {})).status).to.equal(404);
    expect((await ledger.api.post('projections/invoices/rebuild', { fast: true })).status).to.equal(422);
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { silentLogger, type Logger } from '../../src/runtime/logger.ts';
import { createScheduleStore, type ScheduleStore } from '../../src/jobs/schedule-store.ts';
import { ok } from '../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { startTestRedis, type TestRedis } from '../support/embedded/test-redis.ts';
import { until } from '../support/runtime/until.ts';
import { gate } from '../support/runtime/gate.ts';
import { stageWorkers, testJob, yearly } from '../support/jobs/worker-stage.ts';

/** A logger that keeps the lines that production logs. */
function keepingLogger(): Logger & { lines: string[] } {
  const lines: string[] = [];
  const keep = (...args: unknown[]): void => {
    lines.push(String(args.at(-1)));
  };
  return { ...silentLogger, info: keep, warn: keep, error: keep, lines };
}

describe('the worker and a Redis that comes and goes', () => {
  let test: TestLedger;
  let redis: TestRedis;
  let store: ScheduleStore;
  let stage: ReturnType<typeof stageWorkers>;

  before(async () => {
    [test, redis] = await Promise.all([startTestLedger(), startTestRedis()]);
    store = createScheduleStore(test.sql);
    stage = stageWorkers(test, redis);
  });
  afterEach(async () => {
    await stage.close();
    stage = stageWorkers(test, redis);
    await test.sql`truncate queued_runs, job_schedule, job_runs`;
    await redis.restart({ keepData: false });
  });
  after(async () => {
    await redis.stop();
    await test.close();
  });

  const queuedCount = async (job: string): Promise<number> =>
    (await test.sql`select 1 from queued_runs where job = ${job}`).count;
  const idle = (job: string): Promise<number> =>
    until(
      `nothing of ${job} queued`,
      () => queuedCount(job),
      (count) => count === 0,
    );

  for (const keepData of [true, false]) {
    it(`makes every run queued while Redis was away (back ${keepData ? 'full' : 'empty'})`, async () => {
      const seen: unknown[] = [];
      const logger = keepingLogger();
      const job = testJob({
        name: 'counts',
        run: async (input) => {
          seen.push((input as { n: number }).n);
        },
      });
      const ticking = testJob({
        name: 'ticks',
        cron: yearly,
        run: async () => {
          seen.push('tick');
        },
      });
      await stage.start([job, ticking], { logger }).started;
      await redis.kill();
      for (let n = 0; n < 5; n += 1) await store.enqueue('counts', { n });
      // A tick passes meanwhile.
      await test.sql`update job_schedule set ticked_until = '2024-06-01'`;
      await until(
        'a tick in the queue',
        () => queuedCount('ticks'),
        (count) => count === 1,
      );
      expect(seen).to.deep.equal([]);
      // The API does not need it.
      expect((await ok(test.api.get('jobs'))).data).to.be.an('array');
      await redis.restart({ keepData });
      await idle('counts');
      await idle('ticks');
      expect([...seen].sort()).to.deep.equal([0, 1, 2, 3, 4, 'tick']);
      expect(logger.lines.filter((line) => line.startsWith('Redis is away'))).to.have.length(1);
      expect(logger.lines.filter((line) => line === 'Redis is back')).to.have.length(1);
      expect(logger.lines).to.have.length(2);
    });

    it(`ends the run under way when Redis went, once (back ${keepData ? 'full' : 'empty'})`, async () => {
      const door = gate();
      let ran = 0;
      const job = testJob({
        name: 'long',
        run: async () => {
          ran += 1;
          await door.opened;
        },
      });
      stage.start([job]);
      stage.start([job]);
      await store.enqueue('long', {});
      await until(
        'one run',
        () => ran,
        (count) => count === 1,
      );
      await redis.kill();
      // Longer than the lock that Redis keeps for the run: the other worker is offered it again and again.
      await sleep(1_500);
      await redis.restart({ keepData });
      await sleep(1_500);
      expect(ran).to.equal(1);
      door.open();
      await idle('long');
      const [runs] = await test.sql<
        { completed: number; all: number }[]
      >`select count(*) filter (where status = 'completed')::int as completed, count(*)::int as all
        from job_runs`;
      expect([ran, runs]).to.deep.equal([1, { completed: 1, all: 1 }]);
      // The queue takes the next run.
      await store.enqueue('long', { next: true });
      await idle('long');
      expect(ran).to.equal(2);
    });
  }

  it('starts while Redis is away, and goes to work when it comes', async () => {
    let ran = 0;
    await redis.kill();
    const worker = stage.start([
      testJob({
        name: 'patient',
        run: async () => {
          ran += 1;
        },
      }),
    ]);
    await store.enqueue('patient', {});
    expect(
      await worker.probe().then(
        () => 'answers',
        () => 'silent',
      ),
    ).to.equal('silent');
    await redis.restart({ keepData: false });
    await idle('patient');
    expect(ran).to.equal(1);
    await worker.probe();
  });

  it('closes in time while Redis is away, with a run under way', async () => {
    const door = gate();
    let ran = 0;
    const worker = stage.start([
      testJob({
        name: 'long',
        run: async () => {
          ran += 1;
          if (ran === 1) await door.opened;
        },
      }),
    ]);
    await store.enqueue('long', {});
    await until(
      'one run',
      () => ran,
      (count) => count === 1,
    );
    await redis.kill();
    await worker.end();
    const [run] = await test.sql<{ status: string; error: string }[]>`select status, error from job_runs`;
    expect(run).to.include({ status: 'failed' });
    expect(run?.error).to.match(/^handed back/);
    await redis.restart({ keepData: true });
    stage.start([
      testJob({
        name: 'long',
        run: async () => {
          ran += 1;
        },
      }),
    ]);
    await idle('long');
    expect(ran).to.equal(2);
    door.open();
  });

  it('goes on after a Redis that answered nothing for a while', async () => {
    const seen: unknown[] = [];
    const job = testJob({
      name: 'counts',
      run: async (input) => {
        seen.push((input as { n: number }).n);
      },
    });
    const logger = keepingLogger();
    await stage.start([job], { logger }).started;
    redis.pause();
    await store.enqueue('counts', { n: 1 });
    await until(
      'a line in the log',
      () => logger.lines,
      (lines) => lines.length > 0,
    );
    redis.resume();
    await idle('counts');
    expect(seen).to.deep.equal([1]);
    await until(
      'another line in the log',
      () => logger.lines,
      (lines) => lines.length > 1,
    );
    expect(logger.lines.map((line) => line.slice(0, 13))).to.deep.equal(['Redis is away', 'Redis is back']);
  });

  it('keeps the queues of two ledgers on one Redis apart', async () => {
    const other = await startTestLedger();
    const seen: string[] = [];
    const otherStage = stageWorkers(other, redis);
    try {
      const job = (ledger: string) =>
        testJob({
          name: 'same',
          cron: yearly,
          run: async () => {
            seen.push(ledger);
          },
        });
      await Promise.all([stage.start([job('one')]).started, otherStage.start([job('other')]).started]);
      await store.enqueue('same', {});
      await idle('same');
      expect(seen).to.deep.equal(['one']);
      const connection = new Redis({ path: redis.target.path });
      const keys = await connection.keys('*');
      connection.disconnect();
      expect(new Set(keys.map((key) => key.split(':').slice(0, 2).join(':')))).to.deep.equal(
        new Set([`arcadia:${test.log.id}`, `arcadia:${other.log.id}`]),
      );
    } finally {
      await otherStage.close();
      await other.close();
    }
  });
});

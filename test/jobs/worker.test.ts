import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { refuse, Refused } from '../../src/ledger/refusal.ts';
import { createScheduleStore, type ScheduleStore } from '../../src/jobs/schedule-store.ts';
import type { HeldBack } from '../../src/jobs/job.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { startTestRedis, type TestRedis } from '../support/embedded/test-redis.ts';
import { until } from '../support/runtime/until.ts';
import { gate } from '../support/runtime/gate.ts';
import { stageWorkers, testJob, yearly } from '../support/jobs/worker-stage.ts';

describe('the worker', () => {
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

  const runsOf = (job: string) => test.sql<
    {
      id: string;
      status: string;
      error: string | null;
      attempt: number;
      attempts: number;
      trigger: string;
      input: unknown;
      actor: string;
    }[]
  >`
    select id, status, error, attempt, attempts, trigger, input, actor from job_runs where job = ${job}
      order by started_at, attempt, id`;
  const queuedCount = async (job: string): Promise<number> =>
    (await test.sql`select 1 from queued_runs where job = ${job}`).count;
  const idle = (job: string): Promise<number> =>
    until(
      `nothing of ${job} queued`,
      () => queuedCount(job),
      (count) => count === 0,
    );

  it('turns a tick into a scheduled run, with the job as its actor', async () => {
    const ran: unknown[] = [];
    stage.start([
      testJob({
        name: 'a.job',
        cron: '* * * * * *',
        run: async (input) => {
          ran.push(input);
        },
      }),
    ]);
    await until(
      'two runs',
      () => ran.length,
      (count) => count >= 2,
    );
    const [run] = await until(
      'a completed run',
      () => runsOf('a.job'),
      (rows) => rows[0]?.status === 'completed',
    );
    expect(run).to.include({ trigger: 'schedule', attempt: 1, attempts: 3, actor: 'job:a.job', error: null });
    expect(run?.input).to.deep.equal({});
    const [row] = await test.sql<
      { ahead: boolean }[]
    >`select next_run_at > ticked_until as ahead from job_schedule`;
    expect(row?.ahead).to.equal(true);
  });

  it('makes one run of a job at a time over two workers, each of hundreds once, in order', async () => {
    let now = 0;
    let most = 0;
    const seen: unknown[] = [];
    const job = testJob({
      name: 'one.at.a.time',
      async run(input) {
        most = Math.max(most, ++now);
        seen.push((input as { n: number }).n);
        await sleep(2);
        now -= 1;
      },
    });
    for (let n = 0; n < 200; n += 1) await store.enqueue(job.name, { n });
    stage.start([job]);
    stage.start([job]);
    await idle(job.name);
    expect(most).to.equal(1);
    expect(seen).to.deep.equal(Array.from({ length: 200 }, (_, n) => n));
  });

  it('takes one tick once over two workers, and queues nothing that is queued already', async () => {
    const door = gate();
    let ran = 0;
    const job = testJob({
      name: 'ticks',
      cron: '* * * * * *',
      run: async () => {
        ran += 1;
        await door.opened;
      },
    });
    const [first, second] = [stage.start([job]), stage.start([job])];
    await until(
      'one run',
      () => ran,
      (count) => count === 1,
    );
    // Several ticks pass meanwhile, on both: the run is still under way, so none of them queues another.
    const ticked = () => test.sql<{ at: string }[]>`select ticked_until as at from job_schedule`;
    const [before] = await ticked();
    await until(
      'the tick after next',
      ticked,
      ([row]) => Date.parse(row?.at ?? '') >= Date.parse(before?.at ?? '') + 2_000,
    );
    expect([ran, await queuedCount('ticks'), (await runsOf('ticks')).length]).to.deep.equal([1, 1, 1]);
    await Promise.all([first.close(0), second.close(0)]);
    door.open();
  });

  it('retries with pauses, then shows the run as dead, until its input completes', async () => {
    let isMended = false;
    const worker = stage.start([
      testJob({
        name: 'fails',
        run: async () => {
          if (!isMended) throw new Error('the provider said no');
        },
      }),
    ]);
    await store.enqueue('fails', { n: 1 });
    await idle('fails');
    const runs = await runsOf('fails');
    expect(
      runs.map(({ attempt, attempts, status, error }) => ({ attempt, attempts, status, error })),
    ).to.deep.equal(
      [1, 2, 3].map((attempt) => ({ attempt, attempts: 3, status: 'failed', error: 'the provider said no' })),
    );
    const dead = async () =>
      (await worker.runner.schedule()).dead
        .get('fails')
        ?.map(({ run_id, input, error, attempts }) => ({ run_id, input, error, attempts }));
    expect(await dead()).to.deep.equal([
      { run_id: runs[2]?.id, input: { n: 1 }, error: 'the provider said no', attempts: 3 },
    ]);
    isMended = true;
    await worker.runner.run('fails', { n: 2 }, { actor: { sub: 'test', tenant_id: null, roles: [] } });
    expect(await dead()).to.have.length(1);
    await store.enqueue('fails', { n: 1 });
    await idle('fails');
    expect(await dead()).to.equal(undefined);
  });

  it('doubles the pause with each attempt', async () => {
    stage.start(
      [
        testJob({
          name: 'fails',
          run: async () => {
            throw new Error('no');
          },
        }),
      ],
      { retries: { attempts: 4, backoffMs: 60_000 } },
    );
    await store.enqueue('fails', {});
    for (const minutes of [1, 2, 4]) {
      const [row] = await until(
        'the pause before the next attempt',
        () => test.sql<{ pause: number }[]>`
        select extract(epoch from not_before - clock_timestamp())::float8 as pause from queued_runs
          where not_before > clock_timestamp() + ${minutes - 0.5} * interval '1 minute'`,
        (rows) => rows.count > 0,
      );
      expect(row?.pause).to.be.within(60 * minutes - 30, 60 * minutes);
      // The time is up, and Redis has forgotten what it knew of it.
      await test.sql`update queued_runs set not_before = null`;
      await redis.restart({ keepData: false });
    }
    await idle('fails');
    expect((await runsOf('fails')).map(({ attempt }) => attempt)).to.deep.equal([1, 2, 3, 4]);
  });

  it('does not retry a run that can never succeed', async () => {
    const worker = stage.start([
      testJob({
        name: 'refuses',
        run: async () => {
          throw new Refused(refuse('day-not-ended', 'not yet'));
        },
      }),
    ]);
    await store.enqueue('refuses', { day: '2026-05-09' });
    await idle('refuses');
    expect((await runsOf('refuses')).map(({ attempt, error }) => [attempt, error])).to.deep.equal([
      [1, 'day-not-ended: not yet'],
    ]);
    expect((await worker.runner.schedule()).dead.get('refuses')).to.have.length(1);
  });

  it('queues a run for each input that is due, oldest first; the input is fixed from then on', async () => {
    let due = ['2026-05-01', '2026-05-02', '2026-05-03'];
    const seen: unknown[] = [];
    const job = testJob({
      name: 'days',
      cron: yearly,
      due: async () => due.map((day) => ({ day })),
      async run(input) {
        seen.push(input);
        if (seen.length === 1) throw new Error('the first attempt fails');
        due = due.filter((day) => day !== (input as { day: string }).day);
      },
    });
    // The last tick was long ago: what is due is made up for at the start.
    await store.begin(['days'], new Date('2024-06-01T00:00:00Z'));
    stage.start([job]);
    await until(
      'four runs',
      () => seen.length,
      (count) => count === 4,
    );
    await idle('days');
    expect([...seen].map((input) => (input as { day: string }).day).sort()).to.deep.equal([
      '2026-05-01',
      '2026-05-01',
      '2026-05-02',
      '2026-05-03',
    ]);
    expect(seen[0]).to.deep.equal({ day: '2026-05-01' });
    expect(due).to.deep.equal([]);
  });

  it('runs a schedule that was missed many times once', async () => {
    let ran = 0;
    const minutely = testJob({
      name: 'minutely',
      cron: '* * * * *',
      run: async () => {
        ran += 1;
      },
    });
    await store.begin(['minutely'], new Date(Date.now() - 86_400_000));
    const [first, second] = [stage.start([minutely]), stage.start([minutely])];
    await Promise.all([first.started, second.started]);
    await until(
      'a run',
      () => ran,
      (count) => count >= 1,
    );
    await idle('minutely');
    // Another start finds nothing that was missed.
    await stage.start([minutely]).started;
    const [row] = await test.sql<
      { minutes: number }[]
    >`select extract(epoch from clock_timestamp() - ticked_until)::float8 / 60 as minutes from job_schedule`;
    expect(row?.minutes).to.be.lessThan(2);
    // A minute may have begun meanwhile.
    expect(ran).to.be.within(1, 2);
  });

  it('treats no schedule of a new job as missed', async () => {
    let ran = 0;
    await stage.start([
      testJob({
        name: 'new',
        cron: yearly,
        run: async () => {
          ran += 1;
        },
      }),
    ]).started;
    expect([ran, await queuedCount('new')]).to.deep.equal([0, 0]);
  });

  it('keeps a run that is held back waiting, shows why, logs that once, and counts no attempt', async () => {
    const seller = {
      ...{ item: 'seller' as const, status: 'blocks' as const, count: 1, amount_cents: null },
      ...{ detail: 'There is no seller.', link: '/api/v1/seller' },
    };
    let reason: HeldBack | null = { waiting_for: '30 of 31 days are metered', held_by: [seller] };
    let looked = 0;
    const warned: string[] = [];
    const noteHeldBack = (fields: unknown): void => {
      const { waiting_for } = fields as Partial<HeldBack>;
      if (waiting_for !== undefined) warned.push(waiting_for);
    };
    const worker = stage.start(
      [
        testJob({
          name: 'waits',
          heldBack: async () => {
            looked += 1;
            return reason;
          },
          run: async () => undefined,
        }),
        testJob({ name: 'other', run: async () => undefined }),
      ],
      { logger: { ...silentLogger, warn: noteHeldBack } },
    );
    await store.enqueue('waits', { period: '2026-04-01' });
    const looks = async (more: number): Promise<void> => {
      const before = looked;
      await until(
        'some looks at the schedule',
        () => looked,
        (count) => count > before + more,
      );
    };
    await looks(3);
    const shown = async () => (await worker.runner.schedule()).schedules.get('waits');
    expect(await shown()).to.deep.include({ queued: 1, ...reason });
    expect(warned).to.deep.equal([reason.waiting_for]);
    reason = { waiting_for: 'one day is missing', held_by: [] };
    await looks(2);
    expect(await shown()).to.deep.include(reason);
    expect(warned).to.deep.equal(['30 of 31 days are metered', 'one day is missing']);
    // Other jobs of its queue still run.
    await store.enqueue('other', {});
    await idle('other');
    reason = null;
    await idle('waits');
    expect((await runsOf('waits')).map(({ attempt, status }) => [attempt, status])).to.deep.equal([
      [1, 'completed'],
    ]);
    const schedule = await shown();
    expect([schedule?.waiting_for ?? null, schedule?.held_by ?? []]).to.deep.equal([null, []]);
  });

  it('lets a run queue others, each once, checked like any other', async () => {
    const seen: unknown[] = [];
    const refusals: unknown[] = [];
    stage.start([
      testJob({
        name: 'history',
        async run(_input, _deps, run) {
          for (const invoice_uuid of ['a', 'b', 'a']) await run.queue?.('ingest', { invoice_uuid });
          await run.queue?.('nothing', {}).catch((error: unknown) => refusals.push(error));
        },
      }),
      testJob({
        name: 'ingest',
        queue: 'cloud_billing',
        run: async (input) => {
          seen.push(input);
        },
      }),
    ]);
    await store.enqueue('history', {});
    await idle('history');
    await idle('ingest');
    expect(seen).to.deep.equal([{ invoice_uuid: 'a' }, { invoice_uuid: 'b' }]);
    expect(refusals.map((error) => (error as Refused).refusal.refused)).to.deep.equal(['unknown-job']);
  });

  it('hands back a run that does not end in time at a shutdown; another worker runs it at once', async () => {
    const door = gate();
    const runs: string[] = [];
    const job = (worker: string) =>
      testJob({
        name: 'long',
        run: async () => {
          runs.push(worker);
          if (worker === 'first') await door.opened;
        },
      });
    const first = stage.start([job('first')]);
    await store.enqueue('long', {});
    await until(
      'one run',
      () => runs.length,
      (count) => count === 1,
    );
    const second = stage.start([job('second')]);
    await second.started;
    await first.close(50);
    // What the process still does is its own until it ends: only then is the job free.
    expect(runs).to.deep.equal(['first']);
    await first.end();
    await idle('long');
    expect(runs).to.deep.equal(['first', 'second']);
    door.open();
    const listed = await runsOf('long');
    expect(listed.map(({ status, attempt }) => [status, attempt])).to.have.deep.members([
      ['failed', 1],
      ['completed', 1],
    ]);
    expect(listed.find(({ status }) => status === 'failed')?.error).to.match(/^handed back: /);
    expect((await second.runner.schedule()).dead.get('long')).to.equal(undefined);
  });

  it('lets a run that ends in time finish at a shutdown, and takes nothing new', async () => {
    const door = gate();
    let ran = 0;
    const worker = stage.start([
      testJob({
        name: 'long',
        run: async () => {
          ran += 1;
          await door.opened;
        },
      }),
    ]);
    await store.enqueue('long', { n: 1 });
    await store.enqueue('long', { n: 2 });
    await until(
      'one run',
      () => ran,
      (count) => count === 1,
    );
    const closed = worker.close();
    door.open();
    await closed;
    expect((await runsOf('long')).map(({ status, input }) => [status, input])).to.deep.equal([
      ['completed', { n: 1 }],
    ]);
    expect([ran, await queuedCount('long')]).to.deep.equal([1, 1]);
  });
});

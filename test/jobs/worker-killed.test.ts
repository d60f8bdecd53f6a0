import { expect } from 'chai';
import { createScheduleStore } from '../../src/jobs/schedule-store.ts';
import { startChild, type Child } from '../support/cli/child.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { startTestRedis, type TestRedis } from '../support/embedded/test-redis.ts';
import { until } from '../support/runtime/until.ts';
import { gate } from '../support/runtime/gate.ts';
import { stageWorkers, testJob } from '../support/jobs/worker-stage.ts';

describe('a worker that is killed', () => {
  let test: TestLedger;
  let redis: TestRedis;
  let stage: ReturnType<typeof stageWorkers>;
  const children: Child[] = [];

  before(async () => {
    [test, redis] = await Promise.all([startTestLedger(), startTestRedis()]);
    stage = stageWorkers(test, redis);
  });
  after(async () => {
    for (const child of children) child.kill('SIGKILL');
    await stage.close();
    await redis.stop();
    await test.close();
  });

  /** A worker in a process of its own that has begun the run. */
  async function workerInTheMiddle(): Promise<Child> {
    const child = startChild(
      'test/jobs/worker-child.ts',
      [JSON.stringify({ target: test.target, redis: redis.target, prefix: `arcadia:${test.log.id}` })],
      {},
    );
    children.push(child);
    await child.says(/runs /);
    return child;
  }
  const runs = () =>
    test.sql<
      { status: string; attempt: number; error: string | null; dead: boolean }[]
    >`select status, attempt, error, dead from job_runs order by status = 'failed' desc`;

  it('loses its run to another worker without an attempt counted, until the run is dead', async () => {
    const store = createScheduleStore(test.sql);
    await store.enqueue('long', { n: 1 });
    for (let deaths = 1; deaths <= 2; deaths += 1) {
      const child = await workerInTheMiddle();
      child.kill('SIGKILL');
      await child.ended;
    }
    const door = gate();
    const taken = gate();
    const other = stage.start([
      testJob({
        name: 'long',
        run: async () => {
          taken.open();
          await door.opened;
          return 'done';
        },
      }),
    ]);
    await taken.opened;
    expect((await runs()).map(({ status, attempt, dead }) => [status, attempt, dead])).to.deep.equal([
      ['failed', 1, false],
      ['failed', 1, false],
      ['running', 1, false],
    ]);
    expect((await runs())[0]?.error).to.match(/^interrupted: /);
    door.open();
    await until(
      'nothing queued',
      async () => (await other.runner.schedule()).schedules.get('long')?.queued ?? 0,
      (queued) => queued === 0,
    );
    expect((await runs()).at(-1)).to.include({ status: 'completed', attempt: 1 });
    expect((await other.runner.schedule()).dead.size).to.equal(0);

    // A run that has ended every process that took it ends no further one.
    await store.enqueue('long', { n: 2 });
    await test.sql`insert into job_runs
      (id, job, input, actor, status, trigger, attempt, attempts, started_at, lease_until)
      values ('deadly', 'long', '{"n": 2}', 'job:long', 'running', 'schedule', 1, 3, now(),
      now() + interval '1 minute')`;
    await test.sql`update queued_runs set run_id = 'deadly', interruptions = 4`;
    const dead = await until(
      'the run given up',
      async () => (await other.runner.schedule()).dead.get('long') ?? [],
      (list) => list.length > 0,
    );
    expect(dead).to.have.length(1);
    expect(dead[0]).to.include({ run_id: 'deadly', attempts: 1 });
    await until(
      'nothing left of it',
      async () => (await other.runner.schedule()).schedules.get('long'),
      (left) => left === undefined,
    );
  });
});

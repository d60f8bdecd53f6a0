import { expect } from 'chai';
import { createScheduleStore } from '../../src/jobs/schedule-store.ts';
import { startTestLedger, type TestLedger } from '../support/ledger.ts';
import { startTestRedis, type TestRedis } from '../support/redis.ts';
import { stageWorkers, testJob, until } from './worker-stage.ts';

describe('the worker', function () {
  this.timeout(60_000);
  let test: TestLedger;
  let redis: TestRedis;
  let stage: ReturnType<typeof stageWorkers>;

  before(async () => {
    [test, redis] = await Promise.all([startTestLedger(), startTestRedis()]);
    stage = stageWorkers(test, redis, test.target);
  });
  afterEach(async () => {
    await stage.close();
    stage = stageWorkers(test, redis, test.target);
    await test.sql`truncate queued_runs, job_schedule, job_runs`;
    await redis.restart({ keepData: false });
  });
  after(async () => {
    await redis.stop();
    await test.close();
  });

  const runsOf = (job: string) => test.sql<{ id: string; status: string; error: string | null; attempt: number; attempts: number; trigger: string; input: unknown; actor: string }[]>`
    select id, status, error, attempt, attempts, trigger, input, actor from job_runs where job = ${job} order by started_at, attempt, id`;
  const isQueued = async (job: string) => Number((await test.sql`select 1 from queued_runs where job = ${job}`).count) > 0;

  it('takes a tick: a run by the schedule, as the job itself', async () => {
    const ran: unknown[] = [];
    const worker = stage.start([testJob({ name: 'a.job', cron: '* * * * * *', run: async (input) => { ran.push(input); return { ok: true }; } })]);
    await worker.started;
    await until(() => ran.length, (count) => count >= 2);
    const [run] = await until(() => runsOf('a.job'), (rows) => rows[0]?.status === 'completed');
    expect(run).to.include({ trigger: 'schedule', attempt: 1, attempts: 3, actor: 'job:a.job', error: null });
    expect(run?.input).to.deep.equal({});
  });

  it('makes one run of a job at a time over two workers, with hundreds queued, and each once', async () => {
    let now = 0;
    let most = 0;
    const seen: number[] = [];
    const job = testJob({
      name: 'one.at.a.time',
      async run(input) {
        most = Math.max(most, ++now);
        seen.push((input as { n: number }).n);
        await new Promise((resolve) => { setTimeout(resolve, 2); });
        now -= 1;
      },
    });
    const store = createScheduleStore(test.sql);
    for (let n = 0; n < 200; n += 1) await store.enqueue(job.name, { n });
    stage.start([job]);
    stage.start([job]);
    await until(async () => isQueued(job.name), (queued) => !queued, 40_000);
    expect(most).to.equal(1);
    expect(seen).to.have.length(200);
    expect(new Set(seen).size).to.equal(200);
    expect(seen).to.deep.equal([...seen].sort((a, b) => a - b));
  });

  it('tries again with pauses, then tells the run as dead, with its error', async () => {
    const worker = stage.start([testJob({ name: 'fails', run: async () => { throw new Error('the provider said no'); } })]);
    await createScheduleStore(test.sql).enqueue('fails', { n: 1 });
    await until(() => isQueued('fails'), (queued) => !queued);
    const runs = await runsOf('fails');
    expect(runs.map(({ attempt, attempts, status, error }) => ({ attempt, attempts, status, error }))).to.deep.equal([1, 2, 3].map((attempt) => ({ attempt, attempts: 3, status: 'failed', error: 'the provider said no' })));
    const { dead } = await worker.runner.schedule();
    expect(dead.get('fails')?.map(({ run_id, input, error, attempts }) => ({ run_id, input, error, attempts }))).to.deep.equal([{ run_id: runs[2]?.id, input: { n: 1 }, error: 'the provider said no', attempts: 3 }]);
  });
});

import { expect } from 'chai';
import { z } from 'zod';
import { refuse, Refused } from '../../src/ledger/refusal.ts';
import { defineJob, type Job } from '../../src/jobs/job.ts';
import { createJobRunner, type JobRunner } from '../../src/jobs/job-runner.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { admin } from '../support/commands/command-spec.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';

describe('the job runner', () => {
  let test: TestLedger;
  let runner: JobRunner;
  let release: () => void = () => undefined;
  const common = { queue: 'provisioning' as const, cron: null, summary: '' };
  const table: Job[] = [
    defineJob({
      ...common,
      name: 'works',
      input: z.strictObject({ n: z.int().default(1) }),
      run: async ({ n }, _deps, run) => {
        run.progress(n, 3);
        return { n };
      },
    }),
    defineJob({
      ...common,
      name: 'fails',
      input: z.strictObject({}),
      run: async () => {
        throw new Error('the provider said no');
      },
    }),
    defineJob({
      ...common,
      name: 'refuses',
      input: z.strictObject({}),
      run: async () => {
        throw new Refused(refuse('day-not-ended', 'not yet'));
      },
    }),
    defineJob({
      ...common,
      name: 'waits',
      input: z.strictObject({}),
      run: () =>
        new Promise<string>((resolve) => {
          release = () => {
            resolve('released');
          };
        }),
    }),
  ] as Job[];

  before(async () => {
    test = await startTestLedger();
    runner = createJobRunner(
      table,
      {
        ...test.processDeps,
        digitalOcean: null,
        finance: null,
        mail: null,
        autoSend: false,
        financeAr: false,
        tax: { name: 'GST', rate: '0.10' },
        logger: silentLogger,
      },
      test.sql,
    );
  });
  after(() => test.close());

  const refusal = async (run: Promise<unknown>) =>
    run.then(
      () => {
        throw new Error('expected a refusal');
      },
      (error: unknown) => (error instanceof Refused ? error.refusal : Promise.reject(error as Error)),
    );

  it('runs a job with its defaults, reports progress, and keeps the run', async () => {
    const steps: number[][] = [];
    const run = await runner.run(
      'works',
      {},
      {
        actor: admin,
        onProgress: (done, total) => {
          steps.push([done, total]);
        },
      },
    );
    expect(run).to.include({ job: 'works', status: 'completed', error: null });
    expect(run.result).to.deep.equal({ n: 1 });
    expect(steps).to.deep.equal([[1, 3]]);
    expect(await runner.find(run.id)).to.deep.equal(run);
  });

  it('answers a failed run with its reason, as the last failure of the job', async () => {
    const run = await runner.run('fails', {}, { actor: admin });
    expect(run).to.include({ status: 'failed', error: 'the provider said no', result: null });
    expect((await runner.latest()).lastFailed.get('fails')?.id).to.equal(run.id);
  });

  it('refuses what can never run, and keeps no run of it', async () => {
    expect(await refusal(runner.run('refuses', {}, { actor: admin }))).to.include({
      refused: 'day-not-ended',
    });
    expect(await refusal(runner.run('nothing', {}, { actor: admin }))).to.include({ refused: 'unknown-job' });
    expect(
      (await refusal(runner.run('works', { n: 'x', extra: 1 }, { actor: admin }))).errors?.map(
        (error) => error.path,
      ),
    ).to.have.members(['n', 'extra']);
    const { last } = await runner.latest();
    expect([...last.keys()]).to.not.include('refuses');
  });

  it('starts a job and answers at once; a later refusal is a failed run, not a rejection', async () => {
    const { run, finished } = await runner.start('waits', {}, { actor: admin });
    expect((await runner.find(run.id))?.status).to.equal('running');
    release();
    expect((await finished).result).to.equal('released');
    expect((await (await runner.start('refuses', {}, { actor: admin })).finished).status).to.equal('failed');
  });

  it('shows a run whose process has died as interrupted', async () => {
    const { run, finished } = await runner.start('waits', {}, { actor: admin });
    await test.sql`update job_runs set lease_until = clock_timestamp() - interval '1 second'
      where id = ${run.id}`;
    expect(await runner.find(run.id)).to.deep.include({
      status: 'failed',
      error: 'interrupted: the process that ran it has ended',
    });
    release();
    await finished;
  });

  it("purges old runs, except each job's latest", async () => {
    await runner.run('works', {}, { actor: admin });
    await test.sql`update job_runs
      set started_at = started_at - interval '100 days',
      finished_at = clock_timestamp() - interval '100 days' where job = 'works'`;
    const latest = (await runner.latest()).last.get('works');
    expect(await runner.purge(90)).to.be.greaterThan(0);
    expect((await runner.latest()).last.get('works')?.id).to.equal(latest?.id);
  });
});

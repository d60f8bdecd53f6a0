import { Queue } from 'bullmq';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { DigitalOceanClient } from '../../src/digitalocean/client.ts';
import { jobs } from '../../src/jobs/jobs.ts';
import type { MailClient } from '../../src/mail/mail-client.ts';
import { queueNames } from '../../src/jobs/job.ts';
import { queuedRunId } from '../../src/jobs/queued-run-id.ts';
import type { SpacesClient } from '../../src/spaces/client.ts';
import { nextTick, scheduledJobs } from '../../src/jobs/scheduled-jobs.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { startTestRedis, type TestRedis } from '../support/embedded/test-redis.ts';
import { until } from '../support/runtime/until.ts';
import { stageWorkers, testJob, yearly } from '../support/jobs/worker-stage.ts';

/** Spec 14, row by row. */
const specified: Record<string, [queue: string, cron: string]> = {
  'sync.droplets': ['cloud_sync_fast', '* * * * *'],
  'sync.projects': ['cloud_sync_full', '*/15 * * * *'],
  'sync.domains': ['cloud_sync_full', '*/15 * * * *'],
  'sync.volumes': ['cloud_sync_full', '*/15 * * * *'],
  'sync.floating_ips': ['cloud_sync_full', '*/15 * * * *'],
  'sync.firewalls': ['cloud_sync_full', '*/15 * * * *'],
  'sync.load_balancers': ['cloud_sync_full', '*/15 * * * *'],
  'sync.snapshots': ['cloud_sync_full', '33 * * * *'],
  'sync.backups': ['cloud_sync_slow', '41 * * * *'],
  'sync.sizes': ['cloud_sync_full', '20 0 * * *'],
  'spaces.sizes': ['cloud_sync_slow', '30 0 * * *'],
  'drift.detect': ['cloud_sync_full', '20 * * * *'],
  'billing.balance': ['cloud_billing', '7 * * * *'],
  'billing.history': ['cloud_billing', '23 2 * * *'],
  'metering.day': ['metering', '10 1 * * *'],
  'lifecycle.day': ['metering', '10 4 * * *'],
  'invoices.rollup': ['metering', '0 3 1 * *'],
  'invoices.correct': ['metering', '40 3 * * *'],
  'invoices.send': ['cloud_billing', '*/10 * * * *'],
  'finance.ar': ['cloud_billing', '5-59/10 * * * *'],
};

/** Never asked by these tests: jobs do not run. */
const everything = {
  digitalOcean: {} as DigitalOceanClient,
  spaces: {} as SpacesClient,
  mail: {} as MailClient,
  financeAr: true,
  autoCorrect: true,
};
const nothing = { digitalOcean: null, mail: null, financeAr: false };

describe('the schedule', () => {
  it('names the next tick in UTC, wherever the machine is', () => {
    const zone = process.env['TZ'];
    try {
      process.env['TZ'] = 'Australia/Sydney';
      expect(nextTick('10 1 * * *', new Date('2026-04-30T01:10:00Z')).toISOString()).to.equal(
        '2026-05-01T01:10:00.000Z',
      );
      expect(nextTick('0 3 1 * *', new Date('2026-05-01T02:59:59.999Z')).toISOString()).to.equal(
        '2026-05-01T03:00:00.000Z',
      );
      expect(nextTick('*/15 * * * *', new Date('2026-04-30T23:46:00Z')).toISOString()).to.equal(
        '2026-05-01T00:00:00.000Z',
      );
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it('is that of the specification, less what asks a service that is not configured', () => {
    expect(
      Object.fromEntries(
        scheduledJobs(jobs, everything).map(({ name, queue, cron }) => [name, [queue, cron]]),
      ),
    ).to.deep.equal(specified);
    expect(scheduledJobs(jobs, nothing).map(({ name }) => name)).to.have.members([
      'drift.detect',
      'metering.day',
      'lifecycle.day',
      'invoices.rollup',
    ]);
  });

  it('names a queued run by job and input, whatever the order of its keys', () => {
    expect(queuedRunId('a', { x: 1, y: { b: 2, a: 3 } })).to.equal(
      queuedRunId('a', { y: { a: 3, b: 2 }, x: 1 }),
    );
    expect(new Set([queuedRunId('a', {}), queuedRunId('b', {}), queuedRunId('a', { x: 1 })]).size).to.equal(
      3,
    );
    expect(queuedRunId('a', { day: '2026-04-01' })).to.not.contain(':');
  });
});

describe('the schedule in Redis', () => {
  let test: TestLedger;
  let redis: TestRedis;
  let connection: Redis;
  let stage: ReturnType<typeof stageWorkers>;
  const prefix = 'arcadia:schedule-test';

  before(async () => {
    [test, redis] = await Promise.all([startTestLedger(), startTestRedis()]);
    connection = new Redis({ path: redis.target.path, maxRetriesPerRequest: null });
    stage = stageWorkers(test, redis);
  });
  afterEach(async () => {
    await stage.close();
    stage = stageWorkers(test, redis);
    await connection.flushall();
    await test.sql`truncate queued_runs, job_schedule, job_runs`;
  });
  after(async () => {
    connection.disconnect();
    await redis.stop();
    await test.close();
  });

  async function schedulers() {
    const found: {
      name: string;
      queue: string;
      pattern: string | undefined;
      tz: string | undefined;
      next: string;
    }[] = [];
    for (const name of queueNames) {
      const queue = new Queue(name, { connection, prefix, skipMetasUpdate: true });
      for (const { key, pattern, tz, next } of await queue.getJobSchedulers())
        found.push({ name: key, queue: name, pattern, tz, next: new Date(next ?? 0).toISOString() });
      await queue.close();
    }
    return found;
  }
  /** Waits until a worker has confirmed the schedule after now. */
  const confirmed = async (): Promise<void> => {
    const [{ at }] = await test.sql<[{ at: string }]>`select clock_timestamp() as at`;
    await until(
      'the schedule confirmed anew',
      () => test.sql`select 1 from job_schedule where confirmed_at > ${at}::timestamptz`,
      (rows) => rows.count > 0,
    );
  };

  it('has a scheduler for each job with a cron pattern, in its queue, in UTC, over two workers', async () => {
    await Promise.all([
      stage.start(jobs, { prefix, ...everything, times: { lookMs: 60_000 } }).started,
      stage.start(jobs, { prefix, ...everything, times: { lookMs: 60_000 } }).started,
    ]);
    const found = await schedulers();
    expect(
      Object.fromEntries(found.map(({ name, queue, pattern }) => [name, [queue, pattern]])),
    ).to.deep.equal(specified);
    expect(found).to.have.length(Object.keys(specified).length);
    expect(found.every(({ tz }) => tz === 'UTC')).to.equal(true);
    expect(found.find(({ name }) => name === 'metering.day')?.next).to.match(/T01:10:00\.000Z$/);
    const { runner } = stage.start([]);
    // A tick between the two looks makes them differ.
    await until(
      'the schedule as Redis has it',
      async () => {
        const { schedules } = await runner.schedule();
        return (await schedulers()).filter(
          ({ name, next }) =>
            schedules.get(name)?.scheduled !== true || schedules.get(name)?.next_run_at !== next,
        );
      },
      (different) => different.length === 0,
    );
  });

  it('drops what is scheduled no longer, and follows a pattern that has changed', async () => {
    const run = async (): Promise<void> => undefined;
    const first = stage.start(
      [testJob({ name: 'goes', cron: yearly, run }), testJob({ name: 'stays', cron: yearly, run })],
      { prefix },
    );
    await first.started;
    await first.end();
    const second = stage.start([testJob({ name: 'stays', cron: '0 0 1 2 *', run })], { prefix });
    await second.started;
    expect((await schedulers()).map(({ name, pattern }) => [name, pattern])).to.deep.equal([
      ['stays', '0 0 1 2 *'],
    ]);
  });

  it('is made again at the next check when Redis has lost it', async () => {
    await stage.start([testJob({ name: 'stays', cron: yearly, run: async () => undefined })], { prefix })
      .started;
    await connection.flushall();
    await confirmed();
    await until('one scheduler', schedulers, (found) => found.length === 1);
    expect((await schedulers())[0]).to.include({ name: 'stays', pattern: yearly });
  });

  it('is no longer shown as in force once no worker has confirmed it for minutes', async () => {
    const worker = stage.start([testJob({ name: 'stays', cron: yearly, run: async () => undefined })], {
      prefix,
    });
    await worker.started;
    expect((await worker.runner.schedule()).schedules.get('stays')?.scheduled).to.equal(true);
    await worker.end();
    await test.sql`update job_schedule set confirmed_at = clock_timestamp() - interval '4 minutes'`;
    expect((await worker.runner.schedule()).schedules.get('stays')).to.include({
      scheduled: false,
      next_run_at: null,
    });
  });
});

import { Queue, Worker } from 'bullmq';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { noStallLimit } from '../../../src/jobs/bullmq-repairs/stall-count.ts';
import { startTestRedis, type TestRedis } from '../../support/embedded/test-redis.ts';
import { until } from '../../support/runtime/until.ts';

describe('the stall count of BullMQ', () => {
  let redis: TestRedis;
  before(async () => {
    redis = await startTestRedis();
  });
  after(async () => {
    await redis.stop();
  });

  /** How an entry with ten attempts ends whose first two workers lost it in the middle of the work. */
  async function afterTwoStalls(name: string, options: { maxStalledCount?: number }): Promise<string> {
    const connection = new Redis({ path: redis.target.path, maxRetriesPerRequest: null });
    connection.on('error', () => undefined);
    const queue = new Queue(name, { connection });
    let taken = 0;
    const workers: Worker[] = [];
    const work = (): void => {
      const worker = new Worker(
        name,
        async () => {
          taken += 1;
          if (taken <= 2) await new Promise(() => undefined);
        },
        { connection, lockDuration: 200, stalledInterval: 100, skipLockRenewal: true, ...options },
      );
      worker.on('error', () => undefined);
      workers.push(worker);
    };
    try {
      const { id = '' } = await queue.add('work', {}, { attempts: 10 });
      for (let n = 0; n < 3; n += 1) work();
      return await until(
        'the end of the entry',
        async () => String(await queue.getJobState(id)),
        (state) => state === 'completed' || state === 'failed',
      );
    } finally {
      await Promise.all(workers.map((worker) => worker.close(true)));
      await queue.close();
      connection.disconnect();
    }
  }

  it('fails an entry that has attempts left: while it does, the repair stays', async () => {
    expect(await afterTwoStalls('plain', {})).to.equal('failed');
  });

  it('counts for nothing with the repair', async () => {
    expect(await afterTwoStalls('repaired', noStallLimit)).to.equal('completed');
  });
});

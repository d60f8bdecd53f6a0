import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { hasScheduler, tickTime } from '../../../src/jobs/bullmq-repairs/waiting-tick.ts';
import { startTestRedis, type TestRedis } from '../../support/embedded/test-redis.ts';

describe('a tick of BullMQ that waits for a worker', () => {
  const everySecond = '* * * * * *';
  let redis: TestRedis;
  let connection: Redis;
  let queue: Queue;
  before(async () => {
    redis = await startTestRedis();
    connection = new Redis({ path: redis.target.path, maxRetriesPerRequest: null });
    queue = new Queue('ticks', { connection });
  });
  after(async () => {
    await queue.close();
    connection.disconnect();
    await redis.stop();
  });

  const upsert = (pattern = everySecond) => queue.upsertJobScheduler('a.job', { pattern, tz: 'UTC' });
  /** The entry that has come due, which no worker has taken. */
  async function dueEntry(): Promise<{ id: string; at: Date }> {
    await upsert();
    const { next = 0 } = (await queue.getJobScheduler('a.job')) ?? {};
    await sleep(Math.max(0, next - Date.now()) + 50);
    const entry = await queue.getJob(`repeat:a.job:${next}`);
    if (entry === undefined) throw new Error('the scheduler has written no entry');
    expect(tickTime(entry).getTime()).to.equal(next);
    return { id: entry.id ?? '', at: new Date(next) };
  }

  it('is dropped where its scheduler is written again: while it is, the repair stays', async () => {
    const { id } = await dueEntry();
    await upsert();
    expect(await queue.getJob(id)).to.equal(undefined);
  });

  it('is seen by the repair, which then leaves the scheduler alone', async () => {
    const { id } = await dueEntry();
    expect(await hasScheduler(queue, 'a.job', everySecond)).to.equal(true);
    expect(await queue.getJob(id)).to.not.equal(undefined);
  });

  it('is no reason to keep a scheduler of another pattern, or one that has lost its entry', async () => {
    const { id } = await dueEntry();
    expect(await hasScheduler(queue, 'a.job', '* * * * *')).to.equal(false);
    await (await queue.getJob(id))?.remove().catch(() => connection.del(`bull:ticks:${id}`));
    expect(await hasScheduler(queue, 'a.job', everySecond)).to.equal(false);
    expect(await hasScheduler(queue, 'another.job', everySecond)).to.equal(false);
  });
});

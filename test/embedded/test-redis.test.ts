import { expect } from 'chai';
import { Redis } from 'ioredis';
import { pidExists } from '../../src/embedded/processes.ts';
import { pingRedis } from '../../src/embedded/redis-ping.ts';
import { startTestRedis } from '../support/embedded/test-redis.ts';
import type { TestRedis } from '../support/embedded/test-redis.ts';

describe('the Redis of a test', () => {
  let redis: TestRedis;
  let client: Redis;

  before(async () => {
    redis = await startTestRedis();
    client = new Redis(redis.target.path, { retryStrategy: () => 10 });
    client.on('error', () => undefined);
  });

  after(async () => {
    client.disconnect();
    await redis.stop();
    await redis.stop();
  });

  it('keeps every acknowledged write over a kill -9, or loses all', async () => {
    await client.set('note', 'kept');
    const first = redis.pid;
    await redis.kill();
    expect(pidExists(first)).to.equal(false);
    await redis.restart({ keepData: true });
    expect(await client.get('note')).to.equal('kept');
    await redis.restart({ keepData: false });
    expect(await client.get('note')).to.equal(null);
    expect(redis.pid).to.not.equal(first);
  });

  it('can be made to keep silent, and to go on', async () => {
    redis.pause();
    expect(await pingRedis(redis.target, 50)).to.equal(null);
    redis.resume();
    expect(await client.ping()).to.equal('PONG');
  });
});

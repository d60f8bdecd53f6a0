import { expect } from 'chai';
import { Redis } from 'ioredis';
import { FallbackTally } from '../../src/digitalocean/fallback-tally.ts';
import { LocalTally } from '../../src/digitalocean/request-tally.ts';
import { createRedisTally, type RedisTally, type RedisTallyOptions } from '../../src/jobs/redis-tally.ts';
import { startTestRedis, type TestRedis } from '../support/embedded/test-redis.ts';
import { until } from '../support/runtime/until.ts';

const limits = { perMinute: 10, perHour: 40 };
const minuteMs = 60_000;

describe('the tally of requests in Redis', () => {
  let redis: TestRedis;
  let asked: Redis;
  let token = '';
  let tests = 0;
  const opened: RedisTally[] = [];
  before(async () => {
    redis = await startTestRedis();
    asked = new Redis({ path: redis.target.path });
    asked.on('error', () => undefined);
  });
  after(async () => {
    asked.disconnect();
    await redis.stop();
  });
  beforeEach(() => {
    tests += 1;
    token = `token of test ${tests}`;
  });
  afterEach(() => {
    opened.splice(0).forEach((tally) => {
      tally.close();
    });
  });

  const open = (changes: Partial<RedisTallyOptions> = {}): RedisTally => {
    const baseUrl = 'http://127.0.0.1:1';
    const tally = createRedisTally({ baseUrl, token, limits, find: async () => redis.target, ...changes });
    opened.push(tally);
    return tally;
  };
  /** A process that counts in it, whose own clock is off by so much. */
  const openProcess = (skewMs = 0) => {
    const clock = { now: () => Date.now() + skewMs };
    return new FallbackTally(new LocalTally(limits, clock), { tally: open() });
  };
  const taken = async (
    tally: { take(share: number): Promise<number | null> },
    times: number,
    share = 100,
  ) => {
    let granted = 0;
    for (let time = 0; time < times; time += 1) if ((await tally.take(share)) === 0) granted += 1;
    return granted;
  };

  it('leaves each priority its share, over all processes', async () => {
    const [backups, others, billing] = [open(), open(), open()];
    expect(await taken(backups, 10, 80)).to.equal(8);
    expect(await taken(others, 5, 80)).to.equal(0);
    expect(await taken(others, 5, 90)).to.equal(1);
    expect(await taken(billing, 5, 100)).to.equal(1);
    expect(await billing.take(100)).to.be.within(1, 60_500);
  });

  it('has a tally for each token and each address, and names neither in Redis', async () => {
    const [one, other, elsewhere] = [
      open(),
      open({ token: `${token} b` }),
      open({ baseUrl: 'http://127.0.0.2' }),
    ];
    expect(await taken(one, 20)).to.equal(10);
    await one.hold(90_000);
    expect(await taken(other, 20)).to.equal(10);
    expect(await taken(elsewhere, 20)).to.equal(10);
    expect(await other.heldForMs()).to.equal(0);
    const keys = (await asked.keys('*')).join(' ');
    expect(keys).not.to.include(token);
    expect(keys).not.to.include('127.0.0');
  });

  it('honours what remains of the hour and a smaller limit, whichever process was answered', async () => {
    const [one, other] = [open(), open()];
    await one.observe({ limit: null, remaining: 3 });
    expect([await taken(other, 2), await taken(one, 5)]).to.deep.equal([2, 1]);
    expect(await other.heldForMs()).to.be.within(1, minuteMs);
    token += ' again';
    const [third, fourth] = [open(), open()];
    await third.observe({ limit: 4, remaining: null });
    expect(await taken(fourth, 6)).to.equal(4);
    expect(await third.take(100), 'the hour').to.be.above(3_000_000);
    await third.observe({ limit: 5_000, remaining: null });
    expect(await taken(fourth, 20), 'never above the limit of the minute').to.equal(6);
  });

  it('leaves nothing in Redis for longer than it counts', async () => {
    const tally = open();
    await tally.take(100);
    await tally.observe({ limit: 50, remaining: 20 });
    await tally.hold(1_800_000);
    // A shorter hold after a longer one does not end it, nor its key.
    await tally.hold(1_000);
    await tally.observe({ limit: null, remaining: 19 });
    const keys = (await asked.keys('*')).sort();
    const lives = await Promise.all(keys.map((key) => asked.pttl(key)));
    expect(lives.every((life) => life > 0 && life <= 2 * 3_600_000 + 1_000)).to.equal(true);
    expect(await tally.heldForMs()).to.be.above(60_500);
  });

  it('goes by the clock of Redis, however far those of the processes are off', async () => {
    const [ahead, behind] = [openProcess(7_200_000), openProcess(-7_200_000)];
    expect([await taken(ahead, 6), await taken(behind, 9)]).to.deep.equal([6, 4]);
    behind.hold(30_000);
    await until('the hold', async () => (await ahead.heldForMs()) > 0);
    expect(await ahead.heldForMs()).to.be.within(1, 30_000);
  });

  it('forgets what a clock counted that was far ahead, and keeps what is recent', async () => {
    const at = Date.now();
    expect(await taken(open({ now: () => at + 7_200_000 }), 10)).to.equal(10);
    expect(await taken(open({ now: () => at }), 8)).to.equal(8);
    expect(await taken(open({ now: () => at - 5_000 }), 8)).to.equal(2);
  });

  it('counts for all what each sent while Redis was away, also of one that sends no more', async () => {
    const [idle, busy] = [openProcess(), openProcess()];
    expect([await taken(idle, 2), await taken(busy, 2)]).to.deep.equal([2, 2]);
    await redis.kill();
    expect([await taken(idle, 3), await taken(busy, 1)]).to.deep.equal([3, 1]);
    await redis.restart({ keepData: false });
    await asked.ping().catch(() => undefined);
    await until('both processes in Redis', async () => {
      const [key] = await asked.keys('*:sent').catch(() => []);
      return key !== undefined && (await asked.zcard(key).catch(() => 0)) === 8;
    });
    expect(await taken(busy, 5)).to.equal(2);
    expect(await idle.take(100)).to.be.above(0);
  });

  it('leaves each process to itself where Redis cannot be found, and once it is closed', async () => {
    const tally = open({
      find: async () => {
        throw new Error('no directory');
      },
    });
    const alone = new FallbackTally(new LocalTally(limits, { now: () => Date.now() }), { tally });
    expect(await taken(alone, 4)).to.equal(4);
    tally.close();
    expect(await taken(alone, 10)).to.equal(6);
    expect(await alone.heldForMs()).to.equal(0);
  });
});

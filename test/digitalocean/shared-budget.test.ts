import { expect } from 'chai';
import {
  emptyAccount,
  startDigitalOceanSimulator,
  type DigitalOceanSimulator,
} from '../../simulators/digitalocean/index.ts';
import { FallbackTally } from '../../src/digitalocean/fallback-tally.ts';
import { LocalTally } from '../../src/digitalocean/request-tally.ts';
import { createRedisTally } from '../../src/jobs/redis-tally.ts';
import { mostInWindow, runBudgetProcesses } from '../support/digitalocean/budget-processes.ts';
import { startTestRedis, type TestRedis } from '../support/embedded/test-redis.ts';
import { until } from '../support/runtime/until.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;
/** The minute is DigitalOcean's; the hour is scaled down, so that its end is reached. */
const limits = { perMinute: 250, perHour: 600 };

describe('one request budget for two processes', () => {
  let redis: TestRedis;
  let simulator: DigitalOceanSimulator;
  before(async () => {
    redis = await startTestRedis();
  });
  after(() => redis.stop());
  beforeEach(async () => {
    simulator = await startDigitalOceanSimulator({ account: emptyAccount(), options: { limits } });
  });
  afterEach(() => simulator.close());

  it('C4 stays within both windows, uses them in full, and goes on where one of them is killed', async () => {
    await runBudgetProcesses(simulator, { limits, redisPath: redis.target.path }, [
      { work: 'billing', requests: 500 },
      { work: 'domains', requests: 300 },
      { work: 'domains', requests: 300, killed: true },
    ]);
    const { requests } = simulator;
    expect(requests.filter(({ status }) => status !== 200)).to.deep.equal([]);
    expect(requests.length).to.be.at.least(800);
    expect(mostInWindow(requests, minuteMs)).to.equal(limits.perMinute);
    expect(mostInWindow(requests, hourMs)).to.equal(limits.perHour);
  });

  it('C4 a 429 of one holds back the other; two that count alone are found out by the log', async () => {
    const sentWhileHeld = async (redisPath: string | null) => {
      simulator.faults.inject({
        nth: 100,
        times: 1,
        effect: { kind: 'rate_limited', variant: 'burst', retryAfter: '90' },
      });
      await runBudgetProcesses(simulator, { limits, redisPath }, [
        { work: 'billing', requests: 200 },
        { work: 'billing', requests: 200 },
      ]);
      const { requests } = simulator;
      const refused = requests.findIndex(({ status }) => status === 429);
      const refusedAt = requests[refused]?.at_ms ?? 0;
      const held = requests.slice(refused + 1).filter(({ at_ms }) => at_ms < refusedAt + 90_000);
      // What was on its way when the answer came has its time; time moves when both of them sleep.
      return { held: held.length, later: held.filter(({ at_ms }) => at_ms > refusedAt).length };
    };
    expect((await sentWhileHeld(redis.target.path)).later).to.equal(0);
    expect(simulator.requests.filter(({ status }) => status === 429)).to.have.length(1);
    expect(mostInWindow(simulator.requests, minuteMs)).to.be.at.most(limits.perMinute);
    await simulator.close();
    simulator = await startDigitalOceanSimulator({ account: emptyAccount(), options: { limits } });
    expect((await sentWhileHeld(null)).held).to.be.greaterThan(0);
  });

  it('counts alone while Redis is away, says so once, and hands over what it counted', async () => {
    const few = { perMinute: 5, perHour: 600 };
    const lines: string[] = [];
    const logger = {
      info: (message: string) => void lines.push(message),
      warn: (_fields: object, message: string) => void lines.push(message),
    };
    const tallies = [1, 2].map(() =>
      createRedisTally({
        baseUrl: 'http://127.0.0.1:1',
        token: 'of-this-test',
        limits: few,
        find: async () => redis.target,
      }),
    );
    const clock = { now: () => Date.now() };
    const [first, second] = tallies.map(
      (tally) => new FallbackTally(new LocalTally(few, clock), { tally, logger }),
    );
    const take = (tally = first): Promise<number> | undefined => tally?.take(100);
    expect(await take()).to.equal(0);
    await redis.kill();
    for (let sent = 0; sent < 3; sent += 1) expect(await take()).to.equal(0);
    first?.hold(1);
    expect(lines).to.deep.equal([
      'Redis is away: until it is back, this process counts its requests to DigitalOcean alone',
    ]);
    await redis.restart({ keepData: true });
    await until('the shared budget', async () => {
      await first?.heldForMs();
      return lines.length > 1;
    });
    expect(lines.slice(1)).to.deep.equal([
      'the processes share one budget of requests to DigitalOcean again',
    ]);
    expect(await take(second)).to.equal(0);
    expect(await take(second)).to.be.within(1, 60_500);
    expect(await take()).to.be.within(1, 60_500);
    second?.hold(90_000);
    await until('the hold', async () => ((await first?.heldForMs()) ?? 0) > 61_000);
    tallies.forEach((tally) => tally.close());
  });
});

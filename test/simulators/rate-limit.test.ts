import { expect } from 'chai';
import { emptyAccount, ignoredRetryAfter } from '../../simulators/digitalocean/index.ts';
import { eachTestHasSimulator, get } from '../support/simulators/simulator.ts';

const now = '2026-05-09T15:00:00Z';

describe('the DigitalOcean stand-in keeps count', () => {
  const current = eachTestHasSimulator(() => ({
    account: emptyAccount(),
    now,
    limits: { perMinute: 3, perHour: 5 },
  }));
  const statuses = async (requests: number, token?: string): Promise<number[]> => {
    const seen: number[] = [];
    for (let request = 0; request < requests; request += 1)
      seen.push((await get(current(), '/v2/droplets', token)).status);
    return seen;
  };

  it('shows its rate limit on every answer, errors too', async () => {
    for (const [path, token] of [
      ['/v2/droplets', undefined],
      ['/v2/nothing', undefined],
      ['/v2/droplets', 'wrong'],
    ] as const) {
      const { headers } = await get(current(), path, token);
      expect(headers.get('ratelimit-limit')).to.equal('5');
      expect(headers.get('ratelimit-remaining')).to.match(/^\d+$/);
      expect(headers.get('ratelimit-reset')).to.equal(String(Date.parse(now) / 1000 + 3600));
      expect(headers.get('x-request-id')).to.match(/^[0-9a-f-]{36}$/);
      expect(headers.get('content-type')).to.equal('application/json; charset=utf-8');
    }
  });

  it('refuses a burst with retry-after and remaining 0, and lets the next minute in', async () => {
    const sim = current();
    expect(await statuses(3)).to.deep.equal([200, 200, 200]);
    sim.clock.advance(20_000);
    const refused = await get(sim, '/v2/droplets');
    expect(refused.status).to.equal(429);
    expect(refused.json['id']).to.equal('too_many_requests');
    expect([refused.headers.get('retry-after'), refused.headers.get('ratelimit-remaining')]).to.deep.equal([
      '40',
      '0',
    ]);
    sim.clock.advance(39_000);
    expect(await statuses(1)).to.deep.equal([429]);
    sim.clock.advance(1_000);
    expect(await statuses(1)).to.deep.equal([200]);
  });

  it('refuses the hour without retry-after; the window slides', async () => {
    const sim = current();
    await statuses(2);
    sim.clock.advance(30 * 60_000);
    await statuses(3);
    sim.clock.advance(5 * 60_000);
    const refused = await get(sim, '/v2/droplets');
    expect([refused.status, refused.headers.has('retry-after')]).to.deep.equal([429, false]);
    expect(refused.headers.get('ratelimit-reset')).to.equal(String(Date.parse(now) / 1000 + 3600));
    sim.clock.advance(25 * 60_000);
    expect(await statuses(3)).to.deep.equal([200, 200, 429]);
  });

  it('counts each token by itself, and a bad token not at all', async () => {
    const sim = current();
    sim.tokens.allow('other');
    await statuses(4, 'wrong');
    expect(await statuses(4)).to.deep.equal([200, 200, 200, 429]);
    expect(await statuses(1, 'other')).to.deep.equal([200]);
  });

  it('shows from its log which requests did not wait', async () => {
    const sim = current();
    await statuses(4);
    sim.clock.advance(59_000);
    expect(ignoredRetryAfter(sim.requests)).to.deep.equal([]);
    await statuses(1);
    sim.clock.advance(1_000);
    await statuses(1);
    expect(ignoredRetryAfter(sim.requests)).to.deep.equal([sim.requests[4]]);
  });

  it('has limits that can be lifted, and time that requests can move', async () => {
    current().options.limits = { perMinute: 1_000, perHour: 1_000 };
    current().options.requestMs = 100;
    expect(new Set(await statuses(10))).to.deep.equal(new Set([200]));
    expect(current().clock.iso()).to.equal('2026-05-09T15:00:01Z');
  });

  for (const retryAfter of ['0', '3600', 'soon', 'Sat, 09 May 2026 15:05:00 GMT']) {
    it(`can say retry-after: ${retryAfter}`, async () => {
      current().faults.inject({ times: 1, effect: { kind: 'rate_limited', variant: 'burst', retryAfter } });
      expect((await get(current(), '/v2/droplets')).headers.get('retry-after')).to.equal(retryAfter);
    });
  }

  it('can refuse in all three ways on demand', async () => {
    const sim = current();
    sim.options.limits = { perMinute: 100, perHour: 100 };
    for (const [variant, hasRetryAfter, resetIsPast] of [
      ['burst', true, false],
      ['hourly', false, false],
      ['past_reset', false, true],
    ] as const) {
      sim.faults.inject({ times: 1, effect: { kind: 'rate_limited', variant } });
      const { status, headers } = await get(sim, '/v2/droplets');
      expect([status, headers.get('ratelimit-remaining'), headers.has('retry-after')]).to.deep.equal([
        429,
        '0',
        hasRetryAfter,
      ]);
      expect(Number(headers.get('ratelimit-reset')) * 1000 < sim.clock.now()).to.equal(resetIsPast);
    }
  });
});

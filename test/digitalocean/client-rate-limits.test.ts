import { expect } from 'chai';
import { createRequestBudget } from '../../src/digitalocean/request-budget.ts';
import { aDomain, emptyAccount, type Account } from '../../simulators/digitalocean/index.ts';
import {
  errorOf,
  pagesAsked,
  requestLines,
  startTestAccount,
  virtualSleep,
  type TestAccount,
} from '../support/digitalocean/test-account.ts';

const manyDomains = (count: number): Account => ({
  ...emptyAccount(),
  domains: Array.from({ length: count }, () => aDomain()),
});

describe('DigitalOcean client: rate limits', () => {
  let test: TestAccount;
  afterEach(() => test.simulator.close());

  it('waits as long as retry-after says, and resumes at the page that was refused', async () => {
    test = await startTestAccount({ account: manyDomains(401) });
    test.simulator.faults.inject({
      page: 2,
      times: 1,
      effect: { kind: 'rate_limited', variant: 'burst', retryAfter: '17' },
    });
    expect(await test.client.listDomains()).to.have.length(401);
    expect(requestLines(test.simulator.requests)).to.deep.equal([
      '/v2/domains page 1 → 200',
      '/v2/domains page 2 → 429',
      '/v2/domains page 2 → 200',
      '/v2/domains page 3 → 200',
    ]);
    const [, refused, again] = test.simulator.requests;
    expect((again?.at_ms ?? 0) - (refused?.at_ms ?? 0)).to.be.at.least(17_000);
  });

  for (const variant of ['hourly', 'past_reset'] as const) {
    it(`backs off by itself, ever longer, from a 429 of the form "${variant}"`, async () => {
      test = await startTestAccount();
      test.simulator.faults.inject({ times: 3, effect: { kind: 'rate_limited', variant } });
      expect(await test.client.listDomains()).to.have.length(7);
      const at = test.simulator.requests.map(({ at_ms }) => at_ms);
      expect(at.slice(1).map((time, index) => time - (at[index] ?? 0))).to.deep.equal([1_250, 1_500, 3_000]);
    });
  }

  for (const retryAfter of ['0', 'soon', '']) {
    it(`backs off by itself where retry-after is ${JSON.stringify(retryAfter)}`, async () => {
      test = await startTestAccount();
      test.simulator.faults.inject({
        times: 1,
        effect: { kind: 'rate_limited', variant: 'burst', retryAfter },
      });
      await test.client.listDomains();
      expect(test.sleeps[0]).to.equal(1_250);
    });
  }

  it('takes an HTTP date', async () => {
    test = await startTestAccount({ now: '2026-05-09T15:00:00Z' });
    test.simulator.faults.inject({
      times: 1,
      effect: { kind: 'rate_limited', variant: 'burst', retryAfter: 'Sat, 09 May 2026 15:00:42 GMT' },
    });
    await test.client.listDomains();
    expect(test.simulator.requests[1]?.at).to.equal('2026-05-09T15:00:42Z');
  });

  it('does not wait for a huge retry-after: it fails at once and says when to try again', async () => {
    test = await startTestAccount({ now: '2026-05-09T15:00:00Z' });
    test.simulator.faults.inject({
      times: 1,
      effect: { kind: 'rate_limited', variant: 'burst', retryAfter: '3600' },
    });
    const error = await errorOf(test.client.listDomains());
    expect(error).to.include({ code: 'rate-limited', status: 429, retryAt: '2026-05-09T16:00:00.000Z' });
    expect(error.message).to.contain('2026-05-09T16:00:00.000Z');
    expect(test.sleeps).to.deep.equal([]);

    const next = await errorOf(test.client.getBalance());
    expect(next).to.include({ code: 'rate-limited', retryAt: '2026-05-09T16:00:00.000Z' });
    expect(test.simulator.requests, 'nothing is sent meanwhile').to.have.length(1);

    test.simulator.clock.advanceTo('2026-05-09T16:00:00Z');
    expect(await test.client.listDomains()).to.have.length(7);
  });

  it('gives up on a 429 that does not end, after five attempts', async () => {
    test = await startTestAccount();
    test.simulator.faults.inject({ effect: { kind: 'rate_limited', variant: 'hourly' } });
    const error = await errorOf(test.client.listDomains());
    expect(error.code).to.equal('rate-limited');
    expect(error.message).to.match(/gave up after 5 attempts, try again at 2026-/);
    expect(test.simulator.requests).to.have.length(5);
  });

  it('stays within both windows by itself: no 429 in three full windows', async () => {
    test = await startTestAccount({
      account: manyDomains(201),
      limits: { perMinute: 10, perHour: 40 },
      options: { requestMs: 20 },
    });
    const budget = createRequestBudget({
      perMinute: 10,
      perHour: 40,
      clock: test.simulator.clock,
      sleep: virtualSleep(test.simulator),
    });
    const client = test.clientWith({ budget });
    for (let sweep = 0; sweep < 60; sweep += 1) await client.listDomains();
    expect(test.simulator.requests).to.have.length(120);
    expect(test.simulator.requests.filter(({ status }) => status !== 200)).to.deep.equal([]);
  });

  it('shares one budget between two clients of one token', async () => {
    test = await startTestAccount({ limits: { perMinute: 10, perHour: 5000 }, options: { requestMs: 20 } });
    const budget = createRequestBudget({
      perMinute: 10,
      perHour: 5000,
      clock: test.simulator.clock,
      sleep: virtualSleep(test.simulator),
    });
    const [one, two] = [test.clientWith({ budget }), test.clientWith({ budget })];
    for (let turn = 0; turn < 15; turn += 1) {
      await one.getBalance();
      await two.listProjects();
    }
    expect(test.simulator.requests).to.have.length(30);
    expect(test.simulator.requests.every(({ status }) => status === 200)).to.equal(true);
  });

  it('finishes on a token that another client uses too, by retry-after alone', async () => {
    test = await startTestAccount({ account: manyDomains(1_900), limits: { perMinute: 5, perHour: 5000 } });
    for (let other = 0; other < 4; other += 1) {
      await fetch(`${test.simulator.url}/v2/account`, {
        headers: { authorization: `Bearer ${test.simulator.token}` },
      });
    }
    expect(await test.client.listDomains()).to.have.length(1_900);
    const pages = pagesAsked(
      test.simulator.requests.filter(({ status }) => status === 200),
      '/v2/domains',
    );
    expect(pages).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const refused = test.simulator.requests.filter(({ status }) => status === 429);
    expect(refused.length).to.be.within(1, 3);
  });
});

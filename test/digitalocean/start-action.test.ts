import { expect } from 'chai';
import {
  aDroplet,
  emptyAccount,
  startDigitalOceanSimulator,
  type DigitalOceanSimulator,
} from '../../simulators/digitalocean/index.ts';
import type { QuotaHeaders } from '../../src/digitalocean/request-tally.ts';
import { createActionStarter } from '../../src/digitalocean/start-action.ts';
import { WRITE_TOKEN } from '../support/digitalocean/test-provisioning.ts';

describe('the request for a droplet action', () => {
  const droplet = aDroplet();
  let simulator: DigitalOceanSimulator;
  before(async () => {
    simulator = await startDigitalOceanSimulator({ account: { ...emptyAccount(), droplets: [droplet] } });
    simulator.tokens.allow(WRITE_TOKEN, ['droplet:update']);
  });
  after(() => simulator.close());

  it('takes note of the quota of its token, and holds all back after a 429', async () => {
    const observed: QuotaHeaders[] = [];
    const heldUntil: number[] = [];
    const starter = createActionStarter({
      baseUrl: simulator.url,
      token: WRITE_TOKEN,
      clock: { now: () => 1_000 },
      budget: {
        acquire: async () => undefined,
        observe: (quota) => void observed.push(quota),
        holdUntil: (time) => void heldUntil.push(time),
        heldForMs: async () => 0,
      },
    });
    const start = () => starter.startAction(String(droplet.id), { type: 'power_off' }, () => true);
    expect((await start()).kind).to.equal('started');
    expect(observed).to.deep.equal([{ limit: 5_000, remaining: 4_999 }]);
    simulator.faults.inject({ effect: { kind: 'rate_limited', variant: 'burst', retryAfter: '20' } });
    expect((await start()).kind).to.equal('rate-limited');
    expect(observed).to.have.length(1);
    expect(heldUntil).to.deep.equal([21_000]);
  });
});

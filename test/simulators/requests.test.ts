import { expect } from 'chai';
import { emptyAccount, loadSampleAccount } from '../../simulators/digitalocean/index.ts';
import { eachTestHasSimulator, get, itemsUnder, post } from '../support/simulators/simulator.ts';

describe('the DigitalOcean stand-in', () => {
  const current = eachTestHasSimulator(() => ({ now: '2026-05-09T15:00:00Z' }));

  for (const [form, header] of [
    ['missing', null],
    ['wrong', 'Bearer unknown'],
    ['malformed', 'dop_v1_simulator'],
    ['another scheme', 'Basic abc'],
  ] as const) {
    it(`answers 401 to a token that is ${form}, before anything else`, async () => {
      for (const path of ['/v2/droplets', '/v2/no-such-path']) {
        const response = await fetch(current().url + path, {
          headers: header === null ? {} : { authorization: header },
        });
        expect(response.status).to.equal(401);
        expect(await response.json()).to.deep.equal({
          id: 'unauthorized',
          message: 'Unable to authenticate you.',
        });
      }
    });
  }

  it('answers 404 to what it does not have, 405 to what it does not do', async () => {
    for (const path of [
      '/v2/nothing',
      '/v2/droplets/1',
      '/v2/droplets/1/backups',
      '/v2/domains/none.example',
      '/v2/projects/none/resources',
      '/v2/customers/my/invoices/none/csv',
    ]) {
      const { status, json } = await get(current(), path);
      expect([path, status, json['id']]).to.deep.equal([path, 404, 'not_found']);
    }
    expect((await post(current(), '/v2/droplets', {})).status).to.equal(405);
  });

  it('writes down every request', async () => {
    const sim = current();
    await get(sim, '/v2/droplets?page=2&per_page=200');
    sim.clock.advance(1_000);
    await get(sim, '/v2/domains', 'wrong');
    expect(sim.requests).to.deep.equal([
      {
        method: 'GET',
        url: `${sim.url}/v2/droplets?page=2&per_page=200`,
        path: '/v2/droplets',
        query: { page: '2', per_page: '200' },
        page: 2,
        status: 200,
        token: sim.token,
        at: '2026-05-09T15:00:00Z',
        at_ms: Date.parse('2026-05-09T15:00:00Z'),
        retry_after: null,
        fault: null,
      },
      {
        method: 'GET',
        url: `${sim.url}/v2/domains`,
        path: '/v2/domains',
        query: {},
        page: 1,
        status: 401,
        token: 'wrong',
        at: '2026-05-09T15:00:01Z',
        at_ms: Date.parse('2026-05-09T15:00:01Z'),
        retry_after: null,
        fault: null,
      },
    ]);
  });

  it('serves the sample account unless given another, each start a fresh copy', async () => {
    const sim = current();
    const count = async (path: string, key: string): Promise<number> =>
      itemsUnder((await get(sim, path)).json, key).length;
    expect(await count('/v2/droplets', 'droplets')).to.equal(5);
    expect(await count('/v2/domains', 'domains')).to.equal(7);
    expect(await count('/v2/snapshots', 'snapshots')).to.equal(12);
    expect(await count('/v2/firewalls', 'firewalls')).to.equal(1);
    expect(await count('/v2/droplets/401000001/backups', 'backups')).to.equal(3);
    sim.remove('droplet', 401000001);
    expect(await count('/v2/droplets', 'droplets')).to.equal(4);
    expect(loadSampleAccount().droplets).to.have.length(5);
    expect(emptyAccount().droplets).to.have.length(0);
  });
});

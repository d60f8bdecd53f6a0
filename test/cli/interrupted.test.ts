import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import {
  startDigitalOceanSimulator,
  type DigitalOceanSimulator,
} from '../../simulators/digitalocean/index.ts';
import { createApi } from '../support/http/api.ts';
import { TEST_SECRET } from '../support/http/tokens.ts';
import { runChild, startChild } from '../support/cli/child.ts';
import { until } from '../support/runtime/until.ts';

describe('a service that is stopped in the middle of work', () => {
  let data: string;
  let env: Record<string, string>;
  let simulator: DigitalOceanSimulator;

  const start = async () => {
    const service = startChild('src/main.ts', [], env);
    const [, url = ''] = await service.says(/listens on (http:\/\/localhost:\d+)/);
    return { service, api: createApi(url) };
  };
  /** Waits until the provider has been asked for droplets. */
  const asked = async (): Promise<void> => {
    await until('a request for droplets', () =>
      simulator.requests.some(({ path }) => path.startsWith('/v2/droplets')),
    );
  };

  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'arcadia-stop-'));
    simulator = await startDigitalOceanSimulator();
    env = {
      ARCADIA_DATA: data,
      JWT_SECRET: TEST_SECRET,
      PORT: '0',
      DIGITALOCEAN_URL: simulator.url,
      DIGITALOCEAN_TOKEN: simulator.token,
    };
  });
  after(async () => {
    await simulator.close();
    await rm(data, { recursive: true, force: true });
  });

  it('lets the job run and its request end, and takes no new ones', async () => {
    const { service, api } = await start();
    simulator.faults.inject({
      path: '/v2/droplets',
      times: 1,
      effect: { kind: 'stall_before_headers', ms: 1_000 },
    });
    const answer = api.post('jobs/sync.droplets/run');
    await asked();
    service.kill('SIGTERM');
    await service.says(/"signal":"SIGTERM"/);
    await sleep(100);
    expect(
      await api.get('/api/health').then(
        ({ status }) => status,
        () => 'refused',
      ),
    ).to.equal('refused');
    const { status, body } = await answer;
    expect([status, body.data.status, body.data.result?.seen]).to.deep.equal([200, 'completed', 5]);
    expect(await service.ended).to.equal(0);
  });

  it('exits at once on a second signal; the next process takes over the servers it leaves', async () => {
    const { service, api } = await start();
    simulator.faults.inject({ path: '/v2/droplets', effect: { kind: 'stall_before_headers' } });
    simulator.requests.length = 0;
    const cut = api.post('jobs/sync.droplets/run').then(
      () => 'answered',
      () => 'cut',
    );
    await asked();
    service.kill('SIGINT');
    await service.says(/"signal":"SIGINT"/);
    // Two signals within a shorter time count as one.
    await sleep(700);
    service.kill('SIGINT');
    expect(await service.ended).to.equal(130);
    expect(await cut).to.equal('cut');

    const next = await runChild('src/cli.ts', ['job', 'run', 'drift.detect'], env);
    expect([next.code, next.stderr]).to.deep.equal([0, '']);
    expect(await readdir(join(data, 'postgres', 'users'))).to.deep.equal([]);
    // The command line does not use Redis; a service does.
    const { service: after } = await start();
    after.kill('SIGTERM');
    expect(await after.ended).to.equal(0);
    expect(await readdir(join(data, 'redis', 'users'))).to.deep.equal([]);
    expect(await readdir(join(data, 'redis'))).to.not.include('server');
  });
});

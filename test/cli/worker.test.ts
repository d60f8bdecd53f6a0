import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createApi, ok, type Api, type Json } from '../support/http/api.ts';
import { whenReady } from '../support/http/when-ready.ts';
import { TEST_SECRET } from '../support/http/tokens.ts';
import { until } from '../support/runtime/until.ts';
import { runChild, startChild, type Child } from '../support/cli/child.ts';

/** The jobs that run by their schedule where no service outside is configured. */
const withoutClients = ['drift.detect', 'metering.day', 'lifecycle.day', 'invoices.rollup'];

describe('the API and workers as processes of their own', () => {
  let data: string;
  let env: Record<string, string>;
  const children: Child[] = [];

  const start = (args: readonly string[], more: Record<string, string> = {}): Child => {
    const child = startChild('src/cli.ts', args, { ...env, ...more });
    children.push(child);
    return child;
  };
  const urlOf = async (child: Child): Promise<string> =>
    (await child.says(/listens on (http:\/\/localhost:\d+)/))[1] ?? '';
  const listening = async (child: Child): Promise<Api> => createApi(await urlOf(child));
  const jobs = async (api: Api): Promise<Json[]> => (await ok(api.get('jobs'))).data;
  const stop = async (child: Child): Promise<number> => {
    child.kill('SIGTERM');
    return child.ended;
  };

  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'arcadia-worker-'));
    env = { ARCADIA_DATA: data, JWT_SECRET: TEST_SECRET, PORT: '0' };
  });
  after(async () => {
    // The last process to stop stops the embedded servers too.
    for (const child of children) child.kill('SIGTERM');
    await Promise.all(children.map((child) => child.ended));
    await rm(data, { recursive: true, force: true });
  });

  it('serves without a worker, and logs once which jobs have no schedule', async () => {
    const service = start(['serve', '--no-worker']);
    const api = await listening(service);
    expect((await jobs(api)).some((job) => job.scheduled)).to.equal(false);
    expect(await whenReady(api)).to.not.have.property('redis');

    const worker = start(['worker', '--port', '0']);
    const own = await listening(worker);
    expect(await ok(own.get('/api/health', { token: null }))).to.include({ status: 'ok' });
    expect((await whenReady(own)).redis).to.include({
      status: 'ok',
      required: true,
    });
    expect(await (await fetch(`${await urlOf(worker)}/metrics`)).text()).to.contain('arcadia_');
    expect((await own.get('jobs')).status).to.equal(404);
    expect(Object.keys((await ok(own.get('/api/openapi.json', { token: null }))).paths)).to.have.members([
      '/api/health',
      '/api/ready',
      '/metrics',
    ]);

    const scheduled = await until(
      'jobs that are scheduled',
      async () => (await jobs(api)).filter((job) => job.scheduled),
      (rows) => rows.length > 0,
    );
    expect(scheduled.map((job) => job.name)).to.have.members(withoutClients);
    expect(scheduled.find((job) => job.name === 'metering.day')?.next_run_at).to.match(/T01:10:00\.000Z$/);
    expect(worker.stdout().match(/DIGITALOCEAN_TOKEN is not set/g)).to.have.length(1);

    expect(await stop(worker)).to.equal(0);
    expect(await stop(service)).to.equal(0);
  });

  it('runs API and worker in one process by default', async () => {
    const service = startChild('src/main.ts', [], env);
    children.push(service);
    const api = await listening(service);
    await until(
      'all of these jobs that are scheduled',
      async () => (await jobs(api)).filter((job) => job.scheduled).length,
      (count) => count === withoutClients.length,
    );
    expect((await whenReady(api)).redis).to.include({
      status: 'ok',
      required: false,
    });
    expect(await stop(service)).to.equal(0);
    expect(service.stdout()).to.not.match(/"level":(40|50).*[Rr]edis/);
  });

  it('serves while Redis is away, and says so once', async () => {
    const service = start(['serve'], { REDIS_URL: 'redis://127.0.0.1:1' });
    const api = await listening(service);
    await service.says(/Redis is away/);
    expect((await whenReady(api)).redis).to.include({
      status: 'failed',
      required: false,
    });
    expect((await ok(api.post('jobs/drift.detect/run'))).data.status).to.equal('completed');
    expect((await jobs(api)).some((job) => job.name === 'sync.droplets' && job.scheduled)).to.equal(false);
    expect(await stop(service)).to.equal(0);
    expect(service.stdout().match(/Redis/g)).to.have.length(1);
  });

  it('refuses a port that is not a number', async () => {
    expect(await runChild('src/cli.ts', ['worker', '--port', 'http'], env)).to.include({
      code: 2,
      stderr: '--port: expected a port number, 0 to 65535\n',
    });
  });
});

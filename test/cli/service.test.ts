import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  startDigitalOceanSimulator,
  type DigitalOceanSimulator,
} from '../../simulators/digitalocean/index.ts';
import { createApi, ok, type Api, type Json } from '../support/http/api.ts';
import { whenReady } from '../support/http/when-ready.ts';
import { TEST_SECRET } from '../support/http/tokens.ts';
import { runChild, startChild, type Child } from '../support/cli/child.ts';

describe('the service as a process, and the command line beside it', () => {
  let data: string;
  let env: Record<string, string>;
  let simulator: DigitalOceanSimulator;
  let service: Child;
  let url: string;
  let api: Api;

  const arcadia = (...args: string[]) => runChild('src/cli.ts', args, env);

  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'arcadia-cli-'));
    simulator = await startDigitalOceanSimulator();
    env = {
      ARCADIA_DATA: data,
      JWT_SECRET: TEST_SECRET,
      PORT: '0',
      DIGITALOCEAN_URL: simulator.url,
      DIGITALOCEAN_TOKEN: simulator.token,
    };
    // The tests run the jobs themselves: a scheduled run would disturb them.
    service = startChild('src/cli.ts', ['serve', '--no-worker'], env);
    [, url = ''] = await service.says(/listens on (http:\/\/localhost:\d+)/);
    api = createApi(url);
  });

  after(async () => {
    service.kill('SIGKILL');
    await simulator.close();
    await rm(data, { recursive: true, force: true });
  });

  it('starts on an empty directory, ready, with the catalog', async () => {
    await whenReady(api);
    expect((await ok(api.get('catalog/plans'))).data.map((plan: Json) => plan.code)).to.have.members([
      'starter',
      'studio',
      'pro',
    ]);
  });

  it('logs neither tokens nor secrets', async () => {
    await api.get('/api/v1/catalog/plans?cursor=not-for-the-log');
    expect(service.stdout())
      .to.not.match(/Bearer|not-for-the-log/)
      .and.to.not.contain(TEST_SECRET)
      .and.to.not.contain(simulator.token);
  });

  it('takes jobs from the command line, whose events the running service shows', async () => {
    const { code, stdout } = await arcadia('job', 'run', 'sync.droplets');
    expect(code).to.equal(0);
    const [head, ...counts] = stdout.split('\n');
    expect(head).to.match(/^sync\.droplets completed in \d+\.\d s \(run [0-9a-f-]{36}\)$/);
    expect(counts).to.deep.equal(['  seen     5', '  changed  5', '  missed   0', '']);
    const again = await arcadia('job', 'run', 'sync.droplets', '--json');
    const run = JSON.parse(again.stdout);
    expect(run).to.deep.include({
      job: 'sync.droplets',
      status: 'completed',
      result: { seen: 5, changed: 0, missed: 0 },
      error: null,
    });
    expect(run.actor).to.match(/^cli:/);
    const listed = (await ok(api.get('jobs'))).data.find((row: Json) => row.name === 'sync.droplets');
    expect(listed.last_run).to.include({ id: run.id, status: 'completed' });
    expect((await ok(api.get('inventory?kind=droplet'))).data).to.have.length(5);
  });

  it('exits with 1 for a job that failed, with the reason', async () => {
    simulator.tokens.revoke(simulator.token);
    const { code, stdout } = await arcadia('job', 'run', 'billing.balance');
    simulator.tokens.allow(simulator.token);
    expect([code, stdout]).to.satisfy(
      ([exit, text]: [number, string]) =>
        exit === 1 && /^billing\.balance failed .*\n {2}upstream-failed: /.test(text),
      stdout,
    );
  });

  it('exits with 2 for a command line or an environment that is not valid', async () => {
    const unknown = await arcadia('job', 'run', 'no.such.job');
    expect([unknown.code, unknown.stdout]).to.deep.equal([2, '']);
    expect(unknown.stderr).to.contain('There is no job no.such.job').and.to.contain('sync.droplets');
    expect((await arcadia('job', 'run', 'billing.ingest_invoice', 'invoice=1')).code).to.equal(2);
    expect((await arcadia('frobnicate')).code).to.equal(2);
    const unconfigured = await runChild('src/cli.ts', ['job', 'run', 'billing.balance'], {
      ...env,
      JWT_SECRET: '',
      TAX_RATE: 'ten',
    });
    expect(unconfigured.code).to.equal(2);
    expect(unconfigured.stderr)
      .to.contain('TAX_RATE')
      .and.to.not.contain('JWT_SECRET')
      .and.to.not.contain('    at ');
    const unsigned = await runChild('src/cli.ts', ['token', '--tenant', 'acme'], {
      ...env,
      JWT_SECRET: '',
      TAX_RATE: 'ten',
    });
    expect([unsigned.code, unsigned.stderr.split('\n')[1]]).to.deep.equal([
      2,
      '  JWT_SECRET: is required (or JWT_JWKS_URL, for tokens signed with RS256 or ES256)',
    ]);
  });

  it('needs no secret, and ignores bad settings, that a command does not use', async () => {
    const bare = { ARCADIA_DATA: data, PORT: 'none', CORS_ORIGINS: 'none', REDIS_URL: 'none' };
    const list = await runChild('src/cli.ts', ['job', 'list'], {
      ...bare,
      DATABASE_URL: 'none',
      LOG_LEVEL: 'none',
      TAX_RATE: 'none',
    });
    expect([list.code, list.stdout.split('\n').length > 10], list.stderr).to.deep.equal([0, true]);
    const output = (
      await runChild('src/cli.ts', ['events', 'export'], { ...bare, TAX_RATE: 'none' })
    ).stdout.trimEnd();
    expect(JSON.parse(output.split('\n').at(-1) ?? '')).to.include({ complete: true });
    for (const [args, code] of [
      [['verify'], 0],
      [['what-if', '--period', '2026-04'], 0],
      [['checkpoint'], 0],
      [['rebuild', 'catalog'], 0],
      [['job', 'run', 'drift.detect'], 0],
      [['log', 'copy'], 2],
      [['worker'], 2],
      [['serve'], 2],
    ] as const) {
      const run = await runChild('src/cli.ts', args, bare);
      expect(run.code, `${args.join(' ')}: ${run.stderr}`).to.equal(code);
      if (args[0] !== 'serve') expect(run.stderr, args.join(' ')).to.not.contain('JWT_SECRET');
    }
  });

  it('mints a token that the service accepts', async () => {
    const { stdout } = await arcadia('token', '--tenant', 'acme');
    expect((await ok(api.get('deployments', { token: stdout.trim() }))).data).to.deep.equal([]);
    expect((await api.get('jobs', { token: stdout.trim() })).status).to.equal(403);
  });

  it('reports a port in use, or a bad environment, in one message', async () => {
    const second = await runChild('src/main.ts', [], { ...env, PORT: new URL(url).port });
    expect([second.code, second.stderr]).to.deep.equal([
      1,
      `Port ${new URL(url).port} is in use by another program: stop it, or choose another port with PORT.\n`,
    ]);
    const broken = await runChild('src/main.ts', [], { PORT: '80000', LOG_LEVEL: 'loud' });
    expect(broken.code).to.equal(1);
    for (const variable of ['PORT', 'LOG_LEVEL', 'JWT_SECRET'])
      expect(broken.stderr).to.contain(`${variable}: `);
  });

  it('stops cleanly on SIGTERM, and the embedded server with it', async () => {
    service.kill('SIGTERM');
    expect(await service.ended).to.equal(0);
    expect(service.stdout()).to.contain('"msg":"stopped"');
    expect(await readdir(join(data, 'postgres', 'users')).catch(() => [])).to.deep.equal([]);
  });
});

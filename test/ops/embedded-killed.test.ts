import { expect } from 'chai';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOf, parseIdentity } from '../../src/embedded/processes.ts';
import { connect } from '../../src/database/connection.ts';
import type { Sql } from '../../src/database/db.ts';
import { startDigitalOceanSimulator, type DigitalOceanSimulator } from '../../simulators/digitalocean/index.ts';
import { runChild, startChild, type Child } from '../cli/child.ts';
import { patiently } from '../faults/trouble.ts';
import { createApi, ok, type Api, type Json } from '../support/api.ts';
import { TEST_SECRET } from '../support/tokens.ts';
import { until } from '../support/until.ts';

describe('an embedded server that is killed under the processes that use it', () => {
  let data: string;
  let env: Record<string, string>;
  let simulator: DigitalOceanSimulator;
  const children: Child[] = [];

  const start = (file: string, args: readonly string[] = [], more: Record<string, string> = {}): Child => {
    const child = startChild(file, args, { ...env, ...more });
    children.push(child);
    return child;
  };
  const listening = async (child: Child): Promise<Api> => createApi((await child.says(/listens on (http:\/\/localhost:\d+)/))[1] ?? '');
  const stop = async (child: Child): Promise<number> => {
    child.kill('SIGTERM');
    return child.ended;
  };
  const create = (api: Api, slug: string) => api.post('deployments', { tenant_id: 'kept', slug, display_name: slug });
  const ready = async (api: Api): Promise<{ status: number; checks: Json }> => {
    const { status, body } = await api.get('/api/ready', { token: null });
    return { status, checks: body.checks };
  };

  /** The process of a server, from the files that it and we leave. */
  const pidFiles = { postgres: ['postgres', 'cluster', 'postmaster.pid'], redis: ['redis', 'server'] } as const;
  const pidOf = async (server: keyof typeof pidFiles, folder = data): Promise<number | null> => {
    const text = await readFile(join(folder, ...pidFiles[server]), 'utf8').catch(() => '');
    const pid = server === 'postgres' ? Number(text.split('\n')[0]) : parseIdentity(text)?.pid ?? 0;
    // One that is dead may wait to be buried.
    const { started } = await identityOf(pid);
    return pid > 0 && started !== null && started !== 'gone' ? pid : null;
  };
  const kill = async (server: keyof typeof pidFiles, folder = data): Promise<number> => {
    const pid = await until(`a running ${server}`, () => pidOf(server, folder)) as number;
    process.kill(pid, 'SIGKILL');
    return pid;
  };
  const another = (server: keyof typeof pidFiles, than: number, folder = data) =>
    until(`another ${server}`, () => pidOf(server, folder), (pid) => pid !== null && pid !== than);
  const well = (api: Api) => until('ready and all of its parts', () => ready(api), ({ status, checks }) =>
    status === 200 && Object.values(checks as Record<string, Json>).every((check) => check.status === 'ok'));
  const database = async <T>(work: (sql: Sql) => Promise<T>): Promise<T> => {
    const sql = connect({ path: join(data, 'postgres', 'run', '.s.PGSQL.5432'), port: 5432, user: 'arcadia', database: 'arcadia' }, { max: 1 });
    try {
      return await work(sql);
    } finally {
      await sql.end();
    }
  };
  const jobRow = async (api: Api, name: string): Promise<Json> =>
    (await ok(api.get('jobs'))).data.find((job: Json) => job.name === name);
  /** Makes a job due, as after a time in which everything was down; answers how to wait for the run that makes up for it. */
  const due = async (api: Api, name: string): Promise<() => Promise<void>> => {
    const before = (await jobRow(api, name)).last_run?.id ?? null;
    await database((sql) => sql`update job_schedule set ticked_until = '2024-01-01' where job = ${name}`);
    return async () => {
      const after = await until(`a new run of ${name}`, () => jobRow(api, name), ({ last_run: run }) =>
        run !== null && run.id !== before && run.status === 'completed');
      expect(after.last_run.trigger ?? 'schedule').to.equal('schedule');
    };
  };

  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'arcadia-watched-'));
    // So that the server's own user passes.
    await chmod(data, 0o755);
    simulator = await startDigitalOceanSimulator();
    env = { ARCADIA_DATA: data, JWT_SECRET: TEST_SECRET, PORT: '0', DIGITALOCEAN_URL: simulator.url, DIGITALOCEAN_TOKEN: simulator.token };
    // Waits look often.
    env['RATE_LIMIT_PER_MINUTE'] = '1000000';
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGTERM');
    await Promise.all(children.splice(0).map(({ ended }) => ended));
  });
  after(async () => {
    await simulator.close();
    await rm(data, { recursive: true, force: true });
  });

  it('PostgreSQL: one of several processes starts it again, on the same data; ready says so, and nothing acknowledged is lost', async () => {
    const service = start('src/main.ts');
    const api = await listening(service);
    const worker = start('src/cli.ts', ['worker', '--port', '0']);
    const own = await listening(worker);
    await well(api);
    const acknowledged: string[] = [];
    let killed = 0;
    const storm = Promise.all(Array.from({ length: 8 }, async (_, lane) => {
      for (let n = 0; n < 20; n++) {
        const slug = `s-${lane}-${n}`;
        const { status } = await create(api, slug);
        expect(status).to.be.oneOf([201, 503]);
        if (status === 201) acknowledged.push(slug);
        if (acknowledged.length === 20) killed = await kill('postgres');
      }
    }));
    await storm;
    await another('postgres', killed);
    await Promise.all([well(api), well(own)]);
    const { data: rows } = await ok(patiently(() => api.get('deployments?limit=500')));
    expect(rows.map(({ slug }: Json) => slug)).to.include.members(acknowledged);
    const madeUp = await due(api, 'drift.detect');
    await madeUp();
    // One of the two started it, the other found it.
    const told = [service, worker].map((child) => /"msg":"the embedded PostgreSQL runs again[^"]*"/.exec(child.stdout())?.[0]);
    expect(told.filter((text) => text === '"msg":"the embedded PostgreSQL runs again"')).to.have.length(1);

    // And once more, while it has hardly come up.
    await another('postgres', await kill('postgres'));
    await Promise.all([well(api), well(own)]);
    expect((await create(api, 'after-all')).status).to.equal(201);
    expect(await stop(worker)).to.equal(0);
    expect(await stop(service)).to.equal(0);
    expect(await pidOf('postgres')).to.equal(null);
  });

  it('Redis: ready shows it as failed until one of the processes has started it again; then jobs run', async () => {
    const service = start('src/main.ts');
    const api = await listening(service);
    await well(api);
    const killed = await kill('redis');
    const [seen, madeUp] = await Promise.all([
      until('ready to show it', () => ready(api), ({ checks }) => checks['redis'].status === 'failed').catch(() => null),
      due(api, 'drift.detect'),
    ]);
    await another('redis', killed);
    expect(seen?.status ?? 200, 'an API serves without it').to.equal(200);
    await well(api);
    await madeUp();
    await another('redis', await kill('redis'));
    await well(api);
    expect(await stop(service)).to.equal(0);
    expect([await pidOf('redis'), await readdir(join(data, 'redis', 'users'))]).to.deep.equal([null, []]);
  });

  it('both at once under a worker alone', async () => {
    const worker = start('src/cli.ts', ['worker', '--port', '0']);
    const own = await listening(worker);
    await well(own);
    const before = await Promise.all([kill('redis'), kill('postgres')]);
    await Promise.all([another('redis', before[0]), another('postgres', before[1])]);
    await well(own);
    expect(await stop(worker)).to.equal(0);
    expect([await pidOf('redis'), await pidOf('postgres')]).to.deep.equal([null, null]);
  });

  it('PostgreSQL while another process starts: that start goes through', async () => {
    const service = start('src/main.ts');
    const api = await listening(service);
    await well(api);
    const other = start('src/cli.ts', ['serve', '--no-worker']);
    await until('a second user', () => readdir(join(data, 'postgres', 'users')), (users) => users.length === 2);
    await another('postgres', await kill('postgres'));
    await Promise.all([well(api), well(await listening(other))]);
    const verify = await runChild('src/cli.ts', ['verify'], env);
    expect([verify.code, verify.stderr.includes('can not be reached')], verify.stderr).to.deep.equal([0, false]);
    expect([await stop(other), await stop(service)]).to.deep.equal([0, 0]);
  });

  it('both while the last process stops: nothing comes back after it', async () => {
    const service = start('src/main.ts');
    await well(await listening(service));
    service.kill('SIGTERM');
    await Promise.all([kill('redis'), kill('postgres')]);
    expect(await service.ended).to.equal(0);
    expect([await pidOf('redis'), await pidOf('postgres')]).to.deep.equal([null, null]);
    const users = await Promise.all(['redis', 'postgres'].map((server) => readdir(join(data, server, 'users'))));
    expect(users).to.deep.equal([[], []]);
  });

  it('the one of the demo', async () => {
    const folder = join(data, 'demo');
    const demo = start('demo/demo.ts', [], { ARCADIA_DATA: folder });
    const [, authorization = '', url = ''] = await demo.says(/As tenant dashboard-pilot[^]*curl -s -H 'Authorization: (Bearer [^']+)' '([^']+)'/);
    const ask = () => fetch(url, { headers: { authorization } }).then(({ status }) => status);
    expect(await ask()).to.equal(200);
    await another('postgres', await kill('postgres', folder), folder);
    await until('the demo\'s answer', ask, (status) => status === 200);
    expect(await stop(demo)).to.equal(0);
    expect(await pidOf('postgres', folder)).to.equal(null);
  });
});

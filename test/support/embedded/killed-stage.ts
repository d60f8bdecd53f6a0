import { expect } from 'chai';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOf, parseIdentity } from '../../../src/embedded/processes.ts';
import { connect } from '../../../src/database/connection.ts';
import type { Sql } from '../../../src/database/db.ts';
import {
  startDigitalOceanSimulator,
  type DigitalOceanSimulator,
} from '../../../simulators/digitalocean/index.ts';
import { startChild, type Child } from '../cli/child.ts';
import { createApi, ok, type Api, type Json } from '../http/api.ts';
import { TEST_SECRET } from '../http/tokens.ts';
import { until } from '../runtime/until.ts';

/**
 * Embedded servers below a directory of their own, the processes that use them, and what kills them; its
 * hooks are those of the suite that makes it.
 */
export function createStage() {
  let data: string;
  let env: Record<string, string>;
  let simulator: DigitalOceanSimulator;
  const children: Child[] = [];

  const start = (file: string, args: readonly string[] = [], more: Record<string, string> = {}): Child => {
    const child = startChild(file, args, { ...env, ...more });
    children.push(child);
    return child;
  };
  const listening = async (child: Child): Promise<Api> =>
    createApi((await child.says(/listens on (http:\/\/localhost:\d+)/))[1] ?? '');
  const stop = async (child: Child): Promise<number> => {
    child.kill('SIGTERM');
    return child.ended;
  };
  const create = (api: Api, slug: string) =>
    api.post('deployments', { tenant_id: 'kept', slug, display_name: slug });
  const ready = async (api: Api): Promise<{ status: number; checks: Json }> => {
    const { status, body } = await api.get('/api/ready', { token: null });
    return { status, checks: body.checks };
  };

  /** The process of a server, from the files that it and we leave. */
  const pidFiles = {
    postgres: ['postgres', 'cluster', 'postmaster.pid'],
    redis: ['redis', 'server'],
  } as const;
  const pidOf = async (server: keyof typeof pidFiles, folder = data): Promise<number | null> => {
    const text = await readFile(join(folder, ...pidFiles[server]), 'utf8').catch(() => '');
    const pid = server === 'postgres' ? Number(text.split('\n')[0]) : (parseIdentity(text)?.pid ?? 0);
    // A dead process may still be a zombie.
    const { started } = await identityOf(pid);
    return pid > 0 && started !== null && started !== 'gone' ? pid : null;
  };
  const kill = async (server: keyof typeof pidFiles, folder = data): Promise<number> => {
    const pid = (await until(`a running ${server}`, () => pidOf(server, folder))) as number;
    process.kill(pid, 'SIGKILL');
    return pid;
  };
  const another = (server: keyof typeof pidFiles, than: number, folder = data) =>
    until(
      `another ${server}`,
      () => pidOf(server, folder),
      (pid) => pid !== null && pid !== than,
    );
  const well = (api: Api) =>
    until(
      'ready and all of its parts',
      () => ready(api),
      ({ status, checks }) =>
        status === 200 &&
        Object.values(checks as Record<string, Json>).every((check) => check.status === 'ok'),
    );
  const database = async <T>(work: (sql: Sql) => Promise<T>): Promise<T> => {
    const sql = connect(
      {
        path: join(data, 'postgres', 'run', '.s.PGSQL.5432'),
        port: 5432,
        user: 'arcadia',
        database: 'arcadia',
      },
      { max: 1 },
    );
    try {
      return await work(sql);
    } finally {
      await sql.end();
    }
  };
  const jobRow = async (api: Api, name: string): Promise<Json> =>
    (await ok(api.get('jobs'))).data.find((job: Json) => job.name === name);
  /**
   * Makes a job due, as after an outage of everything; returns a function that waits for the run that makes
   * up for it.
   */
  const due = async (api: Api, name: string): Promise<() => Promise<void>> => {
    const before = (await jobRow(api, name)).last_run?.id ?? null;
    await database((sql) => sql`update job_schedule set ticked_until = '2024-01-01' where job = ${name}`);
    return async () => {
      const after = await until(
        `a new run of ${name}`,
        () => jobRow(api, name),
        ({ last_run: run }) => run !== null && run.id !== before && run.status === 'completed',
      );
      expect(after.last_run.trigger ?? 'schedule').to.equal('schedule');
    };
  };

  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'arcadia-watched-'));
    // So that the server's own user can enter.
    await chmod(data, 0o755);
    simulator = await startDigitalOceanSimulator();
    env = {
      ARCADIA_DATA: data,
      JWT_SECRET: TEST_SECRET,
      PORT: '0',
      DIGITALOCEAN_URL: simulator.url,
      DIGITALOCEAN_TOKEN: simulator.token,
    };
    // Waits poll often, so the rate limit must be high.
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

  return {
    get data() {
      return data;
    },
    get env() {
      return env;
    },
    start,
    listening,
    stop,
    create,
    ready,
    pidOf,
    kill,
    another,
    well,
    due,
  };
}

// What several processes of the service behind one port do on this machine, with their PostgreSQL and the
// load generators on the same cores:
//   node --max-semi-space-size=32 --import tsx test/bench/processes.ts 1,2,1,2
// Prints requests a second, and the microseconds of processor that each takes in Node and in PostgreSQL, by
// its pools of connections. docs/scaling.md calculates with them. For Linux: it reads /proc.
import cluster, { type Worker } from 'node:cluster';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import autocannon from 'autocannon';
import { startEmbeddedPostgres } from '../../src/embedded/embedded-postgres.ts';
import { openService } from '../../src/open-service.ts';
import { seedCatalog } from '../../src/processes/seed/seed-catalog.ts';
import { mintToken } from '../../simulators/issuer/token.ts';
import { createApi, ok } from '../support/http/api.ts';
import { TEST_SECRET } from '../support/http/tokens.ts';
import { testParts } from '../support/ledger/test-parts.ts';
import { createDatabase, openContext, type BenchContext } from './context.ts';
import { RECORDS, type GatewayTask } from './llm-gateway.ts';
import { makeDataDir } from './data-dir.ts';
import { programBeside } from './programs.ts';
import { adminMeta } from './service.ts';

const PORT = 18_765;
const SECONDS = 6;
const CONNECTIONS = 50;
/** Gateways at once, each with two connections. */
const GATEWAYS = 2;
/** After a run the read models and the hash chain catch up. */
const SETTLE_MS = 2_000;
const url = `http://127.0.0.1:${PORT}`;
const token = mintToken({ secret: TEST_SECRET, sub: 'bench', tenant_id: 'bench-tenant' });

interface Task {
  target: BenchContext['target'];
}

/** One process of the service; all share the port. */
async function serve({ target }: Task): Promise<void> {
  const parts = testParts(target);
  const service = await openService({ ...parts, http: { ...parts.http, checkResponses: false } });
  if (cluster.worker?.id === 1) await seedCatalog(service.ledger, adminMeta);
  await once(service.app.listen(PORT, '127.0.0.1'), 'listening');
  process.send?.('ready');
}

/** Microseconds of processor that a process of this machine has taken; 0 once it has ended. */
function processorOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return 0;
  }
}

/** Processor of the sessions of each pool of connections, and of the server's own processes. */
async function processorOfPools({ sql }: BenchContext): Promise<Map<string, number>> {
  const rows = await sql<{ pid: number; pool: string }[]>`
    select pid, coalesce(nullif(application_name, ''), backend_type) as pool from pg_stat_activity`;
  const pools = new Map<string, number>();
  for (const { pid, pool } of rows) pools.set(pool, (pools.get(pool) ?? 0) + processorOf(pid));
  return pools;
}

async function measured(context: BenchContext, workers: Worker[], what: string, work: () => Promise<number>) {
  const pids = workers.map((worker) => worker.process.pid ?? 0);
  const node = pids.map(processorOf);
  const pools = await processorOfPools(context);
  const start = performance.now();
  const count = await work();
  const seconds = (performance.now() - start) / 1_000;
  const busy = pids.map((pid, index) => processorOf(pid) - (node[index] ?? 0));
  await delay(SETTLE_MS);
  const each = (microseconds: number) => (microseconds / count).toFixed(0);
  const taken = pids.reduce((sum, pid, index) => sum + processorOf(pid) - (node[index] ?? 0), 0);
  const after = await processorOfPools(context);
  const byPool = [...after].map(([pool, total]) => [pool, total - (pools.get(pool) ?? 0)] as const);
  const shares = busy.map((microseconds) => `${(microseconds / seconds / 10_000).toFixed(0)} %`);
  console.log(
    `${workers.length} processes, ${what}: ${(count / seconds).toFixed(0)}/s; ` +
      `µs each: Node ${each(taken)} (busy ${shares.join(', ')}), ` +
      byPool.flatMap(([pool, us]) => (us / count < 1 ? [] : [`${pool} ${each(us)}`])).join(', '),
  );
}

async function gets(deploymentId: string, duration: number): Promise<number> {
  const result = await autocannon({
    url: `${url}/api/v1/deployments/${deploymentId}`,
    headers: { authorization: `Bearer ${token}` },
    connections: CONNECTIONS,
    duration,
    workers: 1,
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error('not every GET was answered with a 200');
  return result['2xx'];
}

async function reports(deploymentId: string): Promise<number> {
  const gatewayToken = mintToken({ secret: TEST_SECRET, sub: 'llm-gateway', roles: ['service'] });
  const task: GatewayTask = { url, token: gatewayToken, deploymentId };
  const codes = await Promise.all(
    Array.from({ length: GATEWAYS }, async () => {
      const [code] = await once(fork(programBeside('llm-gateway'), [JSON.stringify(task)]), 'close');
      return code as number;
    }),
  );
  if (codes.some((code) => code !== 0)) throw new Error('a gateway has failed');
  return RECORDS * GATEWAYS;
}

async function makeDeployment(): Promise<string> {
  const api = createApi(url);
  const { data } = await ok(
    api.post('deployments', { slug: 'bench', display_name: 'Bench' }, { token }),
    201,
  );
  return String(data.id);
}

async function measureAll(counts: readonly number[]): Promise<void> {
  const dataDir = await makeDataDir('arcadia-processes-');
  const postgres = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres') });
  const context = openContext({ ...postgres.target, database: 'bench_processes' }, 0);
  await createDatabase(postgres.target, context);
  const task: Task = { target: context.target };
  let deployment: string | null = null;
  try {
    for (const count of counts) {
      const workers: Worker[] = [];
      while (workers.length < count) {
        const worker = cluster.fork({ BENCH_TASK: JSON.stringify(task) });
        await once(worker, 'message');
        workers.push(worker);
      }
      deployment ??= await makeDeployment();
      const id = deployment;
      await gets(id, 2);
      await measured(context, workers, 'GET', () => gets(id, SECONDS));
      await measured(context, workers, 'LLM record', () => reports(id));
      for (const worker of workers) {
        worker.process.kill('SIGKILL');
        await once(worker, 'exit');
      }
    }
  } finally {
    await context.sql.end();
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

if (cluster.isPrimary) await measureAll((process.argv[2] ?? '1,2').split(',').map(Number));
else await serve(JSON.parse(process.env['BENCH_TASK'] ?? '') as Task);

import cluster, { type Worker } from 'node:cluster';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import autocannon from 'autocannon';
import { mintToken } from '../../simulators/issuer/token.ts';
import { createApi, ok } from '../support/http/api.ts';
import { TEST_SECRET } from '../support/http/tokens.ts';
import type { BenchContext, OpenPair } from './context.ts';
import { median } from './figure.ts';
import { RECORDS, type GatewayTask } from './llm-gateway.ts';
import { processorOf, processorOfServer, serverPidOf } from './processor.ts';
import { programBeside } from './programs.ts';
import type { ServiceTask } from './service-process.ts';

const SECONDS = 4;
const CONNECTIONS = 50;
/** Gateways at once, each with two connections. */
const GATEWAYS = 2;
/** After a run the read models and the hash chain catch up. */
const SETTLE_MS = 2_000;
const token = mintToken({ secret: TEST_SECRET, sub: 'bench', tenant_id: 'bench-tenant' });

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** How fast a work was, and the microseconds of processor that each unit of it took. */
interface Measured {
  rate: number;
  nodeUs: number;
  postgresUs: number;
}

async function measured(
  serverPid: number,
  workers: readonly Worker[],
  work: () => Promise<number>,
): Promise<Measured> {
  const pids = workers.map((worker) => worker.process.pid ?? 0);
  const nodeBefore = sum(pids.map(processorOf));
  const serverBefore = processorOfServer(serverPid);
  const start = performance.now();
  const count = await work();
  const seconds = (performance.now() - start) / 1_000;
  await delay(SETTLE_MS);
  return {
    rate: count / seconds,
    nodeUs: (sum(pids.map(processorOf)) - nodeBefore) / count,
    postgresUs: (processorOfServer(serverPid) - serverBefore) / count,
  };
}

async function gets(url: string, deploymentId: string, duration: number): Promise<number> {
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

async function reports(url: string, deploymentId: string): Promise<number> {
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

async function makeDeployment(url: string): Promise<string> {
  const wanted = { slug: 'bench', display_name: 'Bench' };
  const { data } = await ok(createApi(url).post('deployments', wanted, { token }), 201);
  return String(data.id);
}

/**
 * GETs by two processes of the service behind one port, against one process; LLM records beside it. Both
 * share the cores with PostgreSQL and the load generators. docs/scaling.md calculates with them.
 */
export async function openProcesses(context: BenchContext): Promise<OpenPair> {
  const task: ServiceTask = { target: context.target };
  const serverPid = await serverPidOf(context.sql);
  cluster.setupPrimary({ exec: programBeside('service-process'), args: [JSON.stringify(task)] });
  const besides = new Map<string, number[]>();
  const note = (name: string, value: number) =>
    besides.set(name, [...(besides.get(name) ?? []), Math.round(value)]);
  const noteAll = (name: string, { rate, nodeUs, postgresUs }: Measured) => {
    note(`${name}_per_second`, rate);
    note(`${name}_node_us`, nodeUs);
    note(`${name}_postgres_us`, postgresUs);
  };
  let deployment: string | null = null;
  const withProcesses = async (count: number): Promise<number> => {
    const workers: Worker[] = [];
    try {
      let url = '';
      while (workers.length < count) {
        const worker = cluster.fork();
        workers.push(worker);
        [url] = (await once(worker, 'message')) as [string];
      }
      const id = (deployment ??= await makeDeployment(url));
      await gets(url, id, 1);
      const got = await measured(serverPid, workers, () => gets(url, id, SECONDS));
      noteAll(`gets_of_${count}`, got);
      noteAll(`llm_records_of_${count}`, await measured(serverPid, workers, () => reports(url, id)));
      return got.rate;
    } finally {
      for (const worker of workers) {
        worker.process.kill('SIGKILL');
        await once(worker, 'exit');
      }
    }
  };
  return {
    pair: {
      name: 'two_processes',
      unit: 'requests/s',
      aim: null,
      floorName: 'one process',
      value: () => withProcesses(2),
      floor: () => withProcesses(1),
      besides: () => Object.fromEntries([...besides].map(([name, values]) => [name, median(values)])),
    },
  };
}

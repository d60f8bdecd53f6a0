import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import type { ServerTarget } from '../../src/database/db.ts';
import { adminToken } from '../support/http/tokens.ts';
import { processorOfServer } from './processor.ts';
import { programBeside } from './programs.ts';

/** What a process does on the growing ledger. */
export type GrowthStep = 'fill' | 'rebuild' | 'settle' | 'verify' | 'serve' | 'append' | 'live';

/** A step on a ledger that has the days up to `from` before it, and those up to `to` after it. */
export interface GrowthTask {
  step: GrowthStep;
  server: ServerTarget;
  database: string;
  /** Events a day, in thousands. */
  thousands: number;
  from: number;
  to: number;
}

/** What is asked of its process. */
export type GrowthRequest = 'run' | 'processor' | 'end';

/** What it answers: microseconds of its own processor, and of time. */
export interface GrowthAnswer {
  units: number;
  processUs: number;
  wallUs: number;
  /** At its end: the most memory that it had resident. */
  residentMb?: number;
}

/** Where a step that serves answers, and the paths of each figure. */
export interface Served {
  url: string;
  paths: Record<string, string[]>;
}

/** What a unit cost, in microseconds. */
export interface Cost {
  /** Of the processor, in Node and in PostgreSQL. */
  node: number;
  postgres: number;
  wall: number;
}

/** A step whose process runs. */
export interface RunningStep extends Served {
  /** Runs it once. */
  run(): Promise<Cost>;
  /** Makes so many requests of a figure, one after the other. */
  get(name: string, count: number): Promise<Cost>;
  /** Ends its process; returns the most memory that it had resident, in MB. */
  end(): Promise<number>;
}

/** What steps are started with. */
export interface StepHost {
  /** The first process of the server. */
  serverPid: number;
  onChild: (child: ChildProcess) => void;
}

/** Starts the process of a step. */
export async function startStep(task: GrowthTask, { serverPid, onChild }: StepHost): Promise<RunningStep> {
  const child = fork(programBeside('growth-process'), [JSON.stringify(task)]);
  onChild(child);
  const ended = once(child, 'close').then(([code]) => {
    throw new Error(`${task.step} at ${task.database} has ended with ${String(code)}`);
  });
  // It ends when it is told to; an end before that is told to those who wait for an answer.
  ended.catch(() => undefined);
  const next = async <Answer>(): Promise<Answer> => {
    const [answer] = (await Promise.race([once(child, 'message'), ended])) as [Answer];
    return answer;
  };
  const ask = (request: GrowthRequest): Promise<GrowthAnswer> => {
    const answer = next<GrowthAnswer>();
    child.send(request);
    return answer;
  };
  const served = await next<Served>();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    ...served,
    async run() {
      const before = processorOfServer(serverPid);
      const { units, processUs, wallUs } = await ask('run');
      const postgres = processorOfServer(serverPid) - before;
      return { node: processUs / units, postgres: postgres / units, wall: wallUs / units };
    },
    async get(name, count) {
      const paths = served.paths[name] ?? [];
      const before = processorOfServer(serverPid);
      const { processUs } = await ask('processor');
      const start = performance.now();
      for (let n = 0; n < count; n++) await get(new URL(paths[n % paths.length] ?? '', served.url), agent);
      const wall = (performance.now() - start) * 1_000;
      const postgres = processorOfServer(serverPid) - before;
      const node = (await ask('processor')).processUs - processUs;
      return { node: node / count, postgres: postgres / count, wall: wall / count };
    },
    async end() {
      agent.destroy();
      const { residentMb = 0 } = await ask('end');
      await ended.catch(() => undefined);
      return residentMb;
    },
  };
}

const headers = { authorization: `Bearer ${adminToken('bench')}` };

/** @throws {Error} unless the answer is a 200 */
function get(url: URL, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    httpRequest(url, { agent, headers }, (response) => {
      response.resume();
      response.once('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`${url.pathname}${url.search} answers ${String(response.statusCode)}`));
      });
    })
      .once('error', reject)
      .end();
  });
}

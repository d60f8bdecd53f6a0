import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '../../src/embedded/embedded-postgres.ts';
import { processorMs } from './command-line.ts';
import type { OpenPair } from './context.ts';
import { makeDataDir } from './data-dir.ts';
import { median, secondsOf } from './figure.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Below it a demo has left its ledger. */
interface DemoLedger {
  dataDir: string;
  env: NodeJS.ProcessEnv;
}

const temporary = (): Promise<string> => makeDataDir('arcadia-bench-start-');

/** A task of `npm run`, as a process. */
const task = (args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess =>
  spawn(process.execPath, ['scripts/run.mjs', ...args], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });

async function ended(child: ChildProcess, what: string): Promise<void> {
  const [code] =
    child.exitCode === null ? ((await once(child, 'exit')) as [number | null]) : [child.exitCode];
  if (code !== 0) throw new Error(`${what} ended with ${code}`);
}

/** Runs the demo on a ledger of its own. @returns milliseconds to the heading of its report */
async function runDemo(dataDir: string): Promise<number> {
  const start = performance.now();
  const demo = task(['demo', '--once'], { ...process.env, ARCADIA_DATA: dataDir });
  let reported: number | null = null;
  for await (const line of createInterface({ input: demo.stdout! }))
    if (line.includes('MONTH-END REPORT')) reported = performance.now() - start;
  await ended(demo, 'the demo');
  if (reported === null) throw new Error('the demo printed no report');
  return reported;
}

async function demoLedger(): Promise<DemoLedger> {
  const dataDir = await temporary();
  await runDemo(dataDir);
  return {
    dataDir,
    env: {
      ...process.env,
      ARCADIA_DATA: dataDir,
      JWT_SECRET: randomBytes(48).toString('hex'),
      PORT: '0',
    },
  };
}

const remove = ({ dataDir }: DemoLedger): Promise<void> => rm(dataDir, { recursive: true, force: true });

/** The address that a service logs once it listens. What it logs later is read and left. */
const urlIn = (service: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    const lines = createInterface({ input: service.stdout! });
    lines.on('line', (line) => {
      const [, url] = /"url":"([^"]+)"/.exec(line) ?? [];
      if (url !== undefined) resolve(url);
    });
    lines.on('close', () => {
      reject(new Error('the service ended before it listened'));
    });
  });

/** `npm start` until it is ready. */
async function startService({ env }: DemoLedger): Promise<{ stop: () => Promise<void> }> {
  const service = task(['start'], env);
  const url = await urlIn(service);
  const answer = await fetch(`${url}/api/ready`);
  if (answer.status !== 200) throw new Error(`the service listens, but is not ready: ${await answer.text()}`);
  return {
    async stop() {
      service.kill('SIGTERM');
      await ended(service, 'the service');
    },
  };
}

/** The demo, on a machine that has all it needs, to its report: its database is made anew. */
export async function openDemo(): Promise<OpenPair> {
  return {
    pair: {
      name: 'demo',
      unit: 'ms',
      aim: { valueAtMost: 6_000 },
      floorName: 'none: from the command to the report',
      async value() {
        const dataDir = await temporary();
        try {
          return await runDemo(dataDir);
        } finally {
          await rm(dataDir, { recursive: true, force: true });
        }
      },
    },
  };
}

/** `npm start` on the ledger that a demo left, until it answers that it is ready. */
export async function openStart(): Promise<OpenPair> {
  const ledger = await demoLedger();
  return {
    pair: {
      name: 'start',
      unit: 'ms',
      aim: { valueAtMost: 2_000 },
      floorName: 'the embedded PostgreSQL alone',
      async value() {
        const start = performance.now();
        const service = await startService(ledger);
        const ms = performance.now() - start;
        await service.stop();
        return ms;
      },
      async floor() {
        const stops: (() => Promise<void>)[] = [];
        const seconds = await secondsOf(async () => {
          const server = await startEmbeddedPostgres({ dataDir: join(ledger.dataDir, 'postgres') });
          stops.push(server.stop);
        });
        for (const stop of stops) await stop();
        return seconds * 1_000;
      },
    },
    close: () => remove(ledger),
  };
}

/** Commands, some of which have a little to do on the ledger of a demo. */
const commands = [
  'job list',
  'job run lifecycle.day',
  'token --tenant dashboard-pilot',
  'events export',
  'checkpoint',
  'what-if --period 2026-04',
  'verify',
  'rebuild',
];

/** Processor time of the command line beside a running service: the slowest command counts. */
export async function openCommands(): Promise<OpenPair> {
  const ledger = await demoLedger();
  const service = await startService(ledger);
  const measured = new Map<string, number[]>();
  return {
    pair: {
      name: 'cli_commands',
      unit: 'ms',
      aim: { valueAtMost: 1_000 },
      floorName: 'none: the slowest command, with its work on a small ledger',
      async value() {
        for (const command of commands) {
          const ms = await processorMs(['scripts/arcadia.mjs', ...command.split(' ')], ledger.env);
          measured.set(command, [...(measured.get(command) ?? []), ms]);
        }
        return Math.max(...[...measured.values()].map((times) => times.at(-1)!));
      },
      besides: () =>
        Object.fromEntries(
          [...measured].map(([command, times]) => [`${command.replace(/\W+/g, '_')}_ms`, median(times)]),
        ),
    },
    async close() {
      await service.stop();
      await remove(ledger);
    },
  };
}

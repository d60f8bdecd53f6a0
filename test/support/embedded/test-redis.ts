import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRedisProgram, howToGetRedis } from '../../../src/embedded/redis-program.ts';
import { pingRedis } from '../../../src/embedded/redis-ping.ts';
import type { RedisTarget } from '../../../src/embedded/open-redis.ts';
import { until } from '../runtime/until.ts';

/** A Redis for one test file: private, on a Unix socket that stays the same over restarts. */
export type TestRedis = {
  target: RedisTarget & { path: string };
  /** The process id of the server that runs now, or ran last. */
  readonly pid: number;
  /** kill -9; resolves once it is gone. Connections break. */
  kill: () => Promise<void>;
  /** SIGSTOP: connections stay open and get no answer. */
  pause: () => void;
  /** SIGCONT. */
  resume: () => void;
  /** Stops it if it runs, and starts it again; resolves once it answers. */
  restart: (options: { keepData: boolean }) => Promise<void>;
  /** Stops it and removes its files; a second call does nothing. */
  stop: () => Promise<void>;
};

const startMs = 20_000;

/**
 * Starts a Redis for the calling test file alone. Call it in `before` and `stop` in `after`. It ends
 * with this process in any case.
 * @throws Error that says how to get one when there is no redis-server in PATH
 */
export async function startTestRedis(): Promise<TestRedis> {
  const program = await findRedisProgram();
  if (program === null)
    throw new Error(
      `This test needs a Redis of its own. ${howToGetRedis.replace(/, or set REDIS_URL.*/, '.')}`,
    );
  const directory = await mkdtemp(join(tmpdir(), 'arcadia-redis-'));
  const path = join(directory, 'redis.sock');
  const start = (): Promise<ChildProcess> => run(program, directory, path);
  let child = await start();
  let stopped: Promise<void> | null = null;
  return {
    target: { path },
    get pid() {
      return child.pid ?? -1;
    },
    kill: () => end(child),
    pause: () => {
      child.kill('SIGSTOP');
    },
    resume: () => {
      child.kill('SIGCONT');
    },
    async restart({ keepData }) {
      await end(child);
      if (!keepData) await rm(join(directory, 'appendonlydir'), { recursive: true, force: true });
      child = await start();
    },
    stop: () => (stopped ??= end(child).then(() => rm(directory, { recursive: true, force: true }))),
  };
}

/** Each write is in the append-only file before its answer, so a kill -9 loses nothing. */
async function run(program: string, directory: string, path: string): Promise<ChildProcess> {
  const settings = {
    port: '0',
    unixsocket: path,
    unixsocketperm: '700',
    dir: directory,
    save: '',
    appendonly: 'yes',
    appendfsync: 'no',
    'maxmemory-policy': 'noeviction',
    logfile: join(directory, 'server.log'),
  };
  const child = spawn(
    program,
    Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    { stdio: 'ignore' },
  );
  const endWithUs = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', endWithUs);
  child.once('exit', () => {
    process.off('exit', endWithUs);
  });
  await once(child, 'spawn');
  try {
    await until('an answer of the Redis', async () => {
      if (hasEnded(child)) throw new Error('it ended');
      return (await pingRedis({ path }, startMs)) === 'pong';
    });
  } catch (error) {
    await end(child);
    const log = join(directory, 'server.log');
    throw new Error(`The Redis of this test did not start; see ${log}.`, { cause: error });
  }
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

// A private Redis on this machine, shared by all processes with the same directory.
import { mkdir, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from '../runtime/logger.ts';
import { makePrivate } from './private-directory.ts';
import { isAlive } from './processes.ts';
import { fileExists, redisLogOf, findRunningRedis, startRedis, stopRunningRedis } from './redis-process.ts';
import type { RedisServer } from './redis-process.ts';
import { findRedisProgram } from './redis-program.ts';
import { shareServer } from './shared-server.ts';
import type { Membership } from './shared-server.ts';
import { watchUntilLeft, watchServer } from './watch-server.ts';
import type { WatchedServer } from './watch-server.ts';

export type EmbeddedRedis = {
  path: string;
  /** The server's process. */
  pid: number;
  /** False when it joined a running server. */
  started: boolean;
  /** From now on the server is restarted after a crash, until this process leaves it. */
  watch: (logger: Logger) => void;
  /** Leaves the server, once; the last to leave stops it. Close your connections first. */
  stop: () => Promise<void>;
};

/**
 * Starts the server of `dataDir` (`<ARCADIA_DATA>/redis`, made when missing) by `program`, or joins the one
 * that runs. A server left by a killed process is adopted; one that can't be reached is stopped first.
 *
 * In `dataDir`: `data` (the append-only file), `run` (the socket), `redis.conf`, `server` (its process),
 * `server.log`, `users` and `turns`.
 *
 * @throws Error when the server does not start, with the end of its log
 */
export async function startEmbeddedRedis(dataDir: string, program: string): Promise<EmbeddedRedis> {
  const directory = await privateDirectory(dataDir);
  const given = async (): Promise<string> => program;
  const ensure = () => ensureRedis(directory, given);
  return used(
    directory,
    await shareServer(directory, { ensure, stop: () => stopRunningRedis(directory) }),
    given,
  );
}

/**
 * Joins the server of `dataDir` if other processes use it; else returns null, and stops a server without
 * users.
 */
export async function joinEmbeddedRedis(dataDir: string): Promise<EmbeddedRedis | null> {
  const directory = await realpath(dataDir).catch(() => null);
  if (directory === null) return null;
  const { server, ...membership } = await shareServer(directory, {
    ensure: async (living) => (living > 0 ? findRunningRedis(directory) : null),
    stop: () => stopRunningRedis(directory),
  });
  return server === null
    ? null
    : used(directory, { server: { ...server, started: false }, ...membership }, redisProgram);
}

type EnsuredServer = RedisServer & { started: boolean };

/** The server for one user. A restarted server has the same socket. */
function used(
  directory: string,
  { server, whileUsed, leave }: Membership<EnsuredServer>,
  program: () => Promise<string>,
): EmbeddedRedis {
  return {
    path: server.socket,
    pid: server.identity.pid,
    started: server.started,
    ...watchUntilLeft(leave, (logger) => {
      const again = async () => {
        const found = await whileUsed(() => ensureRedis(directory, program));
        return found === null ? null : { ...watchedRedis(found), started: found.started };
      };
      return watchServer({
        name: 'the private Redis',
        server: watchedRedis(server),
        again,
        logger,
        logFile: redisLogOf(directory),
      });
    }),
  };
}

const watchedRedis = ({ identity, socket }: RedisServer): WatchedServer => ({
  pid: identity.pid,
  isThere: async () => (await isAlive(identity)) && (await fileExists(socket)),
});

async function ensureRedis(directory: string, program: () => Promise<string>): Promise<EnsuredServer> {
  const running = await findRunningRedis(directory);
  return { ...(running ?? (await startRedis(directory, await program()))), started: running === null };
}

/** The program of a server that was joined is not known: it is looked up. */
async function redisProgram(): Promise<string> {
  const program = await findRedisProgram();
  if (program === null) throw new Error('No redis-server is in PATH.');
  return program;
}

/** Stops a server of `dataDir` that killed processes left; one in use is kept. */
export async function stopLeftBehind(dataDir: string): Promise<void> {
  const directory = await realpath(dataDir).catch(() => null);
  if (directory === null) return;
  await shareServer(directory, {
    ensure: async (living) => {
      if (living === 0) await stopRunningRedis(directory);
      return null;
    },
    stop: async () => undefined,
  });
}

async function privateDirectory(dataDir: string): Promise<string> {
  await mkdir(dirname(dataDir), { recursive: true });
  await makePrivate(dataDir, null);
  return realpath(dataDir);
}

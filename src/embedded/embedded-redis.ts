// A private Redis on this machine, shared by all processes with the same directory.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile, realpath, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from '../runtime/error-code.ts';
import type { Logger } from '../runtime/logger.ts';
import { logTail } from './log-tail.ts';
import { makePrivate, socketDirectory } from './private-directory.ts';
import { identityOf, isAlive, parseIdentity } from './processes.ts';
import type { ProcessIdentity } from './processes.ts';
import { pingRedis } from './redis-ping.ts';
import { findRedisProgram } from './redis-program.ts';
import { shareServer } from './shared-server.ts';
import type { Membership } from './shared-server.ts';
import { watchUntilLeft, watchServer } from './watch-server.ts';
import type { WatchedServer } from './watch-server.ts';

/** A running server: its process, and the path of its Unix socket. */
type RedisServer = { identity: ProcessIdentity; socket: string };

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

const socketName = 'redis.sock';
const pollMs = 20;
/** How long a server may take to answer; `loadingMs` while it loads its data. */
const silentMs = 15_000;
/** How long a starting server may be without its socket, which it makes first. */
const socketMs = 2_000;
const loadingMs = 600_000;
const stopMs = 60_000;

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
  return used(directory, await shareServer(directory, { ensure, stop: () => stopNoted(directory) }), given);
}

/**
 * Joins the server of `dataDir` if other processes use it; else returns null, and stops a server without
 * users.
 */
export async function joinEmbeddedRedis(dataDir: string): Promise<EmbeddedRedis | null> {
  const directory = await realpath(dataDir).catch(() => null);
  if (directory === null) return null;
  const { server, ...membership } = await shareServer(directory, {
    ensure: async (living) => (living > 0 ? reachable(directory) : null),
    stop: () => stopNoted(directory),
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
        logFile: logOf(directory),
      });
    }),
  };
}

const watchedRedis = ({ identity, socket }: RedisServer): WatchedServer => ({
  pid: identity.pid,
  isThere: async () => (await isAlive(identity)) && (await exists(socket)),
});

async function ensureRedis(directory: string, program: () => Promise<string>): Promise<EnsuredServer> {
  const running = await reachable(directory);
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
      if (living === 0) await stopNoted(directory);
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

const logOf = (directory: string): string => join(directory, 'server.log');
const noteOf = (directory: string): string => join(directory, 'server');

/** The server that was started last, running or not. */
async function noted(directory: string): Promise<RedisServer | null> {
  const text = await readFile(noteOf(directory), 'utf8').catch(() => '');
  const identity = parseIdentity(text);
  if (identity === null) return null;
  const note: unknown = JSON.parse(text);
  const known =
    typeof note === 'object' && note !== null && 'socket' in note && typeof note.socket === 'string';
  return { identity, socket: known ? String(note.socket) : '' };
}

/** The running server, once it answers. One that can't be reached (its socket was removed) is stopped. */
async function reachable(directory: string): Promise<RedisServer | null> {
  const server = await noted(directory);
  if (server === null || !(await isAlive(server.identity))) return null;
  const deadline = performance.now() + socketMs;
  while (performance.now() < deadline && !(await exists(server.socket))) await delay(pollMs);
  if ((await exists(server.socket)) && (await answers(server))) return server;
  await stopRedis(directory, server);
  return null;
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Waits for an answer; false when the server ends or stays silent. */
async function answers({ identity, socket }: RedisServer): Promise<boolean> {
  const start = performance.now();
  let deadline = start + silentMs;
  while (performance.now() < deadline) {
    const answer = await pingRedis({ path: socket }, silentMs);
    if (answer === 'pong') return true;
    if (answer === 'loading') deadline = start + loadingMs;
    if (!(await isAlive(identity))) return false;
    await delay(pollMs);
  }
  return false;
}

async function startRedis(directory: string, program: string): Promise<RedisServer> {
  const data = join(directory, 'data');
  await makePrivate(data, null);
  const socket = join(await socketDirectory(directory, socketName, null), socketName);
  await rm(socket, { force: true });
  const settings = join(directory, 'redis.conf');
  await writeFile(settings, settingsText(socket, data), { mode: 0o600 });
  const log = logOf(directory);
  const { child, server } = await launch(directory, data, [program, settings], socket, log);
  child.unref();
  if (await answers(server)) return server;
  const tail = await logTail(log);
  if (await isAlive(server.identity)) child.kill('SIGKILL');
  throw new Error(`The private Redis server did not start. The end of its log:\n${tail}`);
}

/**
 * Runs the server in its own session: it outlives this process, and Ctrl-C in this terminal doesn't reach it.
 * A shell waits for a line from us before it becomes the server, and the note of its process is written
 * first: however this process is killed, the next start finds the server.
 */
async function launch(
  directory: string,
  cwd: string,
  command: string[],
  socket: string,
  logFile: string,
): Promise<{ child: ChildProcess; server: RedisServer }> {
  const log = await open(logFile, 'a', 0o600);
  try {
    const child = spawn('/bin/sh', ['-c', 'read -r word && exec "$0" "$@" </dev/null', ...command], {
      cwd,
      detached: true,
      stdio: ['pipe', log.fd, log.fd],
      // Our environment has secrets.
      env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' },
    });
    await once(child, 'spawn');
    const server = { identity: await identityOf(child.pid ?? 0), socket };
    await writeNote(directory, server);
    // If the shell was killed, the wait for an answer ends.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end('start\n');
    return { child, server };
  } finally {
    await log.close();
  }
}

async function writeNote(directory: string, { identity, socket }: RedisServer): Promise<void> {
  const draft = `${noteOf(directory)}.draft`;
  await writeFile(draft, JSON.stringify({ ...identity, socket }), { mode: 0o600 });
  await rename(draft, noteOf(directory));
}

/** Stops the running server, which may be a later one than was joined. */
async function stopNoted(directory: string): Promise<void> {
  const server = await noted(directory);
  if (server !== null) await stopRedis(directory, server);
}

/** Lets the server save its data and end. */
async function stopRedis(directory: string, { identity, socket }: RedisServer): Promise<void> {
  const deadline = performance.now() + stopMs;
  if (await isAlive(identity)) terminate(identity.pid);
  while (await isAlive(identity)) {
    if (performance.now() > deadline)
      throw new Error(`The private Redis server (process ${identity.pid}) does not stop.`);
    await delay(pollMs);
  }
  await rm(noteOf(directory), { force: true });
  // The server has removed its socket; the next start makes the directory again.
  if (socket !== '') await rmdir(dirname(socket)).catch(() => undefined);
}

function terminate(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

/** Acknowledged writes are in a file at once and on the disk a second later; nothing is evicted. */
function settingsText(socket: string, data: string): string {
  const lines = [
    'port 0',
    `unixsocket ${quoted(socket)}`,
    'unixsocketperm 700',
    `dir ${quoted(data)}`,
    'daemonize no',
    'appendonly yes',
    'appendfsync everysec',
    'save ""',
    'maxmemory 0',
    'maxmemory-policy noeviction',
  ];
  return `${lines.join('\n')}\n`;
}

/** A string as Redis reads it in its settings. */
const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;

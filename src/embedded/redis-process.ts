// Starts, finds and stops the process of a private Redis.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from '../runtime/error-code.ts';
import { logTail } from './log-tail.ts';
import { makePrivate, socketDirectory } from './private-directory.ts';
import { identityOf, isAlive, parseIdentity } from './processes.ts';
import type { ProcessIdentity } from './processes.ts';
import { pingRedis } from './redis-ping.ts';

/** A running server: its process, and the path of its Unix socket. */
export type RedisServer = { identity: ProcessIdentity; socket: string };

const socketName = 'redis.sock';
const pollMs = 20;
/** How long a server may take to answer; `loadingMs` while it loads its data. */
const silentMs = 15_000;
/** How long a starting server may be without its socket, which it makes first. */
const socketMs = 2_000;
const loadingMs = 600_000;
const stopMs = 60_000;

/** The server's own log file. */
export const redisLogOf = (directory: string): string => join(directory, 'server.log');
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

/** The socket of the running server; null where none runs. Nothing is changed. */
export async function redisSocketIn(directory: string): Promise<string | null> {
  const server = await noted(directory);
  return server !== null && (await isAlive(server.identity)) ? server.socket : null;
}

/** The running server, once it answers. One that can't be reached (its socket was removed) is stopped. */
export async function findRunningRedis(directory: string): Promise<RedisServer | null> {
  const server = await noted(directory);
  if (server === null || !(await isAlive(server.identity))) return null;
  const deadline = performance.now() + socketMs;
  while (performance.now() < deadline && !(await fileExists(server.socket))) await delay(pollMs);
  if ((await fileExists(server.socket)) && (await answers(server))) return server;
  await stopRedis(directory, server);
  return null;
}

/** Whether there is a file. */
export const fileExists = (path: string): Promise<boolean> =>
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

export async function startRedis(directory: string, program: string): Promise<RedisServer> {
  const data = join(directory, 'data');
  await makePrivate(data, null);
  const socket = join(await socketDirectory(directory, socketName, null), socketName);
  await rm(socket, { force: true });
  const settings = join(directory, 'redis.conf');
  await writeFile(settings, settingsText(socket, data), { mode: 0o600 });
  const log = redisLogOf(directory);
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
export async function stopRunningRedis(directory: string): Promise<void> {
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

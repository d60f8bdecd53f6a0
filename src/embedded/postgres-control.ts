// Makes, starts, finds and stops the server of a cluster.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Binaries } from './binaries.ts';
import { socketFile } from './cluster-files.ts';
import { logTail } from './log-tail.ts';
import { directoryOf, pidExists, programOf } from './processes.ts';
import type { SystemUser } from './system-user.ts';

const run = promisify(execFile);

/** The role that owns everything in an embedded server. */
export const serverRole = 'arcadia';

/** From `postmaster.pid`; `directory` is the socket's, empty without a socket. */
export type RunningServer = { pid: number; port: number; directory: string; status: string };

/** The server did not start, or ended at once; the message has the end of its log. */
export class StartFailed extends Error {
  override readonly name = 'StartFailed';
}

/** Crash recovery replays at most `max_wal_size`, which takes less even on a slow disk. */
const startSeconds = 600;
const stopSeconds = 120;
/** How long the children of a killed server may take to end. */
const sharedMemoryMs = 60_000;

/**
 * Fills the empty directory `draft` with a new cluster: UTF-8, C locale; without a password, for a socket
 * only.
 */
export async function initialiseCluster(
  binaries: Binaries,
  draft: string,
  user: SystemUser | null,
  password: string | null,
): Promise<void> {
  const passwordFile = `${draft}.password`;
  const auth =
    password === null
      ? ['--auth-local=trust', '--auth-host=reject']
      : ['--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  try {
    if (password !== null) await writePassword(passwordFile, password, user);
    await runAs(user, draft, binaries.initdb, [
      `--pgdata=${draft}`,
      `--username=${serverRole}`,
      '--encoding=UTF8',
      '--no-locale',
      ...auth,
    ]);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function writePassword(path: string, password: string, user: SystemUser | null): Promise<void> {
  await writeFile(path, `${password}\n`, { mode: 0o600, flag: 'wx' });
  if (user !== null) await chown(path, user.uid, user.gid);
}

/** The password of a server on TCP, beside the cluster; made on first use. */
export async function serverPassword(directory: string): Promise<string> {
  const path = join(directory, 'password');
  const known = await readFile(path, 'utf8').catch(() => null);
  if (known) return known.trim();
  const password = randomBytes(24).toString('hex');
  await writeFile(path, password, { mode: 0o600 });
  return password;
}

/** The server that runs on this cluster, or null: the process in a pid file may be dead or another. */
async function findRunning(cluster: string): Promise<RunningServer | null> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => null);
  if (text === null) return null;
  const [pid, , , port, directory, , , status] = text.split('\n').map((line) => line.trim());
  const server = {
    pid: Number(pid),
    port: Number(port ?? 0),
    directory: directory ?? '',
    status: status ?? 'starting',
  };
  return (await isServer(server.pid, cluster)) ? server : null;
}

/** True if unknown: to take a running server for dead would start a second one on its data. */
async function isServer(pid: number, cluster: string): Promise<boolean> {
  if (!Number.isSafeInteger(pid) || pid <= 0 || !pidExists(pid)) return false;
  const directory = await directoryOf(pid);
  if (directory !== null) return directory === cluster;
  const program = await programOf(pid);
  return program === null || program.startsWith('postgres');
}

/** Waits for a starting or stopping server; null when none runs. */
export async function settledServer(cluster: string): Promise<RunningServer | null> {
  const deadline = performance.now() + startSeconds * 1000;
  for (;;) {
    const server = await findRunning(cluster);
    if (server === null || server.status === 'ready') return server;
    if (performance.now() > deadline)
      throw new Error(`The PostgreSQL server (process ${server.pid}) stays "${server.status}".`);
    await delay(50);
  }
}

/**
 * Starts the server of a cluster without one, in its own session: it outlives this process, and Ctrl-C in
 * this terminal doesn't reach it.
 */
export async function startPostgres(
  binaries: Binaries,
  cluster: string,
  user: SystemUser | null,
  socketDir: string | null,
  port: number,
): Promise<void> {
  await removeStaleLocks(cluster, socketDir, port);
  const log = join(cluster, 'server.log');
  const childrenGone = performance.now() + sharedMemoryMs;
  for (;;) {
    try {
      await runAs(user, cluster, binaries.pgCtl, [
        'start',
        '-D',
        cluster,
        '-w',
        '-s',
        '-t',
        String(startSeconds),
        '-l',
        log,
      ]);
      return;
    } catch (error) {
      const tail = await logTail(log);
      // After a kill -9 the server's children use its shared memory for a moment.
      if (performance.now() < childrenGone && tail.includes('shared memory block')) await delay(250);
      else
        throw new StartFailed(`The embedded PostgreSQL did not start. The end of its log:\n${tail}`, {
          cause: error,
        });
    }
  }
}

/**
 * PostgreSQL judges a pid file by the id alone: after a reboot it may take another process for its server and
 * refuse to start. The caller holds the lock and has seen that no server runs, so the files are stale.
 */
async function removeStaleLocks(cluster: string, socketDir: string | null, port: number): Promise<void> {
  await rm(join(cluster, 'postmaster.pid'), { force: true });
  if (socketDir === null) return;
  const lock = join(socketDir, `${socketFile(port)}.lock`);
  const holder = Number((await readFile(lock, 'utf8').catch(() => '')).split('\n')[0]);
  if (holder > 0 && !(await isServer(holder, cluster))) await rm(lock, { force: true });
}

/** Stops the server, if it runs: sessions are closed, running transactions rolled back. */
export async function stopPostgres(
  binaries: Binaries,
  cluster: string,
  user: SystemUser | null,
): Promise<void> {
  if ((await findRunning(cluster)) === null) return;
  try {
    await runAs(user, cluster, binaries.pgCtl, [
      'stop',
      '-D',
      cluster,
      '-w',
      '-s',
      '-m',
      'fast',
      '-t',
      String(stopSeconds),
    ]);
  } catch (error) {
    if ((await findRunning(cluster)) !== null) throw error;
  }
}

async function runAs(user: SystemUser | null, cwd: string, program: string, args: string[]): Promise<void> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name));
  const env = { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' };
  const identity = user === null ? {} : { uid: user.uid, gid: user.gid };
  await run(program, args, { cwd, env, ...identity, windowsHide: true });
}

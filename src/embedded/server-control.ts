// Making, starting, finding and stopping the server process of one cluster.
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

/** The content of `postmaster.pid`; `directory` is that of the socket, empty when there is no socket. */
export type RunningServer = { pid: number; port: number; directory: string; status: string };

/** The server did not come up, or ended in the same moment; the message has the end of its log. */
export class StartFailed extends Error {
  override readonly name = 'StartFailed';
}

/** Crash recovery replays at most `max_wal_size`; ten minutes is ample for that on a slow disk. */
const startSeconds = 600;
const stopSeconds = 120;
/** How long the children of a server that was killed may take to notice. */
const sharedMemoryMs = 60_000;

/**
 * Fills the empty directory `draft` with a new cluster: UTF-8, C locale. Without a password only the socket
 * is let in.
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

/** The password of a server that listens on TCP, kept beside the cluster; made on first use. */
export async function serverPassword(directory: string): Promise<string> {
  const path = join(directory, 'password');
  const known = await readFile(path, 'utf8').catch(() => null);
  if (known) return known.trim();
  const password = randomBytes(24).toString('hex');
  await writeFile(path, password, { mode: 0o600 });
  return password;
}

/**
 * The server that runs on this cluster, or null. A pid file whose process is dead or is something else counts
 * as none.
 */
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

/**
 * Where it is not known the process counts as the server: to take a running one for dead would start a second
 * one on its data.
 */
async function isServer(pid: number, cluster: string): Promise<boolean> {
  if (!Number.isSafeInteger(pid) || pid <= 0 || !pidExists(pid)) return false;
  // A server works in its data directory, and no other server does.
  const directory = await directoryOf(pid);
  if (directory !== null) return directory === cluster;
  const program = await programOf(pid);
  return program === null || program.startsWith('postgres');
}

/** Waits until a server that is starting or stopping has done so; null when none runs. */
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
 * Starts the server on a cluster where none runs. It leads its own session: it outlives this process, and
 * Ctrl-C in this terminal doesn't reach it.
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
      // After a kill -9 of the server its children take a moment to notice; until then its shared memory is
      // in use.
      if (performance.now() < childrenGone && tail.includes('shared memory block')) await delay(250);
      else
        throw new StartFailed(`The embedded PostgreSQL did not start. The end of its log:\n${tail}`, {
          cause: error,
        });
    }
  }
}

/**
 * PostgreSQL judges a pid file by the id alone, so after a reboot it can take another process for an earlier
 * server and refuse to start. The caller holds the lock and has seen that no server runs: the files are
 * stale.
 */
async function removeStaleLocks(cluster: string, socketDir: string | null, port: number): Promise<void> {
  await rm(join(cluster, 'postmaster.pid'), { force: true });
  if (socketDir === null) return;
  const lock = join(socketDir, `${socketFile(port)}.lock`);
  const holder = Number((await readFile(lock, 'utf8').catch(() => '')).split('\n')[0]);
  if (holder > 0 && !(await isServer(holder, cluster))) await rm(lock, { force: true });
}

/**
 * Stops the server: sessions are closed, running transactions rolled back. A server that has ended already is
 * fine.
 */
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
  // The caller's PG* variables and locale are for other servers.
  const kept = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name));
  const env = { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' };
  const identity = user === null ? {} : { uid: user.uid, gid: user.gid };
  await run(program, args, { cwd, env, ...identity, windowsHide: true });
}

// The embedded PostgreSQL: a real server on this machine, shared by all processes with the same directory.
import { chmod, mkdir, readFile, realpath, rmdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connect, isConnectionError } from '../database/connection.ts';
import type { ServerTarget } from '../database/db.ts';
import type { Logger } from '../runtime/logger.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import {
  createCluster,
  findCluster,
  type Listen,
  noteWhereDataIs,
  portBefore,
  socketFile,
  writeSettings,
} from './cluster-files.ts';
import { logTail } from './log-tail.ts';
import { socketDirectory } from './private-directory.ts';
import { identityOf, isAlive } from './processes.ts';
import {
  initialiseCluster,
  type RunningServer,
  serverPassword,
  serverRole,
  settledServer,
  StartFailed,
  startPostgres,
  stopPostgres,
} from './postgres-control.ts';
import { findSystemUser, type SystemUser } from './system-user.ts';
import { shareServer } from './shared-server.ts';
import { type WatchedServer, watchServer, watchUntilLeft } from './watch-server.ts';

export type EmbeddedOptions = {
  /** `<ARCADIA_DATA>/postgres`; made when missing. */
  dataDir: string;
  logger?: Pick<Logger, 'info'>;
  /** Changes to the usual server settings; only a start applies them. */
  settings?: Readonly<Record<string, string>>;
  /** Default: a Unix socket, on Windows 127.0.0.1 with a password. Fixed when the directory is first used. */
  listen?: 'socket' | 'tcp';
};

export type EmbeddedPostgres = {
  /** What `connect` takes for the database `arcadia`. */
  target: ServerTarget;
  /** The directory of the Unix socket; null on TCP. */
  socketDir: string | null;
  port: number;
  /** The server's process. */
  pid: number;
  /** True when this call started the server, false when it joined a running one. */
  started: boolean;
  /** The server's own log file. */
  logFile: string;
  /** From now on the server is restarted after a crash, until this process leaves it. */
  watch: (logger: Logger) => void;
  /** Leaves the server, once; the last to leave stops it. Close your connections first. */
  stop: () => Promise<void>;
};

/** Part of the socket's file name; no TCP port is taken. */
const socketPort = 5432;
const databaseName = 'arcadia';

/**
 * Starts the server of `dataDir`, or joins it when it runs. What a killed process left is adopted (a running
 * server) or cleaned up (pid files, sockets, incomplete clusters). Starts and stops take turns across
 * processes.
 *
 * In `dataDir`: `cluster` (the data, or a link to it, see `createCluster`), `run` (the socket), `users` (its
 * users) and `turns` (the lock).
 *
 * @throws Error when this machine can't run PostgreSQL, or the data is of another major version.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  await mkdir(options.dataDir, { recursive: true });
  const directory = await realpath(options.dataDir);
  const user = await findSystemUser();
  // The server's user has to pass through; the directories inside are private.
  if (user !== null) await chmod(directory, 0o755);
  const binaries = await findBinaries(user);
  const place = { directory, user, binaries, listen: options.listen ?? defaultListen };
  const {
    server: shared,
    whileUsed,
    leave,
  } = await shareServer(directory, {
    ensure: () => ensureAll(place, options),
    stop: ({ cluster, server }) => stopShared(place, cluster, server.directory),
  });
  const { cluster, server, started, target } = shared;
  const logFile = join(cluster, 'server.log');
  return {
    target,
    socketDir: server.directory || null,
    port: server.port,
    pid: server.pid,
    started,
    logFile,
    ...watchUntilLeft(leave, (logger) => {
      const again = () =>
        whileUsed(async () => {
          const found = await ensureAll(place, { ...options, logger });
          return { ...(await watchedProcess(found.server.pid)), started: found.started };
        });
      // Read at once: later the id may be another process's.
      const known = watchedProcess(server.pid);
      const first = { pid: server.pid, isThere: async () => (await known).isThere() };
      return watchServer({ name: 'the embedded PostgreSQL', server: first, again, logger, logFile });
    }),
  };
}

async function watchedProcess(pid: number): Promise<WatchedServer> {
  const identity = await identityOf(pid);
  return { pid, isThere: () => isAlive(identity) };
}

/** The server with its database. If it is killed during the start there is a second try. */
async function ensureAll(
  place: Place,
  options: EmbeddedOptions,
  tries = 2,
): Promise<Ensured & { target: ServerTarget }> {
  try {
    const found = await ensurePostgres(place, options);
    const elsewhere = await noteWhereDataIs(place.directory, found.cluster);
    if (elsewhere !== null)
      options.logger?.info(
        `The data of the embedded PostgreSQL is in ${elsewhere}: ` +
          `its system user can't reach ${place.directory}.`,
      );
    const target = await serverTarget(place, found.server);
    await ensureDatabase(target);
    return { ...found, target };
  } catch (error) {
    if (tries <= 1 || !(error instanceof StartFailed || isConnectionError(error))) throw error;
    return ensureAll(place, options, tries - 1);
  }
}

const defaultListen = process.platform === 'win32' ? 'tcp' : 'socket';

type Place = { directory: string; user: SystemUser | null; binaries: Binaries; listen: 'socket' | 'tcp' };

type Ensured = { cluster: string; server: RunningServer; started: boolean };

async function ensurePostgres(place: Place, options: EmbeddedOptions): Promise<Ensured> {
  const cluster = (await findCluster(place.directory)) ?? (await makeCluster(place, options));
  await checkVersion(cluster, place.binaries);
  const running = await settledServer(cluster);
  if (running !== null) return { cluster, server: running, started: false };
  const listen: Listen =
    place.listen === 'tcp'
      ? { kind: 'tcp', port: await portFor(cluster) }
      : {
          kind: 'socket',
          directory: await socketDirectory(place.directory, socketFile(socketPort), place.user),
        };
  const port = listen.kind === 'tcp' ? listen.port : socketPort;
  await writeSettings(cluster, place.user, listen, port, options.settings ?? {});
  await startPostgres(
    place.binaries,
    cluster,
    place.user,
    listen.kind === 'socket' ? listen.directory : null,
    port,
  );
  const server = await settledServer(cluster);
  if (server === null)
    throw new StartFailed(
      'The embedded PostgreSQL stopped as soon as it had started. The end of its log:\n' +
        (await logTail(join(cluster, 'server.log'))),
    );
  options.logger?.info(`Embedded PostgreSQL started (process ${server.pid}).`);
  return { cluster, server, started: true };
}

async function makeCluster(place: Place, options: EmbeddedOptions): Promise<string> {
  options.logger?.info(`Preparing an embedded PostgreSQL in ${place.directory}; this happens once.`);
  const password = place.listen === 'tcp' ? await serverPassword(place.directory) : null;
  return createCluster(place.directory, place.user, (draft) =>
    initialiseCluster(place.binaries, draft, place.user, password),
  );
}

async function checkVersion(cluster: string, binaries: Binaries): Promise<void> {
  const major = (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim();
  if (major !== binaries.major) {
    throw new Error(
      `The data in ${cluster} is of PostgreSQL ${major}, but PostgreSQL ${binaries.major} is installed. ` +
        'Install the release it was made with, or move the directory away to start afresh.',
    );
  }
}

async function serverTarget(place: Place, server: RunningServer): Promise<ServerTarget> {
  const common = { port: server.port, user: serverRole, database: databaseName };
  if (server.directory !== '') return { ...common, path: join(server.directory, socketFile(server.port)) };
  return { ...common, host: '127.0.0.1', password: await serverPassword(place.directory) };
}

async function ensureDatabase(target: ServerTarget): Promise<void> {
  const sql = connect(
    { ...target, database: 'postgres' },
    { max: 1, applicationName: 'arcadia-cloud start' },
  );
  try {
    const found = await sql`select 1 from pg_database where datname = ${databaseName}`;
    if (found.length === 0) await sql`create database ${sql(databaseName)}`;
  } finally {
    await sql.end();
  }
}

async function stopShared(place: Place, cluster: string, socketDir: string): Promise<void> {
  await stopPostgres(place.binaries, cluster, place.user);
  // The server has removed its socket; the next start makes the directory again.
  if (socketDir !== '') await rmdir(socketDir).catch(() => undefined);
}

/** The former port, which running pools know; else a free one. */
async function portFor(cluster: string): Promise<number> {
  const before = await portBefore(cluster);
  return before === null ? freePort() : freePort(before).catch(() => freePort());
}

async function freePort(wanted = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address !== null && typeof address === 'object'
          ? resolve(address.port)
          : reject(new Error('No free port.')),
      );
    });
  });
}

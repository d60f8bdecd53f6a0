// Connections to PostgreSQL, all made in one way: the same types, the same sockets, quick recovery.
import type postgres from 'postgres';
import type { Sql } from './db.ts';
import { repairedPostgres } from './postgres-repairs/repaired-postgres.ts';
import { wireTypes } from './wire-types.ts';

/**
 * A server without a URL: reached through a Unix socket (`path` is the socket's file) or by host and port.
 */
export type ServerTarget = {
  path?: string;
  host?: string;
  port: number;
  user: string;
  password?: string;
  database: string;
};

/** Where a database is: a DATABASE_URL, or an embedded server's `target`. */
export type ConnectTarget = string | ServerTarget;

export type ConnectOptions = {
  /** The most connections at once; default 10. */
  max?: number;
  /** Shown in pg_stat_activity. */
  applicationName?: string;
  /** Server settings of every session of this pool, as `enable_seqscan: 'off'`. */
  settings?: Readonly<Record<string, string>>;
  /** Called with each notice; without it they are dropped. */
  onnotice?: (notice: postgres.Notice) => void;
};

/**
 * A pool of connections; none is opened before the first query. Rows come with int8 as a number (an unsafe
 * one throws), numeric as its exact string, timestamptz as an ISO string in UTC with milliseconds, date as
 * 'YYYY-MM-DD', and json parsed.
 *
 * While the database is away a query fails at once or within the connect timeout (`isConnectionError`), and
 * the pool tries again for the next ones: at least once a second, where the library's default would grow to
 * 20 seconds. `end` waits at most five seconds.
 */
export function connect(
  target: ConnectTarget,
  { max = 10, applicationName = 'arcadia-cloud', settings = {}, onnotice }: ConnectOptions = {},
): Sql {
  return repairedPostgres(target, {
    max,
    connect_timeout: 5,
    backoff: (attempt) => Math.min(2 ** attempt / 20, 1),
    onnotice: onnotice ?? ignoreNotice,
    types: wireTypes,
    connection: { ...settings, application_name: applicationName, TimeZone: 'UTC', DateStyle: 'ISO, YMD' },
  });
}

/**
 * Settings of sessions whose transactions are short and hold locks that others wait for. A process that is
 * frozen in the middle of one (a paused machine, a debugger) keeps its connection, and with it the locks: the
 * server then ends the session.
 */
export const briefTransactions = { idle_in_transaction_session_timeout: '5s' } as const;

/**
 * Application names of such sessions. `startFrozenSessionWatch` looks for those that the server's limit does
 * not find.
 */
export const briefSessions = { log: 'arcadia-log', projections: 'arcadia-projections' } as const;

/** The same server and credentials, another database. */
export function withDatabase(target: ConnectTarget, database: string): ConnectTarget {
  if (typeof target !== 'string') return { ...target, database };
  const url = new URL(target);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}

const ignoreNotice = (): void => undefined;

/**
 * Whether an error means that the database is away, and not that a statement is wrong: the caller may answer
 * 503 and try again later. Whether a statement in flight took effect is unknown then.
 */
export function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'ENOENT' || code === 'EACCES') return 'syscall' in error && error.syscall === 'connect';
  if (awayCodes.has(code) || /^08[0-9A-Z]{3}$/.test(code)) return true;
  if (error instanceof AggregateError) return error.errors.some(isConnectionError);
  return error.cause !== undefined && isConnectionError(error.cause);
}

const awayCodes: ReadonlySet<string> = new Set([
  // Of the library: no connection in time, one that broke, a pool that was ended.
  'CONNECT_TIMEOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  // Of the network.
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  // Of the server: stopping on request, stopped after a crash, not up yet, session ended for idleness (in a
  // transaction: 25P03), full.
  '57P01',
  '57P02',
  '57P03',
  '57P05',
  '25P03',
  '53300',
]);

/**
 * True for trouble that passes by itself, so that the same statement may go through later: the database is
 * away, out of disk, memory or connections, shutting down, read-only as a standby is in the middle of a
 * failover, or a lock or serialisation conflict. Any other error is the statement's own.
 */
export function isTransientError(error: unknown): boolean {
  if (isConnectionError(error)) return true;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  return /^(40|53|57|58)[0-9A-Z]{3}$/.test(code) || code === '55P03' || code === '25006';
}

import type postgres from 'postgres';
import { errorCode } from '../runtime/error-code.ts';
import type { ConnectTarget, Sql } from './db.ts';
import { repairedPostgres } from './postgres-repairs/repaired-postgres.ts';
import { wireTypes } from './wire-types.ts';

export type ConnectOptions = {
  /** The most connections at once; default 10. */
  max?: number;
  /** Shown in pg_stat_activity. */
  applicationName?: string;
  /** Server settings of its sessions, as `enable_seqscan: 'off'`. */
  settings?: Readonly<Record<string, string>>;
  /** Called with each notice; default: notices are dropped. */
  onnotice?: (notice: postgres.Notice) => void;
};

/**
 * A pool of connections, opened at the first query. Rows have int8 as a number (an unsafe one throws),
 * numeric as its exact string, timestamptz as an ISO string in UTC with milliseconds, date as 'YYYY-MM-DD',
 * and json parsed.
 *
 * While the database is away a query fails at once or within the connect timeout (`isConnectionError`), and
 * the pool reconnects at least once a second; the library's default would grow to 20 seconds. `end` waits at
 * most five seconds.
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
 * Settings of sessions with short transactions whose locks others wait for. If their process freezes (a
 * paused machine, a debugger), its connection and locks would stay: the server ends the session.
 */
export const briefTransactions = { idle_in_transaction_session_timeout: '5s' } as const;

/**
 * Application names of such sessions, also for `startFrozenSessionWatch`, which finds those that the server's
 * limit misses.
 */
export const briefSessions = { log: 'arcadia-log', projections: 'arcadia-projections' } as const;

const ignoreNotice = (): void => undefined;

/**
 * Whether an error means that the database is away, not that a statement is wrong: to be answered with 503,
 * and retried. Whether a statement in flight took effect is unknown.
 */
export function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = errorCode(error);
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
  // Of the server: stopping, crashed, not up yet, session ended for idleness (in a transaction: 25P03), full.
  '57P01',
  '57P02',
  '57P03',
  '57P05',
  '25P03',
  '53300',
]);

/**
 * True for passing trouble, where the same statement may succeed later: the database is away, out of disk,
 * memory or connections, shutting down or read-only as in a failover, or a lock or serialisation conflict.
 */
export function isTransientError(error: unknown): boolean {
  if (isConnectionError(error)) return true;
  const code = errorCode(error);
  return /^(40|53|57|58)[0-9A-Z]{3}$/.test(code) || code === '55P03' || code === '25006';
}

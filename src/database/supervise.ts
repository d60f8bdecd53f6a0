import { setTimeout as sleep } from 'node:timers/promises';
import { advisoryLocks } from './advisory-locks.ts';
import { connect, isConnectionError, type ConnectTarget } from './connection.ts';
import type { Sql } from './db.ts';
import type { Logger } from '../runtime/logger.ts';

/** How often a process that stands by tries to take the lock. */
const STANDBY_MS = 1_000;

/** Another process does the work that only one may do: this one stops at once and stands by. */
export class Superseded extends Error {
  override readonly name = 'Superseded';
}

/** Work that one process at a time does, for as long as it lives. */
export interface Duty {
  /** Begins log messages. */
  name: string;
  /**
   * Its advisory lock's name in {@link advisoryLocks}; null for a duty that takes locks of its own, piece by
   * piece.
   */
  lock: number | null;
  /** Works until the signal is aborted; an error makes it start over. */
  run: (signal: AbortSignal) => Promise<void>;
  /**
   * Whether an error passes by itself, and is logged as a warning. Errors of the database's connection always
   * are.
   */
  passing?(error: unknown): boolean;
  /** Whether another try cannot succeed; the duty then ends in this process for good. */
  fatal?(error: unknown): boolean;
  /** Called, once, with such an error. */
  onFatal?(error: unknown): void;
}

/** A duty under way, or standing by. */
export interface Supervised {
  /** Stops after the piece of work under way. */
  stop(): Promise<void>;
}

/**
 * Takes a duty's lock, does its work, stands by while another process holds it, and starts over after
 * trouble, until stopped. The lock only saves work: if its session breaks, another process takes over while
 * this one goes on, so each piece of work has to check by itself that it continues where the last one ended
 * ({@link Superseded} otherwise).
 * @param locks what {@link openLockSession} gave
 */
export function supervise(locks: Sql, duty: Duty, logger: Logger): Supervised {
  const abort = new AbortController();
  const finished = keepDuty(locks, duty, logger, abort.signal);
  return {
    async stop() {
      abort.abort();
      await finished;
    },
  };
}

async function keepDuty(locks: Sql, duty: Duty, logger: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await runOnce(locks, duty, signal);
    } catch (error) {
      if (duty.fatal?.(error) === true) {
        logger.error({ err: error }, `${duty.name}: stopped for good`);
        duty.onFatal?.(error);
        return;
      }
      if (error instanceof Superseded)
        logger.warn({ reason: error.message }, `${duty.name}: another runner is active`);
      else if (isConnectionError(error))
        logger.warn({ err: error }, `${duty.name}: the database is away, trying again`);
      else if (duty.passing?.(error) === true)
        logger.warn({ err: error }, `${duty.name}: trouble that passes, trying again`);
      else logger.error({ err: error }, `${duty.name}: failed, starting over`);
    }
    await pause(STANDBY_MS, signal);
  }
}

/** Each run has a signal of its own, so that listeners it leaves behind are collected with it. */
async function runOnce(locks: Sql, duty: Duty, signal: AbortSignal): Promise<void> {
  const ends = new AbortController();
  const end = (): void => {
    ends.abort();
  };
  signal.addEventListener('abort', end, { once: true });
  try {
    await runHolding(locks, duty, ends.signal);
  } finally {
    signal.removeEventListener('abort', end);
  }
}

/** Does nothing where another process holds the lock. */
async function runHolding(locks: Sql, { lock, run }: Duty, signal: AbortSignal): Promise<void> {
  if (lock === null) {
    await run(signal);
    return;
  }
  const [row] = await locks<
    { held: boolean }[]
  >`select pg_try_advisory_lock(${advisoryLocks.space}, ${lock}) as held`;
  if (row?.held !== true) return;
  try {
    await run(signal);
  } finally {
    await locks`select pg_advisory_unlock(${advisoryLocks.space}, ${lock})`.catch(() => undefined);
  }
}

/**
 * The one session that holds the locks of a process's duties. When the process ends its locks are free at
 * once. When its machine stops the server is not notified and has to find out: with these settings within
 * about five seconds, by default within two hours.
 */
export function openLockSession(target: ConnectTarget): Sql {
  const settings = {
    tcp_keepalives_idle: '2',
    tcp_keepalives_interval: '1',
    tcp_keepalives_count: '3',
    tcp_user_timeout: '5000',
  };
  return connect(target, { max: 1, applicationName: 'arcadia-locks', settings });
}

/** Waits, at most until the signal. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

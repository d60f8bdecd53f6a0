import { setTimeout as sleep } from 'node:timers/promises';
import { advisoryLocks } from './advisory-locks.ts';
import { connect, isConnectionError } from './connection.ts';
import { type ConnectTarget, type Sql } from './db.ts';
import type { Logger } from '../runtime/logger.ts';

const STANDBY_MS = 1_000;

/** Another process does this work: this one stops and stands by. */
export class Superseded extends Error {
  override readonly name = 'Superseded';
}

/** Work of one process at a time, for as long as it lives. */
export interface Duty {
  /** Begins log messages. */
  name: string;
  /** Its name in {@link advisoryLocks}; null for a duty that takes locks of its own. */
  lock: number | null;
  /** Works until the signal; an error makes it start over. */
  run: (signal: AbortSignal) => Promise<void>;
  /**
   * Whether an error passes by itself, and is logged as a warning, as errors of the database's connection
   * are.
   */
  passing?(error: unknown): boolean;
  /** Whether another try cannot succeed: the duty then ends for good. */
  fatal?(error: unknown): boolean;
  /** Called once with such an error. */
  onFatal?(error: unknown): void;
}

export interface Supervised {
  /** Stops after the piece under way. */
  stop(): Promise<void>;
}

/**
 * Takes a duty's lock and does its work, stands by while another process holds it, and starts over after
 * trouble, until stopped. The lock only saves work: if its session breaks, another process takes over while
 * this one goes on, so each piece of work checks that it continues where the last one ended ({@link
 * Superseded} otherwise).
 * @param locks from {@link openLockSession}
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

/** Each run has its own signal, so that listeners left on it are collected with it. */
async function runOnce(locks: Sql, duty: Duty, signal: AbortSignal): Promise<void> {
  const ends = new AbortController();
  const end = (): void => ends.abort();
  signal.addEventListener('abort', end, { once: true });
  try {
    await runHolding(locks, duty, ends.signal);
  } finally {
    signal.removeEventListener('abort', end);
  }
}

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
 * Settings of a session that holds a process's locks, which are free as soon as the process ends. Of a
 * stopped machine the server has to find out: with these in about five seconds, by default in two hours.
 */
export const lockSessionSettings = {
  tcp_keepalives_idle: '2',
  tcp_keepalives_interval: '1',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '5000',
} as const;

/** The session of a process's locks. */
export function openLockSession(target: ConnectTarget): Sql {
  return connect(target, { max: 1, applicationName: 'arcadia-locks', settings: lockSessionSettings });
}

/** Waits until the time or the signal. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

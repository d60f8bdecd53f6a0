// Connections to Redis that outlive its absence.
import { Redis, type RedisOptions } from 'ioredis';
import type { RedisTarget } from '../embedded/open-redis.ts';
import type { Logger } from '../runtime/logger.ts';

/** The connections of one process to Redis. */
export interface RedisConnections {
  /** For commands: they fail soon while Redis is away. */
  commands: Redis;
  /** For the workers: its commands wait until Redis is back. */
  waiting: Redis;
  /** Whether Redis answered when it was last asked. */
  isThere(): boolean;
  /** Sends a PING: a connection may stand without an answer. */
  check(): Promise<boolean>;
  /** Called each time that Redis is there (again). */
  onBack(listener: () => void): void;
  /**
   * Logs an error of BullMQ. Errors because Redis is away are left out: that is logged once. Others are
   * logged again after ten minutes.
   */
  report: (error: Error) => void;
  close(): void;
}

/** Connects when asked; for commands that are worth less than their wait. The caller hears its errors. */
export function openBriefRedis(target: RedisTarget): Redis {
  return open(target, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    commandTimeout: briefMs,
    connectTimeout: briefMs,
  });
}

const briefMs = 2_000;
const retryMs = (times: number): number => Math.min(times * 100, 1_000);
const answerMs = 5_000;
/** An error that goes on is logged again after this time. */
const quietMs = 600_000;
const mostLogged = 100;

/** Connects, in the background: Redis may be away now, and at any time. */
export function connectRedis(target: RedisTarget, logger: Logger): RedisConnections {
  const commands = open(target, {
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    commandTimeout: answerMs,
  });
  const waiting = open(target, { maxRetriesPerRequest: null });
  const listeners: (() => void)[] = [];
  const logged = new Map<string, number>();
  let state: 'unknown' | 'there' | 'away' | 'closed' = 'unknown';
  const away = (error?: Error): void => {
    if (state === 'away' || state === 'closed') return;
    state = 'away';
    logger.warn(
      { ...(error === undefined ? {} : { reason: error.message }) },
      'Redis is away: no job runs by itself until it is back; the schedule is made up for then',
    );
  };
  const there = (): void => {
    if (state === 'closed') return;
    if (state === 'away') logger.info('Redis is back');
    state = 'there';
  };
  commands.on('ready', () => {
    there();
    void warnOfSettings(commands, logger);
    for (const listener of listeners) listener();
  });
  commands.on('error', away);
  commands.on('close', () => {
    away();
  });
  // `commands` has the same trouble, and logs it.
  waiting.on('error', () => undefined);
  return {
    commands,
    waiting,
    isThere: () => state === 'there',
    async check() {
      if (commands.status === 'ready') await commands.ping().then(there, away);
      return state === 'there';
    },
    onBack(listener) {
      listeners.push(listener);
      if (state === 'there') listener();
    },
    report: (error) => {
      const now = Date.now();
      const isOld =
        state === 'closed' ||
        state === 'away' ||
        isConnectionTrouble(error) ||
        now < (logged.get(error.message) ?? 0) + quietMs;
      if (isOld) {
        logger.debug({ err: error }, 'queues');
        return;
      }
      if (logged.size >= mostLogged) logged.clear();
      logged.set(error.message, now);
      logger.warn(
        { err: error },
        'queues: an entry could not be looked after; the run it stands for goes on, or is made again',
      );
    },
    close() {
      state = 'closed';
      commands.disconnect();
      waiting.disconnect();
    },
  };
}

function open(
  target: RedisTarget,
  options: Pick<
    RedisOptions,
    'maxRetriesPerRequest' | 'enableOfflineQueue' | 'commandTimeout' | 'connectTimeout' | 'lazyConnect'
  >,
): Redis {
  const all = { retryStrategy: retryMs, connectTimeout: answerMs, ...options };
  return 'url' in target ? new Redis(target.url, all) : new Redis({ ...all, path: target.path });
}

function isConnectionTrouble(error: Error): boolean {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return (
    /^(ECONN|EPIPE|ETIMEDOUT|ENOENT|EHOST|ENET|EAI_|ENOTFOUND)/.test(code) ||
    /Connection is closed|Command timed out|Stream isn't writeable/.test(error.message) ||
    /^(LOADING|MASTERDOWN|READONLY|NOREPLICAS)/.test(error.message)
  );
}

/** A Redis that drops keys when its memory is full drops runs: they come back from PostgreSQL, but late. */
async function warnOfSettings(commands: Redis, logger: Logger): Promise<void> {
  const info = await commands.info('memory').catch(() => '');
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  if (policy !== undefined && policy !== 'noeviction')
    logger.warn(
      { maxmemory_policy: policy },
      'Redis may drop keys when its memory is full: set its maxmemory-policy to noeviction',
    );
}

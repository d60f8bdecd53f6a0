import { isConnectionError } from './connection.ts';
import type { Sql } from './db.ts';

/** A number in the database that only rises, and waits for it. */
export interface NotifiedLevel<Level extends number | bigint> {
  waitFor(level: Level, timeoutMs: number): Promise<boolean>;
  close(): Promise<void>;
}

export interface NotifiedLevelOptions<Level extends number | bigint> {
  channel: string;
  start: Level;
  look: () => Promise<Level>;
  /** The level in a notification's payload; null: the database has to be read. */
  levelIn?: (payload: string) => Level | null;
}

/** The longest delay after a lost notification. */
const POLL_MS = 250;

/**
 * Follows a level by NOTIFY, from any node. While callers wait the database is read as well: a notification
 * may be lost.
 */
export async function openNotifiedLevel<Level extends number | bigint>(
  sql: Sql,
  { channel, start, look, levelIn = () => null }: NotifiedLevelOptions<Level>,
): Promise<NotifiedLevel<Level>> {
  let reached = start;
  const waiters = new Set<{ level: Level; done: (reached: boolean) => void }>();
  const rise = (level: Level) => {
    if (level <= reached) return;
    reached = level;
    for (const waiter of waiters) if (waiter.level <= reached) waiter.done(true);
  };
  let looking: Promise<void> | undefined;
  const lookOnce = () =>
    (looking ??= look()
      .then(rise)
      .catch(() => undefined)
      .finally(() => {
        looking = undefined;
      }));
  const listener = await sql.listen(channel, (payload) => {
    const notified = levelIn(payload);
    if (notified !== null) rise(notified);
    else if (waiters.size > 0) void lookOnce();
  });

  return {
    async waitFor(level, timeoutMs) {
      if (level <= reached) return true;
      rise(await look());
      if (level <= reached) return true;
      return new Promise((resolve) => {
        const poll = setInterval(() => void lookOnce(), POLL_MS);
        const timer = setTimeout(() => waiter.done(false), timeoutMs);
        const waiter = {
          level,
          done(inTime: boolean) {
            clearInterval(poll);
            clearTimeout(timer);
            waiters.delete(waiter);
            resolve(inTime);
          },
        };
        waiters.add(waiter);
        // A rise committed since the last look has been notified already.
        void lookOnce();
      });
    },
    async close() {
      for (const waiter of waiters) waiter.done(false);
      // A lost session does not listen: closing needs no database.
      await listener.unlisten().catch((error: unknown) => {
        if (!isConnectionError(error)) throw error;
      });
    },
  };
}

import { isConnectionError } from './connection.ts';
import type { Sql } from './db.ts';

/** A number in the database that only rises, and callers that wait until it has reached a value. */
export interface NotifiedLevel<Level extends number | bigint> {
  /** True when the level was reached within the time, false when not. */
  waitFor(level: Level, timeoutMs: number): Promise<boolean>;
  /** Ends all waits, without success. */
  close(): Promise<void>;
}

export interface NotifiedLevelOptions<Level extends number | bigint> {
  /** The channel on which a rise is notified. */
  channel: string;
  /** The level before the first notification. */
  start: Level;
  /** Reads the level from the database. */
  look: () => Promise<Level>;
  /** The level that a notification's payload holds; null where the database has to be read. */
  levelIn?: (payload: string) => Level | null;
}

/** The longest that a lost notification delays a waiter. */
const POLL_MS = 250;

/**
 * Follows a level by NOTIFY, whichever node raises it. While callers wait the database is read as well, since
 * a notification may be lost.
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
        const poll = setInterval(() => {
          void lookOnce();
        }, POLL_MS);
        const timer = setTimeout(() => {
          waiter.done(false);
        }, timeoutMs);
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
        // A rise that was committed between the look and this line has been notified already.
        void lookOnce();
      });
    },
    async close() {
      for (const waiter of waiters) waiter.done(false);
      // A session that is lost does not listen: a stop goes on without the database.
      await listener.unlisten().catch((error: unknown) => {
        if (!isConnectionError(error)) throw error;
      });
    },
  };
}

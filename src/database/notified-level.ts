import { isConnectionError } from './connection.ts';
import type { Sql } from './db.ts';

/** A level in the database that only rises, and callers who wait until it has come somewhere. */
export interface NotifiedLevel<Level extends number | bigint> {
  /** True when the level was reached within the time, false when not. */
  waitFor(level: Level, timeoutMs: number): Promise<boolean>;
  /** Ends all waits, without success. */
  close(): Promise<void>;
}

export interface NotifiedLevelOptions<Level extends number | bigint> {
  /** Where a rise is notified. */
  channel: string;
  /** The level before anything is known. */
  start: Level;
  /** Asks the database for the level. */
  look: () => Promise<Level>;
  /** What a notification says of the level by itself; null where the database has to be asked. */
  heard?: (payload: string) => Level | null;
}

/** A lost notification costs a waiter at most this long. */
const POLL_MS = 250;

/**
 * Follows a level by NOTIFY, on any node, whoever raises it; a notification that was lost is made up for by
 * looking.
 */
export async function openNotifiedLevel<Level extends number | bigint>(
  sql: Sql,
  { channel, start, look, heard = () => null }: NotifiedLevelOptions<Level>,
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
    const told = heard(payload);
    if (told !== null) rise(told);
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
      // A session that is lost listens no more: a stop goes on without the database.
      await listener.unlisten().catch((error: unknown) => {
        if (!isConnectionError(error)) throw error;
      });
    },
  };
}

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
  let following: Promise<void> | undefined;
  /** Reads the level. A read under way may have begun too early: who asks meanwhile shares the next one. */
  const lookAgain = (): Promise<void> => {
    if (looking !== undefined)
      return (following ??= looking
        .catch(() => undefined)
        .then(() => {
          following = undefined;
          return lookAgain();
        }));
    return (looking = look()
      .then(rise)
      .finally(() => {
        looking = undefined;
      }));
  };
  /** For those that wait: a failure is left to the next poll. */
  const lookOut = () => void lookAgain().catch(() => undefined);
  const listener = await sql.listen(channel, (payload) => {
    const notified = levelIn(payload);
    if (notified !== null) rise(notified);
    else if (waiters.size > 0) lookOut();
  });

  return {
    async waitFor(level, timeoutMs) {
      if (level <= reached) return true;
      const until = performance.now() + timeoutMs;
      let done!: (reached: boolean) => void;
      const ended = new Promise<boolean>((resolve) => {
        done = resolve;
      });
      const waiter = { level, done };
      // What rises from here on is notified; what rose before, the look finds.
      waiters.add(waiter);
      const poll = setInterval(lookOut, POLL_MS);
      let timer: NodeJS.Timeout | undefined;
      try {
        await Promise.race([lookAgain(), ended]);
        timer = setTimeout(done, Math.max(0, until - performance.now()), false);
        return await ended;
      } finally {
        clearInterval(poll);
        clearTimeout(timer);
        waiters.delete(waiter);
      }
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

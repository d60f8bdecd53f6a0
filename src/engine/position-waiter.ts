import type { Db, Sql } from '../database/db.ts';
import type { Projection } from './projection.ts';

/** Lets callers wait until the read models have reached a journal position. */
export interface PositionWaiter {
  /** Journal position that every live projection of this build has reached, as last heard. */
  reached(): number;
  /** True when the position was reached within the time, false when not. */
  waitFor(position: number, timeoutMs: number): Promise<boolean>;
  /** The journal position that the read models stand at in a snapshot. Checkpoints of other builds' versions don't count. */
  positionIn(db: Db): Promise<number>;
  close(): Promise<void>;
}

/** A lost notification costs a waiter at most this long. */
const POLL_MS = 250;

/**
 * Follows the checkpoints by NOTIFY, on any node, whether the runner is in this process or another. A parked projection
 * holds nobody up: its tables are named as behind in `GET projections`.
 */
export async function createPositionWaiter(sql: Sql, projections: readonly Projection[]): Promise<PositionWaiter> {
  const names = projections.map((projection) => `${projection.name} ${projection.version}`);
  let reached = 0;
  const waiters = new Set<{ position: number; done: (reached: boolean) => void }>();

  const advance = (position: number) => {
    if (position <= reached) return;
    reached = position;
    for (const waiter of waiters) if (waiter.position <= reached) waiter.done(true);
  };
  const positionIn = async (db: Db) => {
    const [row] = await db<{ position: number | null }[]>`
      select min(position) as position from projection_checkpoints where status = 'live' and name || ' ' || version = any(${names})`;
    return row?.position ?? 0;
  };
  const look = async () => { advance(await positionIn(sql)); };
  // The payload tells how far one batch went; projections that are still catching up don't count, so the table is asked.
  let looking: Promise<void> | undefined;
  const lookOnce = () => (looking ??= look().catch(() => undefined).finally(() => { looking = undefined; }));
  const listener = await sql.listen('projected', () => { if (waiters.size > 0) void lookOnce(); });

  return {
    reached: () => reached,
    positionIn,
    async waitFor(position, timeoutMs) {
      if (position <= reached) return true;
      await look();
      if (position <= reached) return true;
      return new Promise((resolve) => {
        const poll = setInterval(() => { void lookOnce(); }, POLL_MS);
        const timer = setTimeout(() => { waiter.done(false); }, timeoutMs);
        const waiter = {
          position,
          done(inTime: boolean) {
            clearInterval(poll);
            clearTimeout(timer);
            waiters.delete(waiter);
            resolve(inTime);
          },
        };
        waiters.add(waiter);
        // A batch that was committed between the look and this line has rung already.
        void lookOnce();
      });
    },
    async close() {
      for (const waiter of waiters) waiter.done(false);
      await listener.unlisten();
    },
  };
}

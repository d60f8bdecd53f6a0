import type { Db, Sql } from '../database/db.ts';
import { openNotifiedLevel } from '../database/notified-level.ts';
import { announcedPosition, nameOfGroup } from './announcement.ts';
import type { Projection } from './projection.ts';

/** Lets callers wait until the read models have reached a journal position. */
export interface PositionWaiter {
  /** True when the position was reached within the time, false when not. */
  waitFor(position: number, timeoutMs: number): Promise<boolean>;
  /** The read models' journal position in a snapshot; versions of other builds don't count. */
  positionIn(db: Db): Promise<number>;
  close(): Promise<void>;
}

/**
 * Follows the checkpoints, in whichever process the runner is. A parked projection does not hold up waits:
 * `GET projections` lists its tables as behind.
 */
export async function createPositionWaiter(
  sql: Sql,
  projections: readonly Projection[],
): Promise<PositionWaiter> {
  const names = projections.map((projection) => `${projection.name} ${projection.version}`);
  const positionIn = async (db: Db) => {
    const [row] = await db<{ position: number | null }[]>`
      select min(position) as position from projection_checkpoints
      where status = 'live' and name || ' ' || version = any(${names})`;
    return row?.position ?? 0;
  };
  // Usually a batch takes all projections on. Where one is catching up or parked, the table is read.
  const all = nameOfGroup(projections);
  const level = await openNotifiedLevel<number>(sql, {
    channel: 'projected',
    start: 0,
    look: () => positionIn(sql),
    levelIn: (payload) => announcedPosition(payload, all),
  });
  return {
    waitFor: (position, timeoutMs) => level.waitFor(position, timeoutMs),
    positionIn,
    close: () => level.close(),
  };
}

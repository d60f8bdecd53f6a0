import type { Db } from '../../src/database/db.ts';
import { lifecycleDays } from './tables.ts';

/** Those of the days on which a run of the automatic lifecycle has done all that was due, in order. */
export async function completedLifecycleDays(db: Db, days: readonly string[]): Promise<string[]> {
  const rows = await db<{ day: string }[]>`
    select day from ${db(lifecycleDays.ref)} where day = any(${[...days]}::date[]) order by day`;
  return rows.map(({ day }) => day);
}

/** The last day that the automatic lifecycle has completed. Null: no day yet. */
export async function lastLifecycleDay(db: Db): Promise<string | null> {
  const [row] = await db<{ day: string | null }[]>`select max(day) as day from ${db(lifecycleDays.ref)}`;
  return row?.day ?? null;
}

/** The first day that the automatic lifecycle has completed: none before it was missed. Null: no day yet. */
export async function firstLifecycleDay(db: Db): Promise<string | null> {
  const [row] = await db<{ day: string | null }[]>`select min(day) as day from ${db(lifecycleDays.ref)}`;
  return row?.day ?? null;
}

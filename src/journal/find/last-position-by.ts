import type { Db } from '../../database/db.ts';

/** So few positions are read one by one. */
const SHORT = 2_000;

/**
 * The position of the last event up to `upTo` that was recorded by an instant; 0 for none. It is in the
 * second half of the journal, or else in the first, and so on: the times of positions grow but for what the
 * clocks of several machines differ, and the index on filters says where there are none.
 * @param recordedBy ISO instant
 */
export async function lastPositionBy(db: Db, recordedBy: string, upTo: number): Promise<number> {
  let after = 0;
  let until = upTo;
  while (until - after > SHORT) {
    const middle = Math.floor((after + until) / 2);
    if ((await anyBetween(db, recordedBy, middle, until)) === null) until = middle;
    else after = middle;
  }
  return (await lastBetween(db, recordedBy, after, until)) ?? 0;
}

/** Any event that was recorded by then, planned for these very positions and as if all were wanted. */
async function anyBetween(db: Db, by: string, after: number, upTo: number): Promise<number | null> {
  const [row] = await db.unsafe<{ position: number }[]>(
    `with matches as materialized (
       select position from journal where position > $1 and position <= $2 and recorded_at <= $3::timestamptz)
     select position from matches limit 1`,
    [after, upTo, by],
  );
  return row?.position ?? null;
}

async function lastBetween(db: Db, by: string, after: number, upTo: number): Promise<number | null> {
  const [row] = await db<{ position: number }[]>`
    select position from journal
    where position > ${after} and position <= ${upTo} and recorded_at <= ${by}::timestamptz
    order by position desc limit 1`;
  return row?.position ?? null;
}

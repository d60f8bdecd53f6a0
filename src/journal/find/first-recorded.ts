import type { Db } from '../../database/db.ts';

/** When the journal's first event was recorded, an ISO instant; null while the journal is empty. */
export async function firstRecordedAt(db: Db): Promise<string | null> {
  const [first] = await db<{ recorded_at: string }[]>`select recorded_at from journal where position = 1`;
  return first?.recorded_at ?? null;
}

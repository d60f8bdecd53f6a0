import type { Db } from '../../database/db.ts';
import { firstMatches } from './find-events.ts';

/**
 * The position of the last event up to `upTo` that was recorded by an instant; 0 for none. The times of
 * positions grow but for what the clocks of several machines differ.
 * @param recordedBy ISO instant
 */
export async function lastPositionBy(db: Db, recordedBy: string, upTo: number): Promise<number> {
  const reading = { filter: { recordedTo: recordedBy }, newestFirst: true };
  const [last] = await firstMatches(db, reading, { after: 0, upTo }, 1);
  return last?.position ?? 0;
}

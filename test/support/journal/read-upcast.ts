import type { Sql } from '../../../src/database/db.ts';
import { upcast, type RecordedLedgerEvent } from '../../../src/events/index.ts';
import { readJournal } from '../../../src/journal/read-journal.ts';

/** Every event of the journal in order, each at its current schema version. */
export async function readUpcast(sql: Sql): Promise<RecordedLedgerEvent[]> {
  return (await readJournal(sql, 0, 1_000_000)).map((event) => upcast(event));
}

import { upcast, type RecordedLedgerEvent } from '../events/index.ts';
import type { RecordedEvent } from '../events/define.ts';
import type { Db, Sql } from '../database/db.ts';

/** Events of the journal after `from`, in order, at most `limit`, as recorded. */
export async function readJournal(sql: Sql, from: number, limit: number): Promise<RecordedEvent[]> {
  return sql<RecordedEvent[]>`
    select position, stream, revision, id, type, data, metadata from journal where position > ${from} order by position limit ${limit}`;
}

/** A stream's events as far as the journal has them, in order, as recorded. */
export async function readRecorded(sql: Sql, stream: string): Promise<RecordedEvent[]> {
  return sql<RecordedEvent[]>`
    select position, stream, revision, id, type, data, metadata from journal where stream = ${stream} order by revision`;
}

/** As {@link readJournal}, each event at its current schema version. */
export async function readUpcast(sql: Sql, from: number, limit: number): Promise<RecordedLedgerEvent[]> {
  return (await readJournal(sql, from, limit)).map((event) => upcast(event));
}

/** The journal's last position; 0 while it is empty. */
export async function journalHead(db: Db): Promise<number> {
  const [row] = await db<{ head: number }[]>`select coalesce(max(position), 0) as head from journal`;
  return row?.head ?? 0;
}

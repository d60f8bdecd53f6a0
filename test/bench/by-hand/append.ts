import type { NewEvent } from '../../../src/events/define.ts';
import type { Sql } from '../../../src/database/db.ts';

/** Appends a statement. */
const BATCH = 32;
/** Statements under way at once, on one connection: PostgreSQL never waits for the next. */
const IN_FLIGHT = 2;

interface Append {
  stream: string;
  event: NewEvent;
  at: number;
  resolve: (position: number) => void;
  reject: (error: Error) => void;
}

/**
 * Appends by hand, one event each: those that wait are joined into statements of 32 appends, each of which is
 * checked against its own expected revision, and answered with its position. One process only: the order of
 * the positions is that of the connection.
 * @param sql a pool of one connection
 * @param table a table with the columns, keys and indexes of the journal
 * @returns rejects where the stream is at another revision than `at`
 */
export function appendByHand(
  sql: Sql,
  table: string,
): (stream: string, event: NewEvent, at: number) => Promise<number> {
  const statement = `
    with written as (
    insert into ${table} (position, stream, revision, id, type, data, metadata, recorded_at)
    select (select coalesce(max(position), 0) from ${table}) + row_number() over (order by e.n),
      e.stream, e.at + 1, e.id, e.type, e.data::json, e.metadata::json, e.recorded_at
    from unnest($1::text[], $2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
      with ordinality as e(stream, at, id, type, data, metadata, recorded_at, n)
    where e.at = coalesce(
      (select j.revision from ${table} j where j.stream = e.stream order by j.revision desc limit 1), -1)
    returning position)
    select min(position) as first, count(*) as stored from written`;
  let waiting: Append[] = [];
  let inFlight = 0;
  let scheduled = false;

  async function send(batch: readonly Append[]): Promise<void> {
    const ids = batch.map(({ event }) => event.id);
    const [written] = await sql.unsafe<{ first: number; stored: number }[]>(
      statement,
      [
        batch.map(({ stream }) => stream),
        batch.map(({ at }) => at),
        ids,
        batch.map(({ event }) => event.type),
        batch.map(({ event }) => JSON.stringify(event.data)),
        batch.map(({ event }) => JSON.stringify(event.metadata)),
        batch.map(({ event }) => event.metadata.recorded_at),
      ],
      { prepare: true },
    );
    let next = written?.first ?? 0;
    // Which of them were refused is asked only where some were.
    const stored = written?.stored === batch.length ? null : await storedOf(ids);
    for (const { stream, event, at, resolve, reject } of batch)
      if (stored?.has(event.id) === false) reject(new Error(`stream ${stream} is not at revision ${at}`));
      else resolve(next++);
  }

  async function storedOf(ids: readonly string[]): Promise<Set<string>> {
    const rows = await sql<{ id: string }[]>`
      select id from ${sql(table)} where id = any(${ids as string[]}::uuid[])`;
    return new Set(rows.map(({ id }) => id));
  }

  function pump(): void {
    scheduled = false;
    while (waiting.length > 0 && inFlight < IN_FLIGHT) {
      const batch = waiting.slice(0, BATCH);
      waiting = waiting.slice(BATCH);
      inFlight += 1;
      void send(batch)
        .catch((error: Error) => {
          for (const { reject } of batch) reject(error);
        })
        .finally(() => {
          inFlight -= 1;
          schedule();
        });
    }
  }

  /** Callers that are ready at the same moment share a statement. */
  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(pump);
  }

  return (stream, event, at) =>
    new Promise((resolve, reject) => {
      waiting.push({ stream, event, at, resolve, reject });
      schedule();
    });
}

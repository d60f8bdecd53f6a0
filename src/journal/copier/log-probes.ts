import { setTimeout as delay } from 'node:timers/promises';
import type { Sql } from '../../database/db.ts';
import type { Probe } from '../../runtime/readiness.ts';
import type { EventStore } from '../eventstoredb/client.ts';
import { readJournalSource } from './journal-source.ts';

/** With more bytes of log to copy, some ten thousand events, a node is not ready. */
const MAX_LAG_BYTES = 10_000_000;
/** With events to copy, a copier that has stood still for this long is watched … */
const STANDS_AFTER_MS = 10_000;
/** … for this long: the events may be new. */
const COPIED_WITHIN_MS = 1_000;
const LOOK_EVERY_MS = 50;

/** Whether EventStoreDB answers. */
export function eventStoreProbe(store: EventStore): Probe {
  return {
    name: 'eventstoredb',
    required: true,
    async probe() {
      await store.end();
      return {};
    },
  };
}

/**
 * Whether the journal follows EventStoreDB; `lag_bytes` of its log, system events included, are to be copied.
 */
export function journalProbe(sql: Sql, store: Pick<EventStore, 'end'>): Probe {
  return {
    name: 'journal',
    required: true,
    async probe() {
      // Read first, so that a copier at work is not ahead of the log's end.
      const copied = await readCopied(sql);
      const lag = (await store.end()) - copied.scanned;
      if (lag < 0n) return { status: 'failed', reason: 'EventStoreDB ends before what was copied from it' };
      const stands = lag > 0n && copied.ageMs > STANDS_AFTER_MS && !(await movesFrom(sql, copied.scanned));
      return { status: lag > MAX_LAG_BYTES || stands ? 'failed' : 'ok', lag_bytes: Number(lag) };
    },
  };
}

/** How far EventStoreDB is copied, and the milliseconds since. */
async function readCopied(sql: Sql): Promise<{ scanned: bigint; ageMs: number }> {
  const [row] = await sql<{ scanned: string; age_ms: number }[]>`
    select coalesce(scanned, 0)::text as scanned,
      (extract(epoch from clock_timestamp() - updated_at) * 1000)::bigint as age_ms
    from journal_source`;
  return { scanned: BigInt(row?.scanned ?? 0), ageMs: row?.age_ms ?? 0 };
}

/** Whether the copier moves on in time. */
async function movesFrom(sql: Sql, scanned: bigint): Promise<boolean> {
  for (let waited = 0; waited < COPIED_WITHIN_MS; waited += LOOK_EVERY_MS) {
    await delay(LOOK_EVERY_MS);
    if ((await readCopied(sql)).scanned !== scanned) return true;
  }
  return false;
}

/** Whether a journal that is the log itself still takes appends, or has moved to EventStoreDB. */
export function journalIsLogProbe(sql: Sql): Probe {
  return {
    name: 'journal',
    required: true,
    async probe() {
      const { kind } = await readJournalSource(sql);
      return kind === 'eventstoredb'
        ? { status: 'failed', reason: 'the log has moved to EventStoreDB: restart with EVENTSTORE_URL' }
        : {};
    },
  };
}

import { setTimeout as delay } from 'node:timers/promises';
import type { Sql } from '../../database/db.ts';
import type { Probe } from '../../runtime/readiness.ts';
import type { EventStore } from '../eventstoredb/client.ts';
import { readJournalSource } from './journal-source.ts';

/** Bytes of log behind which a node is not ready: some ten thousand events. */
const MAX_LAG_BYTES = 10_000_000;
/** A copier that has copied nothing for so long, with events left to copy, is checked … */
const STANDS_AFTER_MS = 10_000;
/** … for so long: after a quiet time the events may have been appended a moment ago. */
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
 * Whether the journal follows EventStoreDB: `lag_bytes` of its log are not copied yet, system events
 * included.
 */
export function journalProbe(sql: Sql, store: Pick<EventStore, 'end'>): Probe {
  return {
    name: 'journal',
    required: true,
    async probe() {
      // In this order: a copier that goes on would otherwise be ahead of the end that was read first.
      const copied = await readCopied(sql);
      const lag = (await store.end()) - copied.scanned;
      if (lag < 0n) return { status: 'failed', reason: 'EventStoreDB ends before what was copied from it' };
      const stands = lag > 0n && copied.ageMs > STANDS_AFTER_MS && !(await movesFrom(sql, copied.scanned));
      return { status: lag > MAX_LAG_BYTES || stands ? 'failed' : 'ok', lag_bytes: Number(lag) };
    },
  };
}

/** How far EventStoreDB is copied, and for how long it has been so. */
async function readCopied(sql: Sql): Promise<{ scanned: bigint; ageMs: number }> {
  const [row] = await sql<{ scanned: string; age_ms: number }[]>`
    select coalesce(scanned, 0)::text as scanned,
      (extract(epoch from clock_timestamp() - updated_at) * 1000)::bigint as age_ms
    from journal_source`;
  return { scanned: BigInt(row?.scanned ?? 0), ageMs: row?.age_ms ?? 0 };
}

/** Whether the copier moves on from a position within the time that copying takes. */
async function movesFrom(sql: Sql, scanned: bigint): Promise<boolean> {
  for (let waited = 0; waited < COPIED_WITHIN_MS; waited += LOOK_EVERY_MS) {
    await delay(LOOK_EVERY_MS);
    if ((await readCopied(sql)).scanned !== scanned) return true;
  }
  return false;
}

/**
 * For a journal that is the log itself: whether it still takes appends, or its events have moved to
 * EventStoreDB.
 */
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

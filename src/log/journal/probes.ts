import type { Sql } from '../../database/db.ts';
import type { Probe } from '../../readiness.ts';
import type { EventStore } from '../eventstoredb/client.ts';
import { readJournalSource } from './source.ts';

/** Bytes of log behind which a node is not ready: some ten thousand events. */
const MAX_LAG_BYTES = 10_000_000;
/** A copier that has moved nothing for so long, with something left to copy, stands. */
const STANDS_AFTER_MS = 10_000;

/** Whether EventStoreDB answers. */
export function eventStoreProbe(store: EventStore): Probe {
  return {
    name: 'eventstoredb', required: true,
    async probe() {
      await store.end();
      return {};
    },
  };
}

/** Whether the journal follows EventStoreDB: `lag_bytes` of its log are not copied yet, system events included. */
export function journalProbe(sql: Sql, store: EventStore): Probe {
  return {
    name: 'journal', required: true,
    async probe() {
      // In this order: a copier that goes on meanwhile would be ahead of an end that was asked for first.
      const [row] = await sql<{ scanned: string; age_ms: number }[]>`
        select coalesce(scanned, 0)::text as scanned, (extract(epoch from clock_timestamp() - updated_at) * 1000)::bigint as age_ms from journal_source`;
      const lag = await store.end() - BigInt(row?.scanned ?? 0);
      if (lag < 0n) return { status: 'failed', reason: 'EventStoreDB ends before what was copied from it' };
      const bytes = Number(lag);
      const stands = bytes > 0 && (row?.age_ms ?? 0) > STANDS_AFTER_MS;
      return { status: bytes > MAX_LAG_BYTES || stands ? 'failed' : 'ok', lag_bytes: bytes };
    },
  };
}

/** Whether appends to a journal that is the log itself are still taken, or its events have moved to EventStoreDB meanwhile. */
export function journalIsLogProbe(sql: Sql): Probe {
  return {
    name: 'journal', required: true,
    async probe() {
      const { kind } = await readJournalSource(sql);
      return kind === 'eventstoredb' ? { status: 'failed', reason: 'the log has moved to EventStoreDB: restart with EVENTSTORE_URL' } : {};
    },
  };
}

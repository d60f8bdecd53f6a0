import { randomUUID } from 'node:crypto';
import { jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { copyToEventStore } from '../../src/journal/log-copy/copy-to-eventstoredb.ts';
import { openEventStore, type EventStore } from '../../src/journal/eventstoredb/client.ts';
import { sampleEvent } from './append.ts';
import type { BenchContext, OpenPair } from './context.ts';
import { copyJournal } from './copy.ts';
import { secondsOf } from './figure.ts';

/** Each event has its own stream, like reports of the LLM gateway: no two of them share an append. */
const EVENTS = 5_000;

/** A single caller of the client appends the same events one by one; returns events a second. */
async function oneCaller({ client }: EventStore): Promise<number> {
  const run = randomUUID();
  const seconds = await secondsOf(async () => {
    for (let n = 0; n < EVENTS; n++) {
      const { id, type, data, metadata } = sampleEvent(n);
      const event = jsonEvent({ id, type, data: data as Record<string, unknown>, metadata: { ...metadata } });
      await client.appendToStream(`bench-${run}-${n}`, event, { expectedRevision: NO_STREAM });
    }
  });
  return EVENTS / seconds;
}

/**
 * `log copy` of a journal into a real EventStoreDB, its comparing included; against a single caller's loop.
 */
export async function openEventStoreCopy({ sql, openPool }: BenchContext): Promise<OpenPair> {
  await copyJournal(
    sql,
    0,
    Array.from({ length: EVENTS }, (_, n) => {
      const { id, type, data, metadata } = sampleEvent(n);
      return {
        stream: `copied-${n}`,
        revision: 0,
        id,
        type,
        data: JSON.stringify(data),
        metadata: JSON.stringify(metadata),
        recordedAt: metadata.recorded_at,
      };
    }),
  );
  const session = openPool(1);
  const store = openEventStore(process.env['EVENTSTORE_URL'] ?? '');
  return {
    pair: {
      name: 'eventstore_copy',
      unit: 'events/s',
      aim: 0.8,
      floorName: "the client's appendToStream, one event a call by one caller",
      async value() {
        await sql`update journal_source set kind = 'journal', scanned = null, moved_at = 0`;
        const begins = await store.end();
        const copy = () =>
          copyToEventStore({ sql, session, store, streamPrefix: `bench-${randomUUID()}-`, begins });
        return EVENTS / (await secondsOf(copy));
      },
      floor: () => oneCaller(store),
    },
    close: async () => {
      await Promise.all([store.close(), session.end()]);
    },
  };
}

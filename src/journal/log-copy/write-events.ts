import { WrongExpectedVersionError } from '@eventstore/db-client';
import type { Db } from '../../database/db.ts';
import { MAX_APPEND_BYTES } from '../event-log.ts';
import type { EventStore } from '../eventstoredb/client.ts';
import { CopyRefused } from './copy-refused.ts';
import { readStored, type StoredEvent } from './stored-events.ts';

/** The most events in one append: beside the JSON the server counts the types. */
const MAX_EVENTS = 400;

/** Consecutive events of one stream, for one append. */
interface Run {
  stream: string;
  expected: number;
  events: StoredEvent[];
  bytes: number;
}

export interface WriteOptions {
  streamPrefix: string;
  signal: AbortSignal;
  onWritten: (events: number) => void;
}

/**
 * Appends the journal's events after `from` up to `to`, in order, one append at a time: of several at once
 * the server might store a later one first.
 * @throws {LogUnavailable} the server went away; reading it shows whether the append under way is stored
 * @throws {CopyRefused} another process writes to it
 */
export async function writeEvents(
  db: Db,
  store: EventStore,
  from: number,
  to: number,
  { streamPrefix, signal, onWritten }: WriteOptions,
): Promise<void> {
  for await (const { stream, expected, events } of runsOf(oneAhead(readStored(db, from, to)))) {
    if (signal.aborted) return;
    try {
      await store.append(
        streamPrefix + stream,
        events.map(({ id, type, data, metadata }) => ({ id, type, data, metadata, recordedAt: '' })),
        expected,
      );
    } catch (error) {
      if (error instanceof WrongExpectedVersionError)
        throw new CopyRefused(
          'Another process writes to this EventStoreDB: stop it, empty the server, and copy again.',
        );
      throw error;
    }
    onWritten(events.length);
  }
}

/** Reads the next page while one is worked on. */
async function* oneAhead<Page>(pages: AsyncGenerator<Page, void>): AsyncGenerator<Page, void> {
  try {
    for (let next = pages.next(); ;) {
      const { done, value } = await next;
      if (done === true) return;
      next = pages.next();
      // Its failure is thrown where the page is awaited.
      next.catch(() => undefined);
      yield value;
    }
  } finally {
    await pages.return();
  }
}

/** Joins consecutive events of a stream, up to the size of an append. */
async function* runsOf(pages: AsyncIterable<readonly StoredEvent[]>): AsyncGenerator<Run, void> {
  let run: Run | undefined;
  for await (const page of pages) {
    for (const event of page) {
      const bytes = Buffer.byteLength(event.data) + Buffer.byteLength(event.metadata);
      if (
        run !== undefined &&
        run.stream === event.stream &&
        run.events.length < MAX_EVENTS &&
        run.bytes + bytes <= MAX_APPEND_BYTES
      ) {
        run.events.push(event);
        run.bytes += bytes;
        continue;
      }
      if (run !== undefined) yield run;
      run = { stream: event.stream, expected: event.revision - 1, events: [event], bytes };
    }
  }
  if (run !== undefined) yield run;
}

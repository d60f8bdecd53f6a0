import { WrongExpectedVersionError } from '@eventstore/db-client';
import type { Db } from '../database/db.ts';
import { readStored, type StoredEvent } from './copy-journal.ts';
import { CopyRefused } from './copy-refused.ts';
import { MAX_APPEND_BYTES } from './event-log.ts';
import type { EventStore } from './eventstoredb-client.ts';

/** The most that one append holds; beside the JSON the server counts the types. */
const MAX_EVENTS = 400;
/** What may be under way at once. */
const MAX_APPENDS = 200;
const MAX_BYTES = 4_000_000;

/** Neighbours of one stream, for one append. */
interface Run { stream: string; expected: number; events: StoredEvent[]; bytes: number }

export interface WriteOptions {
  streamPrefix: string;
  signal: AbortSignal;
  /** Told after each answer, with how many events it was for. */
  onWritten: (events: number) => void;
}

/**
 * Appends the journal's events after `from` up to `to`, in order. Many appends are under way at once: all of them go
 * through one call, whose requests the server stores in the order in which they come. The first goes alone: it opens that
 * call. After the first failure no other is sent; what was under way has then failed or is stored, and reading the
 * server tells which.
 * @throws {LogUnavailable} it went away
 * @throws {CopyRefused} somebody else writes to it
 */
export async function writeEvents(db: Db, store: EventStore, from: number, to: number, { streamPrefix, signal, onWritten }: WriteOptions): Promise<void> {
  const underWay = new Set<Promise<void>>();
  let failure: unknown;
  let bytes = 0;
  let opened = false;
  const send = (run: Run) => {
    bytes += run.bytes;
    const events = run.events.map(({ id, type, data, metadata }) => ({ id, type, data, metadata, recordedAt: '' }));
    const answered = store.append(streamPrefix + run.stream, events, run.expected).then(
      () => { onWritten(run.events.length); },
      (error: unknown) => { failure ??= error; },
    ).finally(() => {
      bytes -= run.bytes;
      underWay.delete(answered);
    });
    underWay.add(answered);
  };
  // A query that fails must not leave appends behind that nobody waits for.
  try {
    for await (const run of runsOf(readStored(db, from, to))) {
      while (underWay.size >= MAX_APPENDS || (underWay.size > 0 && bytes + run.bytes > MAX_BYTES)) await Promise.race(underWay);
      if (failure !== undefined || signal.aborted) break;
      send(run);
      if (!opened) await Promise.all(underWay);
      opened = true;
    }
  } finally {
    await Promise.all(underWay);
  }
  if (failure instanceof WrongExpectedVersionError) throw new CopyRefused('EventStoreDB is being written to by somebody else: stop what writes there, empty it, and copy again.');
  if (failure !== undefined) throw failure as Error;
}

/** Puts neighbours of one stream together, as far as one append holds them. */
async function* runsOf(pages: AsyncIterable<readonly StoredEvent[]>): AsyncGenerator<Run, void> {
  let run: Run | undefined;
  for await (const page of pages) {
    for (const event of page) {
      const bytes = Buffer.byteLength(event.data) + Buffer.byteLength(event.metadata);
      if (run !== undefined && run.stream === event.stream && run.events.length < MAX_EVENTS && run.bytes + bytes <= MAX_APPEND_BYTES) {
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

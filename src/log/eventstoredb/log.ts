import { setTimeout as delay } from 'node:timers/promises';
import { WrongExpectedVersionError, type ResolvedEvent } from '@eventstore/db-client';
import type { EventMetadata, NewEvent, StreamEvent } from '../../events/define.ts';
import { encodeAppend, type EncodedEvent } from '../encode-append.ts';
import { InvalidAppend, LogUnavailable, NO_STREAM, WrongExpectedRevision, type Appended, type EventLog } from '../event-log.ts';
import type { EventStore } from './client.ts';
import { troubleOf } from './errors.ts';

/** Events that one read of a stream asks for. */
const READ_PAGE = 500;
/** How long an append whose answer was lost is tried again, altogether. */
const DEFAULT_APPEND_WITHIN_MS = 10_000;
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 1_000;

/** What the log needs of the journal that follows it. */
export interface FollowingJournal {
  /** The journal's position once it holds everything up to a position of the log; null when it has not within the time. */
  reached(position: bigint, timeoutMs: number): Promise<number | null>;
}

export interface EventStoreLogOptions {
  store: EventStore;
  /** Names this log, the first half of a `Ledger-Position`. */
  id: string;
  journal: FollowingJournal;
  /** Stands before every stream name on the server, so that several ledgers can share one. Default none. */
  streamPrefix?: string;
  /**
   * Looks whether the server still holds this log, before the first append over each connection: one that was wiped, or
   * restored from an older backup, would take appends like the right one. What it throws, the append fails with.
   */
  confirm?: () => Promise<void>;
  /** Milliseconds within which an append is answered, its retries included. Default 10,000. */
  appendWithinMs?: number;
}

/**
 * The event log in EventStoreDB. Positions are commit positions as decimal text. An append whose answer is lost (the
 * connection cut, the server restarted, frozen, or no longer leader) is sent again with the same ids and revision, which
 * the server answers as the first time.
 */
export function openEventStoreLog({ store, id, journal, streamPrefix = '', confirm, appendWithinMs = DEFAULT_APPEND_WITHIN_MS }: EventStoreLogOptions): EventLog {
  const confirmCall = confirm === undefined ? undefined : oncePerCall(confirm);
  const read = (stream: string, fromRevision: number) => readStream(store, streamPrefix, stream, fromRevision);
  return {
    id,
    append: async (stream, events, expectedRevision) => {
      const { events: encoded } = encodeAppend(stream, events);
      return appendUntilAnswered({ store, streamPrefix, stream, events: encoded, expectedRevision, read, confirmCall }, appendWithinMs);
    },
    read: (stream, fromRevision = 0) => read(stream, fromRevision),
    head: async () => String(await store.end()),
    isPosition: (text) => /^\d{1,19}$/.test(text),
    journaled: (position, timeoutMs) => journal.reached(BigInt(position), timeoutMs),
  };
}

interface Append {
  store: EventStore;
  streamPrefix: string;
  stream: string;
  events: readonly EncodedEvent[];
  expectedRevision: number;
  read: (stream: string, fromRevision: number) => Promise<StreamEvent[]>;
  confirmCall: ((call: object) => Promise<void>) | undefined;
}

/** Asks once for each call; appends that come meanwhile wait for the same answer, and a failure is asked again. */
function oncePerCall(confirm: () => Promise<void>): (call: object) => Promise<void> {
  let confirmed: { call: object; done: Promise<void> } | null = null;
  return (call) => {
    if (confirmed?.call !== call) {
      const asked = { call, done: confirm() };
      confirmed = asked;
      asked.done.catch(() => { if (confirmed === asked) confirmed = null; });
    }
    return confirmed.done;
  };
}

async function appendUntilAnswered(append: Append, withinMs: number): Promise<Appended> {
  const until = performance.now() + withinMs;
  let wait = FIRST_RETRY_MS;
  for (let attempt = 1; ; attempt++) {
    const left = Math.max(1, until - performance.now());
    try {
      return await appendOnce(append, Math.min(left, append.store.deadlineMs));
    } catch (error) {
      if (error instanceof WrongExpectedRevision && attempt > 1) return await foundAfterAll(append, error);
      if (!(error instanceof LogUnavailable)) throw error;
      if (performance.now() + wait >= until) {
        throw new LogUnavailable(`the event log has not answered an append to ${append.stream} within ${withinMs} ms; whether the events are there is unknown`, { cause: error });
      }
      // Callers that failed together come back apart.
      await delay(wait * (0.5 + Math.random()));
      wait = Math.min(wait * 2, LAST_RETRY_MS);
    }
  }
}

async function appendOnce({ store, streamPrefix, stream, events, expectedRevision, read, confirmCall }: Append, deadlineMs: number): Promise<Appended> {
  try {
    const { revision, position } = await store.append(streamPrefix + stream, events, expectedRevision, deadlineMs, confirmCall);
    if (position !== null) return { revision: Number(revision), position: String(position) };
    const [last] = await read(stream, Number(revision));
    if (last === undefined) throw new LogUnavailable(`the last event appended to ${stream} cannot be read back`);
    return { revision: last.revision, position: last.position };
  } catch (error) {
    if (error instanceof WrongExpectedVersionError) throw new WrongExpectedRevision(stream, expectedRevision, revisionOf(error.actualVersion));
    if (troubleOf(error) === 'too_large') throw new InvalidAppend(`an append to ${stream} holds more than the server takes`, { cause: error });
    throw error;
  }
}

const revisionOf = (actual: unknown) => (typeof actual === 'bigint' ? Number(actual) : NO_STREAM);

/**
 * A retry was refused although the first attempt may have gone in: on a stream that was soft-deleted before, the server
 * looks for the retried events at revision 0, not where the stream continued. Our ids in the stream are the proof.
 */
async function foundAfterAll({ stream, events, expectedRevision, read }: Append, refusal: WrongExpectedRevision): Promise<Appended> {
  const present = await read(stream, expectedRevision + 1);
  const first = present.findIndex((event) => event.id === events[0]?.id);
  const mine = first === -1 ? [] : present.slice(first, first + events.length);
  const last = mine[mine.length - 1];
  if (last === undefined || mine.length < events.length || mine.some((event, index) => event.id !== events[index]?.id)) throw refusal;
  return { revision: last.revision, position: last.position };
}

async function readStream(store: EventStore, streamPrefix: string, stream: string, fromRevision: number): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for (let from = BigInt(fromRevision); ;) {
    const page = await store.readStream(streamPrefix + stream, from, READ_PAGE);
    for (const resolved of page) events.push(streamEvent(stream, resolved));
    const last = page[page.length - 1]?.event;
    if (last === undefined || page.length < READ_PAGE) return events;
    from = last.revision + 1n;
  }
}

function streamEvent(stream: string, { event, commitPosition }: ResolvedEvent): StreamEvent {
  if (event === undefined || !event.isJson) throw new Error(`stream ${stream} holds an event that is not JSON`);
  const { id, type, data, metadata, revision, position } = event;
  return { id, type, data, metadata: metadata as unknown as EventMetadata, stream, revision: Number(revision), position: String(position?.commit ?? commitPosition) } satisfies NewEvent & StreamEvent;
}

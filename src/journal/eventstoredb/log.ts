import { WrongExpectedVersionError, type ResolvedEvent } from '@eventstore/db-client';
import type { EventMetadata, NewEvent, StreamEvent } from '../../events/define.ts';
import { asError } from '../../runtime/as-error.ts';
import { mapBounded } from '../../runtime/map-bounded.ts';
import { TooLate, withTimeLimit } from '../../runtime/time-limit.ts';
import { encodeAppend, encodeEach, type EncodedAppend, type EncodedEvent } from '../encode-append.ts';
import {
  ANSWER_WITHIN_MS,
  InvalidAppend,
  LogBusy,
  LogUnavailable,
  NO_STREAM,
  WrongExpectedRevision,
  type Appended,
  type EventLog,
  type StreamAppend,
} from '../event-log.ts';
import type { EventStore } from './client.ts';
import { troubleOf } from './errors.ts';
import { retryWhileAway } from './retry-while-away.ts';

/** Few enough that several batches side by side make progress. */
const BATCH = 128;
const READ_PAGE = 500;

/** What the log needs of the journal that follows it. */
export interface FollowingJournal {
  /**
   * The journal's position once it holds everything up to a position of the log; null when it does not in
   * time.
   */
  waitFor(position: bigint, timeoutMs: number): Promise<number | null>;
}

export interface EventStoreLogOptions {
  store: EventStore;
  /** Names this log, the first half of a `Ledger-Position`. */
  id: string;
  journal: FollowingJournal;
  /** Begins every stream name on the server, so that several ledgers can share one. Default none. */
  streamPrefix?: string;
  /**
   * Checks, before the first append over each connection, that the server still holds this log: one that was
   * wiped or restored would take appends too. Its errors fail the append.
   */
  confirm?: () => Promise<void>;
  /** Milliseconds that a call without `until` waits. Default 10,000. */
  answerWithinMs?: number;
}

/**
 * The event log in EventStoreDB. Positions are commit positions as decimal text. An append whose answer is
 * lost (a cut connection, a restarted, frozen or deposed server) is sent again with the same ids and
 * revision, which gets the first answer; a late read is retried too. Calls at once are limited; one that
 * would wait too long is refused before it is sent.
 */
export function openEventStoreLog(options: EventStoreLogOptions): EventLog {
  const { store, id, journal, streamPrefix = '', confirm, answerWithinMs = ANSWER_WITHIN_MS } = options;
  const confirmCall = confirm === undefined ? undefined : oncePerCall(confirm);
  const read: Append['read'] = (stream, fromRevision, until) =>
    readStream({ store, streamPrefix, stream, until }, fromRevision);
  const soon = () => performance.now() + answerWithinMs;
  const send = (
    { stream, expectedRevision }: Pick<StreamAppend, 'stream' | 'expectedRevision'>,
    { events, bytes }: EncodedAppend,
    until: number,
  ) => {
    const append = () =>
      appendUntilAnswered({
        store,
        streamPrefix,
        stream,
        events,
        expectedRevision,
        read,
        confirmCall,
        until,
      });
    // The limit covers all attempts together, so that no later append overtakes this one.
    return store.limits.appends.run(`an append to ${stream}`, until, append, bytes);
  };
  return {
    id,
    concurrency: BATCH,
    append: async (stream, events, expectedRevision, until = soon()) =>
      send({ stream, expectedRevision }, encodeAppend(stream, events), until),
    appendEach: async (appends, until = soon) => {
      let away: Error | null = null;
      return mapBounded(
        [...encodeEach(appends).entries()],
        async ([place, encoded]) => {
          if (encoded instanceof InvalidAppend) return encoded;
          if (away !== null) return away;
          try {
            return await send(appends[place] as StreamAppend, encoded, until());
          } catch (error) {
            if (error instanceof LogUnavailable) away ??= error;
            return asError(error);
          }
        },
        BATCH,
      );
    },
    read: (stream, fromRevision = 0, until = soon()) => read(stream, fromRevision, until),
    head: async (until = soon()) => String(await retryWhileAway(until, () => endWithin(store, until))),
    isPosition: (text) => /^\d{1,19}$/.test(text),
    journaled: (position, timeoutMs) => journal.waitFor(BigInt(position), timeoutMs),
  };
}

/** The log's end in the caller's time; callers that wait longer may share the call. */
async function endWithin(store: EventStore, until: number): Promise<bigint> {
  try {
    return await withTimeLimit(store.end(), Math.max(0, until - performance.now()));
  } catch (error) {
    if (!(error instanceof TooLate)) throw error;
    throw new LogUnavailable('the end of the event log was not read in time', { cause: error });
  }
}

interface Append {
  store: EventStore;
  streamPrefix: string;
  stream: string;
  events: readonly EncodedEvent[];
  expectedRevision: number;
  read: (stream: string, fromRevision: number, until: number) => Promise<StreamEvent[]>;
  confirmCall: ((call: object) => Promise<void>) | undefined;
  until: number;
}

/** Confirms each call once, for all appends meanwhile; after a failure the next append tries again. */
function oncePerCall(confirm: () => Promise<void>): (call: object) => Promise<void> {
  let confirmed: { call: object; done: Promise<void> } | null = null;
  return (call) => {
    if (confirmed?.call !== call) {
      const asked = { call, done: confirm() };
      confirmed = asked;
      asked.done.catch(() => {
        if (confirmed === asked) confirmed = null;
      });
    }
    return confirmed.done;
  };
}

async function appendUntilAnswered(append: Append): Promise<Appended> {
  const begun = performance.now();
  let sent = false;
  const onSent = () => {
    sent = true;
  };
  try {
    return await retryWhileAway(append.until, async () => {
      const sentBefore = sent;
      try {
        return await appendOnce(append, onSent);
      } catch (error) {
        if (error instanceof WrongExpectedRevision && sentBefore) return await foundAfterAll(append, error);
        throw error;
      }
    });
  } catch (error) {
    if (!(error instanceof LogUnavailable) || error instanceof LogBusy) throw error;
    const ms = Math.round(performance.now() - begun);
    const late = `the event log has not answered an append to ${append.stream} within ${ms} ms`;
    if (sent) throw new LogUnavailable(`${late}; whether the events are there is unknown`, { cause: error });
    throw new LogBusy(`${late}; it was not sent`, { cause: error });
  }
}

async function appendOnce(append: Append, onSent: () => void): Promise<Appended> {
  const { store, streamPrefix, stream, events, expectedRevision, read, confirmCall: confirm, until } = append;
  try {
    const name = streamPrefix + stream;
    const sent = { until, confirm, onSent };
    const { revision, position } = await store.append(name, events, expectedRevision, sent);
    if (position !== null) return { revision: Number(revision), position: String(position) };
    const [last] = await read(stream, Number(revision), until);
    if (last === undefined)
      throw new LogUnavailable(`the last event appended to ${stream} cannot be read back`);
    return { revision: last.revision, position: last.position };
  } catch (error) {
    if (error instanceof WrongExpectedVersionError)
      throw new WrongExpectedRevision(stream, expectedRevision, revisionOf(error.actualVersion));
    if (troubleOf(error) === 'too_large')
      throw new InvalidAppend(`an append to ${stream} holds more than the server takes`, { cause: error });
    throw error;
  }
}

const revisionOf = (actual: unknown) => (typeof actual === 'bigint' ? Number(actual) : NO_STREAM);

/**
 * Decides a refused retry whose first attempt may be stored: on a stream that was soft-deleted before, the
 * server looks for the events at revision 0, not where the stream continued. Our event ids in the stream
 * prove that they are stored.
 */
async function foundAfterAll(append: Append, refusal: WrongExpectedRevision): Promise<Appended> {
  const { stream, events, expectedRevision, read, until } = append;
  const present = await read(stream, expectedRevision + 1, until);
  const first = present.findIndex((event) => event.id === events[0]?.id);
  const mine = first === -1 ? [] : present.slice(first, first + events.length);
  const last = mine[mine.length - 1];
  if (
    last === undefined ||
    mine.length < events.length ||
    mine.some((event, index) => event.id !== events[index]?.id)
  )
    throw refusal;
  return { revision: last.revision, position: last.position };
}

type Reading = Pick<Append, 'store' | 'streamPrefix' | 'stream' | 'until'>;

async function readStream(reading: Reading, fromRevision: number): Promise<StreamEvent[]> {
  const { store, streamPrefix, stream, until } = reading;
  const events: StreamEvent[] = [];
  return store.limits.reads.run(`reading ${stream}`, until, async () => {
    for (let from = BigInt(fromRevision); ;) {
      const read = () => store.readStream(streamPrefix + stream, from, READ_PAGE, until);
      const page = await retryWhileAway(until, read);
      for (const resolved of page) events.push(streamEvent(stream, resolved));
      const last = page[page.length - 1]?.event;
      if (last === undefined || page.length < READ_PAGE) return events;
      from = last.revision + 1n;
    }
  });
}

function streamEvent(stream: string, { event, commitPosition }: ResolvedEvent): StreamEvent {
  if (event === undefined || !event.isJson)
    throw new Error(`stream ${stream} holds an event that is not JSON`);
  const { id, type, data, metadata, revision, position } = event;
  return {
    id,
    type,
    data,
    metadata: metadata as unknown as EventMetadata,
    stream,
    revision: Number(revision),
    position: String(position?.commit ?? commitPosition),
  } satisfies NewEvent & StreamEvent;
}

import { isConnectionError } from '../database/connection.ts';
import type { Sql } from '../database/db.ts';
import { plainArray, textArray } from '../database/pg-array.ts';
import type { StreamEvent } from '../events/define.ts';
import { asError } from '../runtime/as-error.ts';
import { readLogId } from './copier/journal-source.ts';
import { encodeAppend, encodeEach, type EncodedAppend } from './encode-append.ts';
import {
  InvalidAppend,
  LogMoved,
  LogUnavailable,
  WrongExpectedRevision,
  type Appended,
  type EventLog,
  type StreamAppend,
} from './event-log.ts';
import { journalHead, readRecorded } from './read-journal.ts';

/** The most in one group commit. */
const MAX_BATCH_EVENTS = 4_000;
const MAX_BATCH_BYTES = 8_000_000;
/** Batches under way at once: while PostgreSQL commits one, the next is encoded and sent. */
const LANES = 2;
/** The library goes on taking queries on a lost connection for a quarter of a second, and fails them. */
const LOST_MS = 1_000;
const BATCH = 500;
const MIN_SPLIT = 16;

interface PendingAppend extends EncodedAppend {
  stream: string;
  expected: number;
  resolve: (appended: Appended) => void;
  reject: (error: unknown) => void;
}

/** The connections of {@link openPostgresLog}. */
interface Pools {
  sql: Sql;
  appender: Sql;
  /** Until when the appender's connection is not used, on the clock of `performance.now()`. */
  lostUntil: number;
}

interface AppendRow {
  actual: number;
  firstPosition: number | null;
}

const appendStatement = `
  select head, actual from journal_append(
    $1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::uuid[], $6::text[], $7::text, $8::text,
    $9::timestamptz[])`;

/**
 * The event log in PostgreSQL: the journal itself. One writer joins concurrent appends into few statements
 * (group commit, two batches under way), each append checked against its own expected revision.
 * @param appender for the appends; best a pool of one connection, where PostgreSQL goes from one batch to the
 * next: batches on two connections wait for each other's lock
 */
export async function openPostgresLog(sql: Sql, appender: Sql = sql): Promise<EventLog> {
  const write = createWriter({ sql, appender, lostUntil: 0 });
  return {
    id: await readLogId(sql),
    concurrency: BATCH,
    append: async (stream, events, expectedRevision) => {
      const encoded = encodeAppend(stream, events);
      return new Promise((resolve, reject) => {
        write([{ ...encoded, stream, expected: expectedRevision, resolve, reject }]);
      });
    },
    appendEach: async (appends) => settleEach(write, appends),
    read: (stream, fromRevision = 0) => onConnection(() => readStream(sql, stream, fromRevision)),
    head: () => onConnection(async () => String(await journalHead(sql))),
    isPosition: (text) => /^\d{1,15}$/.test(text),
    journaled: async (position) => Number(position),
  };
}

async function onConnection<T>(query: () => Promise<T>): Promise<T> {
  try {
    return await query();
  } catch (error) {
    throw isConnectionError(error)
      ? new LogUnavailable('the event log cannot be reached', { cause: error })
      : error;
  }
}

async function readStream(sql: Sql, stream: string, fromRevision: number): Promise<StreamEvent[]> {
  const events = await readRecorded(sql, stream, fromRevision);
  return events.map((event) => ({ ...event, position: String(event.position) }));
}

/** The single writer: sends appends in batches, in each lane one after the other. */
function createWriter(pools: Pools) {
  let waiting: PendingAppend[] = [];
  /** Lanes at work; `sending` of them have a batch under way. */
  let lanes = 0;
  let sending = 0;
  /**
   * Streams with an append under way. A second append waits: batches of two lanes may arrive in any order.
   */
  const streamsOnTheirWay = new Set<string>();

  /** The next batch: a fair share for each idle lane, within the limits, each stream's appends in order. */
  function takeBatch(): PendingAppend[] {
    const share = Math.max(MIN_SPLIT, Math.ceil(waiting.length / (LANES - sending)));
    const batch: PendingAppend[] = [];
    const later: PendingAppend[] = [];
    const leftStreams = new Set<string>();
    let events = 0;
    let bytes = 0;
    for (const append of waiting) {
      const fits =
        batch.length === 0 ||
        (batch.length < share &&
          events + append.events.length <= MAX_BATCH_EVENTS &&
          bytes + append.bytes <= MAX_BATCH_BYTES);
      if (!fits || streamsOnTheirWay.has(append.stream) || leftStreams.has(append.stream)) {
        leftStreams.add(append.stream);
        later.push(append);
        continue;
      }
      streamsOnTheirWay.add(append.stream);
      events += append.events.length;
      bytes += append.bytes;
      batch.push(append);
    }
    waiting = later;
    return batch;
  }

  async function runLane(): Promise<void> {
    lanes += 1;
    // Callers that are ready at the same moment share the first batch.
    await new Promise((resolve) => setImmediate(resolve));
    // An append that waits for its stream is taken by the lane that has the stream.
    for (let batch = takeBatch(); batch.length > 0; batch = takeBatch()) {
      sending += 1;
      await writeBatch(pools, batch);
      sending -= 1;
      for (const { stream } of batch) streamsOnTheirWay.delete(stream);
    }
    lanes -= 1;
  }

  return (appends: readonly PendingAppend[]): void => {
    for (const append of appends) waiting.push(append);
    for (let n = 0; n < appends.length && lanes < LANES; n += 1) void runLane();
  };
}

/** Writes many appends; the answers in their order, once all have one. */
function settleEach(
  write: (appends: readonly PendingAppend[]) => void,
  appends: readonly StreamAppend[],
): Promise<(Appended | Error)[]> {
  return new Promise((resolve) => {
    const answers: (Appended | Error)[] = [];
    const pending: PendingAppend[] = [];
    let left = appends.length;
    for (const [place, encoded] of encodeEach(appends).entries()) {
      const { stream, expectedRevision: expected } = appends[place] as StreamAppend;
      const answer = (outcome: Appended | Error) => {
        answers[place] = outcome;
        left -= 1;
        if (left === 0) resolve(answers);
      };
      if (encoded instanceof InvalidAppend) answer(encoded);
      else
        pending.push({
          stream,
          expected,
          events: encoded.events,
          bytes: encoded.bytes,
          resolve: answer,
          reject: (error) => {
            answer(asError(error));
          },
        });
    }
    if (appends.length === 0) resolve(answers);
    write(pending);
  });
}

/**
 * Writes a batch and settles its callers. A batch that the database refuses is sent append by append, so that
 * no append fails for another.
 */
async function writeBatch(pools: Pools, batch: readonly PendingAppend[]): Promise<void> {
  try {
    const isLost = performance.now() < pools.lostUntil;
    const rows = await sendBatch(isLost ? pools.sql : pools.appender, batch);
    batch.forEach((append, index) => {
      settle(pools.sql, append, rows[index] as AppendRow);
    });
  } catch (error) {
    if (isConnectionError(error)) {
      pools.lostUntil = performance.now() + LOST_MS;
      const unavailable = new LogUnavailable(
        'the event log went away while it was appending; whether the events are there is unknown',
        { cause: error },
      );
      for (const append of batch) append.reject(unavailable);
    } else if (batch.length === 1) {
      (batch[0] as PendingAppend).reject(refusedByDatabase(batch[0] as PendingAppend, error));
    } else {
      for (const append of batch) await writeBatch(pools, [append]);
    }
  }
}

function refusedByDatabase(append: PendingAppend, error: unknown): unknown {
  const { constraint_name: constraint, code } = error as { constraint_name?: string; code?: string };
  if (code === 'ARC01') return new LogMoved((error as Error).message, { cause: error });
  if (constraint === 'journal_event_id')
    return new InvalidAppend(
      `an append to ${append.stream} holds an event id that is used elsewhere (${constraint})`,
      { cause: error },
    );
  return error;
}

async function sendBatch(sql: Sql, batch: readonly PendingAppend[]): Promise<AppendRow[]> {
  const streams: string[] = [];
  const revisions: number[] = [];
  const ids: string[] = [];
  const types: string[] = [];
  const data: string[] = [];
  const metadata: string[] = [];
  const recordedAt: string[] = [];
  for (const { stream, expected, events } of batch)
    for (const [offset, event] of events.entries()) {
      streams.push(stream);
      revisions.push(expected + 1 + offset);
      ids.push(event.id);
      types.push(event.type);
      data.push(event.data);
      metadata.push(event.metadata);
      recordedAt.push(event.recordedAt);
    }
  const [answer] = await sql.unsafe<{ head: number; actual: number[] | null }[]>(
    appendStatement,
    [
      textArray(batch.map((append) => append.stream)),
      plainArray(batch.map((append) => append.expected)),
      textArray(streams),
      plainArray(revisions),
      plainArray(ids),
      textArray(types),
      data.join('\n'),
      metadata.join('\n'),
      textArray(recordedAt),
    ],
    { prepare: true },
  );
  const { head, actual } = answer as { head: number; actual: number[] | null };
  let next = head + 1;
  return batch.map(({ expected, events }, index) => {
    const at = actual?.[index] ?? expected;
    if (at !== expected) return { actual: at, firstPosition: null };
    const first = next;
    next += events.length;
    return { actual: at, firstPosition: first };
  });
}

function settle(sql: Sql, append: PendingAppend, row: AppendRow): void {
  if (row.firstPosition !== null) {
    const last = append.events.length - 1;
    append.resolve({ revision: append.expected + 1 + last, position: String(row.firstPosition + last) });
    return;
  }
  const conflict = new WrongExpectedRevision(append.stream, append.expected, row.actual);
  if (row.actual < append.expected + append.events.length) {
    append.reject(conflict);
    return;
  }
  // This append itself may have moved the stream, if its answer was lost: the same ids at its revisions prove
  // it.
  readStream(sql, append.stream, append.expected + 1).then((present) => {
    const mine = append.events.map((event, index) =>
      present[index]?.id === event.id ? present[index] : undefined,
    );
    const last = mine[mine.length - 1];
    if (last === undefined || mine.includes(undefined)) append.reject(conflict);
    else append.resolve({ revision: last.revision, position: last.position });
  }, append.reject);
}

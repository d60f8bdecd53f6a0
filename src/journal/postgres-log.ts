import { isConnectionError } from '../database/connection.ts';
import type { Sql } from '../database/db.ts';
import { plainArray, textArray } from '../database/pg-array.ts';
import type { StreamEvent } from '../events/define.ts';
import { asError } from '../runtime/as-error.ts';
import { readLogId } from './copier/journal-source.ts';
import { encodeAppend, encodeEach, type EncodedAppend, type EncodedEvent } from './encode-append.ts';
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
const BATCH = 500;
const MIN_SPLIT = 16;

interface PendingAppend extends EncodedAppend {
  stream: string;
  expected: number;
  resolve: (appended: Appended) => void;
  reject: (error: unknown) => void;
}

interface AppendRow {
  actual: number;
  first_position: number | null;
}

/**
 * Returns one row with arrays over all appends: a row for each append would cost more to read than to write.
 */
const appendStatement = `
  select coalesce(json_agg(a.actual order by a.n), '[]') as actual,
    coalesce(json_agg(a.first_position order by a.n), '[]') as first_position
  from journal_append(
      $1::text[], $2::bigint[], $3::integer[], $4::integer[], $5::integer[], $6::uuid[], $7::text[],
      $8::text, $9::text, $10::timestamptz[])
    with ordinality as a(actual, first_position, n)`;

/**
 * The event log in PostgreSQL: the journal itself. One writer joins concurrent appends into few statements
 * (group commit, two batches under way), each append checked against its own expected revision.
 */
export async function openPostgresLog(sql: Sql): Promise<EventLog> {
  const write = createWriter(sql);
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
function createWriter(sql: Sql) {
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
      await writeBatch(sql, batch);
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
async function writeBatch(sql: Sql, batch: readonly PendingAppend[]): Promise<void> {
  try {
    const rows = await sendBatch(sql, batch);
    batch.forEach((append, index) => {
      settle(sql, append, rows[index] as AppendRow);
    });
  } catch (error) {
    if (isConnectionError(error)) {
      const unavailable = new LogUnavailable(
        'the event log went away while it was appending; whether the events are there is unknown',
        { cause: error },
      );
      for (const append of batch) append.reject(unavailable);
    } else if (batch.length === 1) {
      (batch[0] as PendingAppend).reject(refusedByDatabase(batch[0] as PendingAppend, error));
    } else {
      for (const append of batch) await writeBatch(sql, [append]);
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
  const owners: number[] = [];
  const offsets: number[] = [];
  const events: EncodedEvent[] = [];
  batch.forEach((append, index) =>
    append.events.forEach((event, offset) => {
      owners.push(index + 1);
      offsets.push(offset);
      events.push(event);
    }),
  );
  const [answer] = await sql.unsafe<{ actual: number[]; first_position: (number | null)[] }[]>(
    appendStatement,
    [
      textArray(batch.map((append) => append.stream)),
      plainArray(batch.map((append) => append.expected)),
      plainArray(batch.map((append) => append.events.length)),
      plainArray(owners),
      plainArray(offsets),
      plainArray(events.map((event) => event.id)),
      textArray(events.map((event) => event.type)),
      events.map((event) => event.data).join('\n'),
      events.map((event) => event.metadata).join('\n'),
      textArray(events.map((event) => event.recordedAt)),
    ],
    { prepare: true },
  );
  return batch.map((_append, index) => ({
    actual: answer?.actual[index] as number,
    first_position: answer?.first_position[index] as number | null,
  }));
}

function settle(sql: Sql, append: PendingAppend, row: AppendRow): void {
  if (row.first_position !== null) {
    const last = append.events.length - 1;
    append.resolve({ revision: append.expected + 1 + last, position: String(row.first_position + last) });
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

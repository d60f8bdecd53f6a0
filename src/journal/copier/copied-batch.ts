import type { Sql } from '../../database/db.ts';
import { plainArray, textArray } from '../../database/pg-array.ts';
import { Superseded } from '../../database/supervise.ts';
import type { FollowedEvent } from '../eventstoredb/follow.ts';
import { LogMismatch } from '../log-mismatch.ts';

/** The most in one statement; one event has at most an eighth of it. */
const MAX_EVENTS = 4_000;
const MAX_BYTES = 8_000_000;

/** The journal's end: the last event's position there and in EventStoreDB; 0 and null when empty. */
export interface JournalEnd {
  position: number;
  source: bigint | null;
}

/** A batch to be written behind `from`, encoded. */
export interface EncodedBatch {
  from: JournalEnd;
  to: JournalEnd;
  parameters: (string | null)[];
}

/**
 * Cuts events into statements and encodes them: at least one, of which the last carries `scanned`.
 * @throws {LogMismatch} a stream has a gap
 */
export function* encodeBatches(
  from: JournalEnd,
  events: readonly FollowedEvent[],
  scanned: bigint,
): Generator<EncodedBatch, void> {
  let start = 0;
  let end = from;
  do {
    const encoded = encodeSome(end, events, start, scanned);
    yield encoded.batch;
    start = encoded.next;
    end = encoded.batch.to;
  } while (start < events.length);
}

function encodeSome(
  from: JournalEnd,
  events: readonly FollowedEvent[],
  start: number,
  scanned: bigint,
): { batch: EncodedBatch; next: number } {
  const taken: FollowedEvent[] = [];
  const data: string[] = [];
  const metadata: string[] = [];
  const firsts: FollowedEvent[] = [];
  const revisions = new Map<string, number>();
  let bytes = 0;
  for (let index = start; index < events.length && taken.length < MAX_EVENTS && bytes < MAX_BYTES; index++) {
    const event = events[index] as FollowedEvent;
    const before = revisions.get(event.stream);
    if (before === undefined ? event.revision > 0 : event.revision !== before + 1) {
      if (before !== undefined)
        throw new LogMismatch(
          `EventStoreDB has revision ${event.revision} of stream ${event.stream} right behind ${before}: ` +
            'events are missing',
        );
      firsts.push(event);
    }
    revisions.set(event.stream, event.revision);
    const texts = [JSON.stringify(event.data), JSON.stringify(event.metadata)] as const;
    bytes += texts[0].length + texts[1].length;
    taken.push(event);
    data.push(texts[0]);
    metadata.push(texts[1]);
  }
  const next = start + taken.length;
  const last = taken[taken.length - 1];
  const to = { position: from.position + taken.length, source: last?.position ?? from.source };
  // What lies between two statements counts as scanned once the second is written.
  const seen = next < events.length ? (last as FollowedEvent).position : scanned;
  return {
    next,
    batch: {
      from,
      to,
      parameters: [
        String(from.position),
        from.source === null ? null : String(from.source),
        String(seen),
        textArray(firsts.map((event) => event.stream)),
        plainArray(firsts.map((event) => event.revision)),
        textArray(taken.map((event) => event.stream)),
        plainArray(taken.map((event) => event.revision)),
        plainArray(taken.map((event) => event.id)),
        textArray(taken.map((event) => event.type)),
        data.join('\n'),
        metadata.join('\n'),
        textArray(taken.map((event) => event.metadata.recorded_at)),
        plainArray(taken.map((event) => String(event.position))),
      ],
    },
  };
}

const copyStatement = `
  select journal_copy(
    $1::bigint, $2::bigint, $3::bigint, $4::text[], $5::bigint[], $6::text[], $7::bigint[], $8::uuid[],
    $9::text[], $10::text, $11::text, $12::timestamptz[], $13::bigint[])`;

/** Constraints that events of another log break: an event twice, or another one in its place. */
const identities = new Set(['journal_event_id', 'journal_stream_revision', 'journal_source_position']);

/**
 * Writes a batch in one round trip.
 * @throws {Superseded} the journal does not end where the batch begins
 * @throws {LogMismatch} the journal has an event already, or a stream has a gap
 */
export async function writeBatch(sql: Sql, { parameters }: EncodedBatch): Promise<void> {
  try {
    await sql.unsafe(copyStatement, parameters, { prepare: true });
  } catch (error) {
    const {
      code,
      constraint_name: constraint,
      detail,
      message,
    } = error as { code?: string; constraint_name?: string; detail?: string; message?: string };
    if (code === 'ARC02') throw new Superseded(message);
    if (code === 'ARC03' || code === 'ARC01')
      throw new LogMismatch(`EventStoreDB does not continue the journal: ${message}`, { cause: error });
    if (constraint !== undefined && identities.has(constraint))
      throw new LogMismatch(
        `EventStoreDB holds events that the journal has elsewhere: ${detail ?? constraint}`,
        { cause: error },
      );
    throw error;
  }
}

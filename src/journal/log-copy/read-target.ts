import { START, type AllStreamResolvedEvent } from '@eventstore/db-client';
import type { EventStore } from '../eventstoredb/client.ts';
import type { StoredEvent } from './stored-events.ts';

/** An event on the server, as the journal would store it. */
export interface TargetEvent extends Omit<StoredEvent, 'position'> {
  /** Its commit position. */
  source: bigint;
}

export interface TargetPage {
  events: TargetEvent[];
  /** Read up to here, foreign events included. */
  scanned: bigint;
}

/** Each event may be as large as an append. */
const PAGE = 200;

/**
 * The events on the server after a position (null: from the start), without system events and streams that
 * lack the prefix.
 */
export async function* readTarget(
  store: EventStore,
  after: bigint | null,
  streamPrefix: string,
): AsyncGenerator<TargetPage, void> {
  for (let at = after; ;) {
    const page = await store.readAll(at === null ? START : { commit: at, prepare: at }, PAGE);
    // Reading is inclusive: the last event comes again.
    const fresh = page.flatMap(({ event }) =>
      event !== undefined && (at === null || event.position.commit > at) ? [event] : [],
    );
    const last = fresh[fresh.length - 1];
    if (last === undefined) return;
    at = last.position.commit;
    yield {
      events: fresh
        .filter(
          ({ type, streamId }) =>
            !type.startsWith('$') && !streamId.startsWith('$') && streamId.startsWith(streamPrefix),
        )
        .map((event) => targetEvent(event, streamPrefix)),
      scanned: at,
    };
  }
}

function targetEvent(
  {
    id,
    type,
    data,
    metadata,
    streamId,
    revision,
    position,
    isJson,
  }: NonNullable<AllStreamResolvedEvent['event']>,
  streamPrefix: string,
): TargetEvent {
  return {
    id,
    type,
    stream: streamId.slice(streamPrefix.length),
    revision: Number(revision),
    source: position.commit,
    // An event that is not JSON is no ledger's, and equals none.
    data: isJson ? JSON.stringify(data) : '',
    metadata: JSON.stringify(metadata ?? null),
  };
}

// Where a subscription's events come from: what is stored after a place, and which of the new ones are its
// own.
import { streamNameOf, type StreamMessages } from './messages.ts';
import { refusals, type Refusal } from './refusals.ts';
import { DELETED, firstWhere, type LogRecord, type ServerLog } from './server-log.ts';
import { visibleEvents } from './stream-view.ts';

/** `no-stream` while it does not exist yet. */
type Page = { kind: 'events'; records: readonly LogRecord[] } | { kind: 'no-stream' };

export interface Feed {
  /** The next events that are stored, at most `count`; or why there will be none. */
  next(count: number): Page | Refusal;
  /** Whether a new event belongs to the subscription. */
  concerns(record: LogRecord): boolean;
  /** What ends the subscription after the event. */
  endedBy(record: LogRecord): Refusal | null;
  /** Whether only new events are asked for. */
  fromEnd: boolean;
}

type Options = StreamMessages.ReadReq.Options;

/**
 * `$all`. As on the real server the event that is first at or after the position is taken for the one that
 * the subscriber has seen: when that one is gone, the next is skipped.
 */
export function allFeed(log: ServerLog, options: Options): Feed | Refusal {
  const all = options.getAll()!;
  const position = all.getPosition();
  let after = -1n;
  if (position !== undefined) {
    const commit = BigInt(position.getCommitPosition());
    if (BigInt(position.getPreparePosition()) > commit || !log.isReadableFrom(commit))
      return refusals.unforeseen();
    after = log.records[firstWhere(log.records, (record) => record.position >= commit)]?.position ?? commit;
  }
  return {
    fromEnd: all.hasEnd(),
    next(count) {
      const first = firstWhere(log.records, (record) => record.position > after);
      const page = log.records.slice(first, first + count);
      after = page.at(-1)?.position ?? after;
      return { kind: 'events', records: page };
    },
    concerns: () => true,
    endedBy: () => null,
  };
}

/** One stream, after a revision. */
export function streamFeed(log: ServerLog, options: StreamMessages.ReadReq.Options.StreamOptions): Feed {
  const stream = streamNameOf(options.getStreamIdentifier());
  let after = options.hasRevision() ? BigInt(options.getRevision()) : -1n;
  return {
    fromEnd: options.hasEnd(),
    next(count) {
      const view = visibleEvents(log, stream);
      if (view.kind === 'deleted') return refusals.streamDeleted(stream);
      if (view.kind === 'not-found') return { kind: 'no-stream' };
      const first = firstWhere(view.records, (record) => record.revision > after);
      const page = view.records.slice(first, first + count);
      after = page.at(-1)?.revision ?? after;
      return { kind: 'events', records: page };
    },
    concerns: (record) => record.stream === stream && record.revision > after,
    endedBy: (record) => (record.revision === DELETED ? refusals.streamDeleted(stream) : null),
  };
}

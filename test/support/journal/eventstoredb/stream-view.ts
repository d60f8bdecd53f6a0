// The readable events of a stream: its settings hide events before a scavenge removes them.
import { DELETED, type LogRecord, type ServerLog } from './server-log.ts';

export type StreamView =
  | { kind: 'events'; records: readonly LogRecord[] }
  | { kind: 'not-found' }
  | { kind: 'deleted' };

/** The stream's events that its settings do not hide, in order. */
export function visibleEvents(log: ServerLog, stream: string): StreamView {
  const last = log.lastRevision(stream);
  if (last === DELETED) return { kind: 'deleted' };
  if (last < 0n || log.isSoftDeleted(stream)) return { kind: 'not-found' };
  const { $tb: truncateBefore = 0, $maxCount: maxCount, $maxAge: maxAge } = log.settings(stream);
  const first = Math.max(truncateBefore, maxCount === undefined ? 0 : Number(last) + 1 - maxCount);
  const oldest = maxAge === undefined ? 0 : Date.now() - maxAge * 1000;
  return {
    kind: 'events',
    records: log
      .stream(stream)
      .filter((record) => record.revision >= BigInt(first) && record.created >= oldest),
  };
}

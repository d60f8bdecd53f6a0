// What the server decides about a write: its expected revision, the repetition of one that is stored already,
// and the deletion of a stream. Written after the real server's own decisions, so that it refuses and accepts
// the same.
import { DELETED, jsonDraft, type EventDraft, type ServerLog } from './server-log.ts';
import { visibleEvents } from './stream-view.ts';

/** Expected revisions that are no revision, as the real server numbers them. */
export const ANY = -2n;
export const NO_STREAM = -1n;
export const STREAM_EXISTS = -4n;

/** `position` is null where the stored event is hidden by the stream's settings. */
export type WriteResult =
  | { outcome: 'written'; revision: bigint; position: bigint | null }
  | { outcome: 'wrong-expected-version'; current: bigint }
  | { outcome: 'stream-deleted' };

type Decision = { go: true; current: bigint; undelete: boolean } | { go: false; result: WriteResult };

const wrong = (current: bigint): Decision => ({
  go: false,
  result: { outcome: 'wrong-expected-version', current },
});
const deleted: Decision = { go: false, result: { outcome: 'stream-deleted' } };

/**
 * Stores the events at the stream's end if it is where the writer expects it, or answers for those that are
 * stored.
 */
export function append(
  log: ServerLog,
  stream: string,
  expected: bigint,
  events: readonly EventDraft[],
): WriteResult {
  const decision = decide(
    log,
    stream,
    expected,
    events.map(({ id }) => id),
  );
  if (!decision.go) return decision.result;
  if (events.length === 0) {
    const position = log.commitNothing(stream);
    return { outcome: 'written', revision: decision.current < 0n ? 0n : decision.current, position };
  }
  const added = log.commit(stream, events, decision.current + 1n);
  // Writing to a deleted stream brings it back: from here on its events can be read, those before stay
  // hidden.
  if (decision.undelete)
    log.commit(`$$${stream}`, [
      jsonDraft('$metadata', { ...log.settings(stream), $tb: Number(decision.current + 1n) }),
    ]);
  const last = added.at(-1)!;
  return { outcome: 'written', revision: last.revision, position: last.position };
}

/** Hides the stream's events; the next append starts it anew. */
export function softDelete(log: ServerLog, stream: string, expected: bigint): WriteResult {
  const decision = decide(log, stream, expected, [crypto.randomUUID()]);
  if (!decision.go) return decision.result;
  if (log.lastRevision(stream) < 0n && log.lastRevision(`$$${stream}`) < 0n)
    return { outcome: 'wrong-expected-version', current: -1n };
  const draft = { ...jsonDraft('$metadata', {}), data: Buffer.from(`{"$tb":${DELETED}}`) };
  const [added] = log.commit(`$$${stream}`, [draft]);
  return { outcome: 'written', revision: added!.revision, position: added!.position };
}

/** Ends the stream for good. */
export function tombstone(log: ServerLog, stream: string, expected: bigint): WriteResult {
  const decision = decide(log, stream, expected, [crypto.randomUUID()]);
  if (!decision.go) return decision.result;
  const draft = {
    id: crypto.randomUUID(),
    type: '$streamDeleted',
    isJson: false,
    data: new Uint8Array(),
    metadata: new Uint8Array(),
  };
  const [added] = log.commit(stream, [draft], DELETED);
  return { outcome: 'written', revision: DELETED, position: added!.position };
}

function decide(log: ServerLog, stream: string, expected: bigint, ids: readonly string[]): Decision {
  const current = log.lastRevision(stream);
  if (current === DELETED) return deleted;
  const undelete = log.isSoftDeleted(stream);
  if (expected === STREAM_EXISTS) {
    if (undelete) return deleted;
    if (current < 0n && log.lastRevision(`$$${stream}`) < 0n) return wrong(current);
  }
  if (expected === ANY || expected === STREAM_EXISTS) return decideByIds(log, stream, current, ids, undelete);
  if (expected < current) return decideByRevisions(log, stream, { current, expected }, ids, undelete);
  return expected > current ? wrong(current) : { go: true, current, undelete };
}

/** Without an exact revision, a repetition is recognised by its event ids: all of them known. */
function decideByIds(
  log: ServerLog,
  stream: string,
  current: bigint,
  ids: readonly string[],
  undelete: boolean,
): Decision {
  const places = ids
    .map((id) => log.whereKnown(id))
    .map((place) => (place?.stream === stream ? place.revision : undefined));
  if (places[0] === undefined) return { go: true, current, undelete };
  const last = places.at(-1);
  return last === undefined || places.includes(undefined) ? wrong(current) : repeated(log, stream, last);
}

/**
 * The writer expects an earlier revision: a repetition if just these events follow on it, and else a
 * conflict.
 */
function decideByRevisions(
  log: ServerLog,
  stream: string,
  { current, expected }: { current: bigint; expected: bigint },
  ids: readonly string[],
  undelete: boolean,
): Decision {
  for (const [index, id] of ids.entries()) {
    const revision = expected + 1n + BigInt(index);
    const known = log.whereKnown(id);
    if (known?.stream === stream && known.revision === revision) continue;
    if (log.eventAt(stream, revision)?.id === id) continue;
    return index === 0 && expected === NO_STREAM && undelete
      ? { go: true, current, undelete }
      : wrong(current);
  }
  return ids.length === 0 ? wrong(current) : repeated(log, stream, expected + BigInt(ids.length));
}

function repeated(log: ServerLog, stream: string, revision: bigint): Decision {
  const visible = visibleEvents(log, stream);
  const stored =
    visible.kind === 'events' ? visible.records.find((record) => record.revision === revision) : undefined;
  return { go: false, result: { outcome: 'written', revision, position: stored?.position ?? null } };
}

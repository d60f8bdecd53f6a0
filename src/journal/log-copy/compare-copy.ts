import type { Db } from '../../database/db.ts';
import { plainArray } from '../../database/pg-array.ts';
import type { EventStore } from '../eventstoredb/client.ts';
import { CopyRefused } from './copy-refused.ts';
import { eventsDigest, readStored, type EventsDigest, type StoredEvent } from './stored-events.ts';
import { readTarget, type TargetEvent } from './read-target.ts';

/** How far journal and server have been compared. */
export interface CopyProgress {
  position: number;
  /** The server was read up to here; null: not yet. */
  scanned: bigint | null;
  /** Over all events so far, for each side separately. */
  journalHash: EventsDigest;
  targetHash: EventsDigest;
}

/** The state before anything is compared. */
export function nothingCopied(): CopyProgress {
  return { position: 0, scanned: null, journalHash: eventsDigest(), targetHash: eventsDigest() };
}

/** A copy that goes on independently. */
export function forkProgress({ position, scanned, journalHash, targetHash }: CopyProgress): CopyProgress {
  return { position, scanned, journalHash: journalHash.copy(), targetHash: targetHash.copy() };
}

export interface CompareOptions {
  streamPrefix: string;
  signal: AbortSignal;
  /** Ends after this journal position; default: at the server's end. */
  upTo?: number;
  onCompared?: (position: number) => void;
}

/**
 * Compares the server's next events, up to its end, with the journal's, and writes their positions into the
 * journal's `source_position`. Each has to be the journal's next event: same stream, revision, id, type and
 * text.
 * @throws {CopyRefused} the server holds something else
 */
export async function compareCopy(
  db: Db,
  store: EventStore,
  progress: CopyProgress,
  options: CompareOptions,
): Promise<void> {
  const { streamPrefix, signal, upTo = Infinity, onCompared = () => undefined } = options;
  for await (const page of readTarget(store, progress.scanned, streamPrefix)) {
    if (signal.aborted) return;
    const present: StoredEvent[] = [];
    for await (const stored of readStored(db, progress.position, progress.position + page.events.length))
      present.push(...stored);
    page.events.forEach((event, index) => {
      expectSame(event, present[index], progress.position + index + 1);
      progress.targetHash.add(event);
      progress.journalHash.add(present[index] as StoredEvent);
    });
    await writeSources(db, progress.position, page.events);
    progress.position += page.events.length;
    progress.scanned = page.scanned;
    onCompared(progress.position);
    if (progress.position >= upTo) return;
  }
}

function expectSame(event: TargetEvent, stored: StoredEvent | undefined, position: number): void {
  const names = ['stream', 'revision', 'id', 'type', 'data', 'metadata'] as const;
  const other =
    stored === undefined ? 'more than the journal' : names.find((name) => event[name] !== stored[name]);
  if (other === undefined) return;
  const difference = stored === undefined ? 'the journal ends before' : `its ${other} differs`;
  throw new CopyRefused(
    `EventStoreDB holds other events than this ledger's: revision ${event.revision} of stream ` +
      `${event.stream} is not the journal's event ${position} (${difference}). ` +
      'Copy into an empty EventStoreDB.',
  );
}

async function writeSources(db: Db, from: number, events: readonly TargetEvent[]): Promise<void> {
  if (events.length === 0) return;
  await db`
    update journal j set source_position = u.source
    from unnest(${plainArray(events.map((event) => String(event.source)))}::text::bigint[])
      with ordinality as u(source, n)
    where j.position = ${from} + u.n`;
}

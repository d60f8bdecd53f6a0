import { createHash } from 'node:crypto';
import type { Db } from '../../database/db.ts';
import { recordedEvents } from '../read-journal.ts';

/** An event of the journal with its JSON as stored text. */
export interface StoredEvent {
  position: number;
  stream: string;
  revision: number;
  id: string;
  type: string;
  data: string;
  metadata: string;
}

/** Each event may be as large as an append. */
const PAGE = 200;

/** The journal's events after `from` up to `to`, in order, in pages. */
export async function* readStored(db: Db, from: number, to: number): AsyncGenerator<StoredEvent[], void> {
  for (let at = from; at < to;) {
    const page = await db<StoredEvent[]>`
      select position, stream, revision, id, type, data::text as data, metadata::text as metadata
      from (${recordedEvents(db)} where position > ${at} and position <= ${Math.min(to, at + PAGE)}) e
      order by position`;
    const last = page[page.length - 1];
    if (last === undefined) return;
    yield page;
    at = last.position;
  }
}

/** A hash over events in order, of what is the same on every log. */
export interface EventsDigest {
  add(event: Omit<StoredEvent, 'position'>): void;
  /** Hexadecimal SHA-256 so far; more may be added. */
  digest(): string;
  copy(): EventsDigest;
}

/** An empty one. */
export function eventsDigest(hash = createHash('sha256')): EventsDigest {
  return {
    add({ id, stream, revision, type, data, metadata }) {
      hash.update(`${JSON.stringify([id, stream, revision, type])}\n${data}\n${metadata}\n`);
    },
    digest: () => hash.copy().digest('hex'),
    copy: () => eventsDigest(hash.copy()),
  };
}

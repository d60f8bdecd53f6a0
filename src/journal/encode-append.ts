import type { NewEvent } from '../events/define.ts';
import { InvalidAppend, MAX_APPEND_BYTES } from './event-log.ts';

/** An event as a log stores it, its data and metadata as `JSON.stringify` writes them. */
export interface EncodedEvent {
  id: string;
  type: string;
  data: string;
  metadata: string;
  recordedAt: string;
}

/** The events of an append and the bytes of their data and metadata (for a small append a lower bound). */
export interface EncodedAppend {
  events: EncodedEvent[];
  bytes: number;
}

/**
 * Checks and encodes an append. Every log refuses the same appends, before anything is sent.
 * @throws {InvalidAppend} no events, an id twice, or more than {@link MAX_APPEND_BYTES}
 */
export function encodeAppend(stream: string, events: readonly NewEvent[]): EncodedAppend {
  if (events.length === 0) throw new InvalidAppend(`an append to ${stream} holds no events`);
  if (new Set(events.map((event) => event.id)).size !== events.length)
    throw new InvalidAppend(`an append to ${stream} holds the same event id twice`);
  let length = 0;
  const encoded = events.map((event) => {
    const data = JSON.stringify(event.data);
    const metadata = JSON.stringify(event.metadata);
    length += data.length + metadata.length;
    return { id: event.id, type: event.type, data, metadata, recordedAt: event.metadata.recorded_at };
  });
  // A UTF-16 unit has at most three bytes, so the bytes of a small append need no counting.
  const bytes = length * 3 <= MAX_APPEND_BYTES ? length : sizeOf(encoded);
  if (bytes > MAX_APPEND_BYTES)
    throw new InvalidAppend(`an append to ${stream} holds ${bytes} bytes, more than ${MAX_APPEND_BYTES}`);
  return { events: encoded, bytes };
}

const sizeOf = (events: readonly EncodedEvent[]): number =>
  events.reduce((sum, { data, metadata }) => sum + Buffer.byteLength(data) + Buffer.byteLength(metadata), 0);

import type { EventMetadata, NewEvent } from '../events/define.ts';
import { InvalidAppend, MAX_APPEND_BYTES, type StreamAppend } from './event-log.ts';

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

/** Encodes metadata, the same object as the last time without doing it again. */
function metadataEncoder(): (metadata: EventMetadata) => string {
  let last: EventMetadata | undefined;
  let text = '';
  return (metadata) => {
    if (metadata !== last) text = JSON.stringify((last = metadata));
    return text;
  };
}

/**
 * Checks and encodes an append. Every log refuses the same appends, before anything is sent.
 * @throws {InvalidAppend} no events, an id twice, or more than {@link MAX_APPEND_BYTES}
 */
export function encodeAppend(
  stream: string,
  events: readonly NewEvent[],
  metadataText = metadataEncoder(),
): EncodedAppend {
  if (events.length === 0) throw new InvalidAppend(`an append to ${stream} holds no events`);
  if (events.length > 1 && new Set(events.map((event) => event.id)).size !== events.length)
    throw new InvalidAppend(`an append to ${stream} holds the same event id twice`);
  let length = 0;
  const encoded = events.map((event) => {
    const data = JSON.stringify(event.data);
    const metadata = metadataText(event.metadata);
    length += data.length + metadata.length;
    return { id: event.id, type: event.type, data, metadata, recordedAt: event.metadata.recorded_at };
  });
  // A UTF-16 unit has at most three bytes, so the bytes of a small append need no counting.
  const bytes = length * 3 <= MAX_APPEND_BYTES ? length : sizeOf(encoded);
  if (bytes > MAX_APPEND_BYTES)
    throw new InvalidAppend(`an append to ${stream} holds ${bytes} bytes, more than ${MAX_APPEND_BYTES}`);
  return { events: encoded, bytes };
}

/** {@link encodeAppend} of each of many appends, whose events may share their metadata; or its error. */
export function encodeEach(appends: readonly StreamAppend[]): (EncodedAppend | InvalidAppend)[] {
  const metadataText = metadataEncoder();
  return appends.map(({ stream, events }) => {
    try {
      return encodeAppend(stream, events, metadataText);
    } catch (error) {
      if (error instanceof InvalidAppend) return error;
      throw error;
    }
  });
}

const sizeOf = (events: readonly EncodedEvent[]): number =>
  events.reduce((sum, { data, metadata }) => sum + Buffer.byteLength(data) + Buffer.byteLength(metadata), 0);

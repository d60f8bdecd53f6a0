// Events as tests read and write them.
import { jsonDraft, type EventDraft, type LogRecord } from './server-log.ts';

export interface StoredEvent {
  position: bigint;
  stream: string;
  revision: bigint;
  id: string;
  type: string;
  /** Parsed when the event is said to be JSON and is; the bytes otherwise. */
  data: unknown;
  /** Parsed when it is JSON, undefined without metadata, the bytes otherwise. */
  metadata: unknown;
}

/**
 * An event to be stored behind the client's back. `data` and `metadata` are written as JSON unless they are
 * bytes.
 */
export interface EventToWrite {
  type: string;
  id?: string;
  data?: unknown;
  metadata?: unknown;
}

export function storedEvent(record: LogRecord): StoredEvent {
  const { position, stream, revision, id, type } = record;
  return {
    position,
    stream,
    revision,
    id,
    type,
    data: record.isJson ? parsed(record.data) : record.data,
    metadata: record.metadata.length === 0 ? undefined : parsed(record.metadata),
  };
}

export function eventDraft({ type, id, data = {}, metadata }: EventToWrite): EventDraft {
  const draft = jsonDraft(
    type,
    data instanceof Uint8Array ? {} : data,
    metadata instanceof Uint8Array ? {} : metadata,
    id,
  );
  return {
    ...draft,
    isJson: !(data instanceof Uint8Array),
    data: data instanceof Uint8Array ? data : draft.data,
    metadata: metadata instanceof Uint8Array ? metadata : draft.metadata,
  };
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return bytes;
  }
}

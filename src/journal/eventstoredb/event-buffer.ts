import type { AllStreamResolvedEvent } from '@eventstore/db-client';
import type { Logger } from '../../runtime/logger.ts';
import type { EventMetadata, NewEvent } from '../../events/define.ts';

/** An event of ours, as it stands in the whole log. */
export interface FollowedEvent extends NewEvent {
  stream: string;
  revision: number;
  /** Its commit position. */
  position: bigint;
}

/** What a follower has seen since its last batch. */
export interface FollowedBatch {
  /** Ours, in the log's order; may be empty. */
  events: FollowedEvent[];
  /** Everything up to here has been seen, system events and other ledgers' included. */
  scanned: bigint;
}

/** How much one batch gathers while its consumer is busy. */
const MAX_EVENTS = 5_000;
const MAX_BYTES = 8_000_000;

/** Text of keys, brackets and metadata that an event has beside its strings. */
const BYTES_BESIDE = 400;

type RecordedAt = NonNullable<AllStreamResolvedEvent['event']>;

/**
 * Sorts what comes from the log: ours is gathered, the system's and other ledgers' only counted as seen, and
 * what stands in our streams without being ours is left out with a warning. What was seen before is dropped,
 * so that a position can be read again from, inclusively.
 */
export class EventBuffer {
  /** The last position seen; null before the first. */
  scanned: bigint | null;
  readonly #streamPrefix: string;
  readonly #logger: Logger;
  readonly #warned = new Set<string>();
  #events: FollowedEvent[] = [];
  #bytes = 0;
  #taken: bigint | null;

  constructor(after: bigint | null, streamPrefix: string, logger: Logger) {
    this.scanned = after;
    this.#taken = after;
    this.#streamPrefix = streamPrefix;
    this.#logger = logger;
  }

  /** Something was seen that has not been taken. */
  get waiting(): boolean {
    return this.scanned !== this.#taken;
  }

  get full(): boolean {
    return this.#events.length >= MAX_EVENTS || this.#bytes >= MAX_BYTES;
  }

  add({ event }: AllStreamResolvedEvent): void {
    if (event === undefined || (this.scanned !== null && event.position.commit <= this.scanned)) return;
    this.scanned = event.position.commit;
    if (
      event.type.startsWith('$') ||
      event.streamId.startsWith('$') ||
      !event.streamId.startsWith(this.#streamPrefix)
    )
      return;
    if (!isOurs(event)) {
      this.#leaveOut(event);
      return;
    }
    const { id, type, data, metadata, revision, position } = event;
    this.#events.push({
      id,
      type,
      data,
      metadata: metadata as unknown as EventMetadata,
      stream: event.streamId.slice(this.#streamPrefix.length),
      revision: Number(revision),
      position: position.commit,
    });
    this.#bytes += BYTES_BESIDE + roughSize(data);
  }

  take(): FollowedBatch {
    const batch = { events: this.#events, scanned: this.scanned ?? 0n };
    this.#events = [];
    this.#bytes = 0;
    this.#taken = this.scanned;
    return batch;
  }

  #leaveOut({ streamId, revision, type }: RecordedAt): void {
    const stream = streamId.slice(0, 200);
    // Of a stream of somebody else's the first event says it; the resumed read of one event says nothing new.
    if (this.#warned.has(stream) || this.#warned.size >= 1_000) return;
    this.#warned.add(stream);
    this.#logger.warn(
      { stream, revision: Number(revision), type },
      'an event in the event log is not of this ledger and is left out, as are others of its stream',
    );
  }
}

/** Ours is JSON, and its metadata says who caused it, when, and in which version of its schema. */
function isOurs(event: RecordedAt): boolean {
  if (!event.isJson || typeof event.metadata !== 'object') return false;
  const {
    actor,
    recorded_at: recordedAt,
    schema_version: schemaVersion,
  } = event.metadata as Partial<Record<keyof EventMetadata, unknown>>;
  return (
    typeof actor === 'object' &&
    actor !== null &&
    typeof recordedAt === 'string' &&
    typeof schemaVersion === 'number'
  );
}

/**
 * The text that a JSON value takes in memory, roughly: enough to bound a batch, cheap enough for every event.
 */
function roughSize(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let size = 16;
  for (const key in value) size += key.length + roughSize((value as Record<string, unknown>)[key]);
  return size;
}

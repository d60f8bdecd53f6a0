import type { Logger } from '../../runtime/logger.ts';
import type { EventMetadata, NewEvent } from '../../events/define.ts';
import type { LoggedEvent } from './read-answer.ts';

/** An event of this ledger in the whole log. */
export interface FollowedEvent extends NewEvent {
  stream: string;
  revision: number;
  /** Its commit position. */
  position: bigint;
}

/** What a follower has seen since its last batch. */
export interface FollowedBatch {
  /** This ledger's, in the log's order; may be empty. */
  events: FollowedEvent[];
  /** Seen up to here, with the events of the system and other ledgers. */
  scanned: bigint;
}

/** The most in one batch, while its consumer is busy. */
const MAX_EVENTS = 5_000;
const MAX_BYTES = 8_000_000;

/** Rough bytes of an event besides its data. */
const BYTES_BESIDE = 400;

/**
 * Sorts the log's events: those of this ledger are kept for the next batch, those of the system and other
 * ledgers only count as seen, foreign ones in our streams are left out with a warning. Events seen before are
 * dropped, so a read may begin at the last position again.
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

  /** Whether anything was seen since the last batch was taken. */
  get waiting(): boolean {
    return this.scanned !== this.#taken;
  }

  get full(): boolean {
    return this.#events.length >= MAX_EVENTS || this.#bytes >= MAX_BYTES;
  }

  add(event: LoggedEvent): void {
    if (this.scanned !== null && event.position <= this.scanned) return;
    this.scanned = event.position;
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
    const { id, type, data, metadata, revision, position, size } = event;
    this.#events.push({
      id,
      type,
      data,
      metadata: metadata as EventMetadata,
      stream: event.streamId.slice(this.#streamPrefix.length),
      revision: Number(revision),
      position,
    });
    this.#bytes += BYTES_BESIDE + (size ?? roughSize(data));
  }

  take(): FollowedBatch {
    const batch = { events: this.#events, scanned: this.scanned ?? 0n };
    this.#events = [];
    this.#bytes = 0;
    this.#taken = this.scanned;
    return batch;
  }

  #leaveOut({ streamId, revision, type }: LoggedEvent): void {
    const stream = streamId.slice(0, 200);
    if (this.#warned.has(stream) || this.#warned.size >= 1_000) return;
    this.#warned.add(stream);
    this.#logger.warn(
      { stream, revision: Number(revision), type },
      'an event in the event log is not of this ledger and is left out, as are others of its stream',
    );
  }
}

/** Whether it is JSON with an actor, a time and a schema version in its metadata. */
function isOurs(event: LoggedEvent): boolean {
  if (!event.isJson || typeof event.metadata !== 'object' || event.metadata === null) return false;
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

/** A rough, cheap size of a JSON value, to bound a batch. */
function roughSize(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let size = 16;
  for (const key in value) size += key.length + roughSize((value as Record<string, unknown>)[key]);
  return size;
}

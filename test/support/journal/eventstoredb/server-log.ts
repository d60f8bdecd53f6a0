// The server's memory: every event in order of its position, and by stream. A position grows by the bytes
// that a record takes on the real server's disk, so positions are distinct and not contiguous; a position
// that is no record's start is no place to read from.

/**
 * The revision of a tombstone, and the `$tb` of a stream that is deleted: the largest signed 64-bit number.
 */
export const DELETED = 9_223_372_036_854_775_807n;
/** Bytes of a record besides its stream's name, type, data and metadata. */
const RECORD_OVERHEAD = 90;
/** The position of the first event on a new server. */
const FIRST_EVENT = 548n;

export interface EventDraft {
  id: string;
  type: string;
  isJson: boolean;
  data: Uint8Array;
  metadata: Uint8Array;
}

export interface LogRecord extends EventDraft {
  position: bigint;
  stream: string;
  revision: bigint;
  /** Milliseconds since 1970. */
  created: number;
}

/** The settings in a stream's `$$` stream that decide which of its events can be read. */
export interface StreamSettings {
  $tb?: number;
  $maxCount?: number;
  $maxAge?: number;
}

/** Index of the first record for which `reached` holds; it holds for all after that one. */
export function firstWhere<T>(records: readonly T[], reached: (record: T) => boolean): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (reached(records[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

export class ServerLog {
  #records: LogRecord[] = [];
  readonly #streams = new Map<string, LogRecord[]>();
  readonly #lastRevisions = new Map<string, bigint>();
  /** Where records begin, also those that have been scavenged, and where the next one will. */
  readonly #boundaries = new Set<bigint>([0n]);
  readonly #listeners = new Set<(record: LogRecord) => void>();
  #end: bigint;
  /**
   * Up to here a scavenge has written the records anew: every position leads to the next record that is left.
   */
  #scavengedTo = -1n;
  /** Where each event id was stored last, as long as the server runs. */
  readonly #known = new Map<string, { stream: string; revision: bigint }>();

  /**
   * A log as a new server has it. `shift` moves its positions, so that another server's are not by chance
   * this one's.
   */
  constructor(shift: number) {
    this.#end = FIRST_EVENT + BigInt(shift);
    this.#boundaries.add(this.#end);
    this.commit('$$$scavenges', [jsonDraft('$metadata', { $maxAge: 2_592_000 })]);
  }

  /** All events that are left, in order. */
  get records(): readonly LogRecord[] {
    return this.#records;
  }

  /** Where the next record will begin. */
  get end(): bigint {
    return this.#end;
  }

  /**
   * Whether a read may begin at this position: a record starts there, or it is scavenged or beyond the end.
   */
  isReadableFrom(position: bigint): boolean {
    return position < this.#scavengedTo || position > this.#end || this.#boundaries.has(position);
  }

  /** The stream's events that are left, whether or not its settings hide them. */
  stream(name: string): readonly LogRecord[] {
    return this.#streams.get(name) ?? [];
  }

  eventAt(stream: string, revision: bigint): LogRecord | undefined {
    const records = this.stream(stream);
    const found = records[firstWhere(records, (record) => record.revision >= revision)];
    return found?.revision === revision ? found : undefined;
  }

  /** -1 for a stream that never had an event, DELETED for one with a tombstone. */
  lastRevision(stream: string): bigint {
    return this.#lastRevisions.get(stream) ?? -1n;
  }

  settings(stream: string): StreamSettings {
    const last = this.stream(`$$${stream}`).at(-1);
    return last === undefined ? {} : (JSON.parse(Buffer.from(last.data).toString('utf8')) as StreamSettings);
  }

  /** Whether the stream is deleted in the way that an append undoes. */
  isSoftDeleted(stream: string): boolean {
    return (this.settings(stream).$tb ?? 0) >= Number(DELETED);
  }

  whereKnown(id: string): { stream: string; revision: bigint } | undefined {
    return this.#known.get(id);
  }

  /**
   * What a restart loses: of the ids that are on disk only those are found again whose revision is asked for.
   */
  forgetIds(): void {
    this.#known.clear();
  }

  /** Stores the events at the stream's end, atomically, and notifies the listeners of each. */
  commit(
    stream: string,
    drafts: readonly EventDraft[],
    firstRevision = this.lastRevision(stream) + 1n,
  ): LogRecord[] {
    const added = drafts.map((draft, index) => this.#store(stream, firstRevision + BigInt(index), draft));
    for (const record of added) {
      for (const listener of this.#listeners) listener(record);
    }
    return added;
  }

  /** Stores a record that is no event, as an append of nothing does; returns its position. */
  commitNothing(stream: string): bigint {
    const position = this.#end;
    this.#advance(RECORD_OVERHEAD + Buffer.byteLength(stream));
    return position;
  }

  /** Takes the events away from `$all` and from their streams; returns how many. */
  scavenge(isGarbage: (record: LogRecord) => boolean): number {
    const before = this.#records.length;
    this.#scavengedTo = this.#end;
    this.#records = this.#records.filter((record) => !isGarbage(record));
    for (const [name, records] of this.#streams)
      this.#streams.set(
        name,
        records.filter((record) => !isGarbage(record)),
      );
    return before - this.#records.length;
  }

  /** Calls `listener` for each event from now on; the returned function ends that. */
  listen(listener: (record: LogRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #store(stream: string, revision: bigint, draft: EventDraft): LogRecord {
    const record: LogRecord = { ...draft, position: this.#end, stream, revision, created: Date.now() };
    this.#records.push(record);
    const ofStream = this.#streams.get(stream);
    if (ofStream === undefined) this.#streams.set(stream, [record]);
    else ofStream.push(record);
    this.#lastRevisions.set(stream, revision);
    this.#known.set(draft.id, { stream, revision });
    this.#advance(
      RECORD_OVERHEAD +
        Buffer.byteLength(stream) +
        Buffer.byteLength(draft.type) +
        draft.data.length +
        draft.metadata.length,
    );
    return record;
  }

  #advance(bytes: number): void {
    this.#end += BigInt(bytes);
    this.#boundaries.add(this.#end);
  }
}

/** An event whose data and metadata are JSON. */
export function jsonDraft(
  type: string,
  data: unknown,
  metadata?: unknown,
  id: string = crypto.randomUUID(),
): EventDraft {
  return {
    id: id.toLowerCase(),
    type,
    isJson: true,
    data: Buffer.from(JSON.stringify(data)),
    metadata: metadata === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(metadata)),
  };
}

import type { EventMetadata, RecordedEvent } from '../events/define.ts';
import { unescaped } from '../database/copy-out.ts';

/**
 * An event of the journal as read models read it. Its metadata, half of its JSON, is parsed only for members
 * that handlers seldom read.
 */
export class JournaledEvent implements RecordedEvent {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  readonly metadata: EventMetadata;

  /**
   * @param data JSON
   * @param metadata JSON
   */
  constructor(
    position: number,
    stream: string,
    revision: number,
    id: string,
    type: string,
    data: string,
    metadata: string,
  ) {
    this.position = position;
    this.stream = stream;
    this.revision = revision;
    this.id = id;
    this.type = type;
    this.data = JSON.parse(data);
    // A getter that may return undefined does not fit an exact optional member.
    this.metadata = new JournaledMetadata(metadata) as Required<JournaledMetadata> as EventMetadata;
  }

  /** From a line of COPY's text format. */
  static ofLine(line: string): JournaledEvent {
    const [position = '', stream = '', revision = '', id = '', type = '', data = '', metadata = ''] =
      line.split('\t');
    return new JournaledEvent(
      Number(position),
      unescaped(stream),
      Number(revision),
      id,
      type,
      unescaped(data),
      unescaped(metadata),
    );
  }
}

const schemaVersionText = /[,{]"schema_version":(\d+)[,}]/;
const recordedAtText = /[,{]"recorded_at":"([^"\\]*)"[,}]/;

/**
 * Metadata as text. The two members read of every event are found in the text: only the outermost object has
 * them, and inside a string their quotes would be escaped. For other members it is parsed.
 */
class JournaledMetadata {
  readonly #text: string;
  #parsed: EventMetadata | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  get schema_version() {
    return Number(schemaVersionText.exec(this.#text)?.[1] ?? this.toJSON().schema_version);
  }
  get recorded_at() {
    const found = recordedAtText.exec(this.#text)?.[1];
    // A new string: a slice, kept in a row, would keep the whole line in memory.
    return found === undefined ? this.toJSON().recorded_at : (JSON.parse(`"${found}"`) as string);
  }
  get actor() {
    return this.toJSON().actor;
  }
  get correlation_id() {
    return this.toJSON().correlation_id;
  }
  get causation_id() {
    return this.toJSON().causation_id;
  }
  get command() {
    return this.toJSON().command;
  }
  get idempotency_key() {
    return this.toJSON().idempotency_key;
  }
  get effective_at() {
    return this.toJSON().effective_at;
  }

  toJSON(): EventMetadata {
    return (this.#parsed ??= JSON.parse(this.#text) as EventMetadata);
  }
}

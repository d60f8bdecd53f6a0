import type { EventMetadata, RecordedEvent } from '../events/define.ts';
import { copyOutLines, unescaped } from '../database/copy-out.ts';
import type { Sql } from '../database/db.ts';
import { recordedEventsText } from './read-journal.ts';

/** Which part of the journal to read. */
export interface JournalRange {
  /** Events after this position … */
  after: number;
  /** … up to this one, which the journal has. */
  upTo: number;
  /** Only these event types; default: all. */
  types?: readonly string[];
}

/** The least events of a page; at most a chunk (about a megabyte) more. */
const PAGE = 1_000;

/**
 * Reads a part of the journal by COPY, in order, in pages: about twice as fast as a cursor, and no faster
 * than the caller takes pages.
 */
export async function* journalPages(
  sql: Sql,
  { after, upTo, types }: JournalRange,
): AsyncGenerator<JournaledEvent[]> {
  const ofTypes = types === undefined ? '' : ` and type in (${types.map(quotedType).join(', ')})`;
  const statement = `
    copy (${recordedEventsText} where position > ${whole(after)} and position <= ${whole(upTo)}${ofTypes}
    order by position) to stdout`;
  if (types?.length === 0) return;
  let page: JournaledEvent[] = [];
  for await (const lines of copyOutLines(sql, statement)) {
    for (const line of lines) page.push(new JournaledEvent(line));
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** COPY takes no parameters: values in its text are checked here. */
function whole(value: number): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`no journal position: ${value}`);
  return value;
}

function quotedType(type: string): string {
  if (!/^[A-Za-z]+$/.test(type)) throw new RangeError(`no event type: ${type}`);
  return `'${type}'`;
}

/**
 * An event of the journal as a rebuild reads it. Its metadata, half of its JSON, is parsed only for members
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

  constructor(line: string) {
    const [position = '', stream = '', revision = '', id = '', type = '', data = '', metadata = ''] =
      line.split('\t');
    this.position = Number(position);
    this.stream = unescaped(stream);
    this.revision = Number(revision);
    this.id = id;
    this.type = type;
    this.data = JSON.parse(unescaped(data));
    // A getter that may return undefined does not fit an exact optional member.
    this.metadata = new JournaledMetadata(
      unescaped(metadata),
    ) as Required<JournaledMetadata> as EventMetadata;
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

import { MessageFields, wire } from './message-fields.ts';

/** An event of the whole log. */
export interface LoggedEvent {
  streamId: string;
  id: string;
  type: string;
  revision: number | bigint;
  /** Its commit position. */
  position: bigint;
  isJson: boolean;
  /** Parsed, where it is JSON. Events of the system are not parsed. */
  data: unknown;
  metadata: unknown;
  /** Bytes of the data, where they are known. */
  size?: number;
}

/**
 * Decodes an answer (`ReadResp`) to a read of the whole log, in one pass over its bytes. The client makes
 * objects of four kinds from each, one after another, which takes as long again as all the rest.
 * @returns null for an answer without an event
 */
export function decodeReadAnswer(bytes: Buffer): LoggedEvent | null {
  const answer = fieldAt(1, new MessageFields(bytes));
  const recorded = answer === null ? null : fieldAt(1, answer);
  return recorded === null ? null : decodeRecorded(recorded);
}

function decodeRecorded(fields: MessageFields): LoggedEvent {
  let id = '';
  let streamId = '';
  let revision: number | bigint = 0;
  let position: number | bigint = 0;
  let type = '';
  let isJson = false;
  let metadata: MessageFields | null = null;
  let data: MessageFields | null = null;
  while (fields.next()) {
    if (fields.is(1, wire.bytes)) id = textAt(2, fields.inside());
    else if (fields.is(2, wire.bytes)) streamId = textAt(3, fields.inside());
    else if (fields.is(3, wire.varint)) revision = fields.value;
    else if (fields.is(5, wire.varint)) position = fields.value;
    else if (fields.is(6, wire.bytes)) {
      const [key, value] = entryOf(fields.inside());
      if (key === 'type') type = value;
      else if (key === 'content-type') isJson = value === 'application/json';
    } else if (fields.is(7, wire.bytes)) metadata = fields.inside();
    else if (fields.is(8, wire.bytes)) data = fields.inside();
  }
  if (id === '' || streamId === '') throw new Error('EventStoreDB sent an event without its id or stream');
  const ofSystem = type.startsWith('$') || streamId.startsWith('$');
  return {
    streamId,
    id,
    type,
    revision,
    position: BigInt(position),
    isJson,
    data: ofSystem || !isJson ? undefined : parsed(data?.text() ?? ''),
    metadata: ofSystem || metadata === null ? undefined : parsed(metadata.text()),
    size: data?.length ?? 0,
  };
}

function fieldAt(field: number, fields: MessageFields): MessageFields | null {
  while (fields.next()) if (fields.is(field, wire.bytes)) return fields.inside();
  return null;
}

const textAt = (field: number, fields: MessageFields) => fieldAt(field, fields)?.text() ?? '';

/** An entry of a map of texts. */
function entryOf(fields: MessageFields): [key: string, value: string] {
  let key = '';
  let value = '';
  while (fields.next()) {
    if (fields.is(1, wire.bytes)) key = fields.inside().text();
    else if (fields.is(2, wire.bytes)) value = fields.inside().text();
  }
  return [key, value];
}

/** The value of a JSON text; a text that is no JSON stays as it is, as with the client. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

import { isJsonType, requireFewValues } from '../runtime/read-body.ts';
import { quotedText } from '../runtime/quoted-text.ts';
import { parseStorableJson, storableText } from './storable-json.ts';

/** A body in another form than was requested. */
export class UnreadableBody extends Error {
  constructor(message: string) {
    super(quotedText(message));
    this.name = 'UnreadableBody';
  }
}

/** @throws {UnreadableBody} for what is no JSON */
export function parseJsonBody(text: string, contentType: string): unknown {
  if (!isJsonType(contentType))
    throw new UnreadableBody(`expected JSON, got ${contentType === '' ? 'no content type' : contentType}`);
  requireFewValues(text);
  try {
    return parseStorableJson(text);
  } catch {
    throw new UnreadableBody(`the JSON body does not parse (${text.length} characters)`);
  }
}

/** @throws {UnreadableBody} for another content type than `expected` */
export function parseTextBody(text: string, contentType: string, expected: string): string {
  if (!contentType.toLowerCase().startsWith(expected)) {
    throw new UnreadableBody(
      `expected ${expected}, got ${contentType === '' ? 'no content type' : contentType}`,
    );
  }
  return storableText(text);
}

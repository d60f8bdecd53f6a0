import { countJsonNodes } from './json-nodes.ts';

/** The most bytes of an answer that are read, after inflating (spec 2, limits). */
export const mostBytes = { json: 32 * 1024 * 1024, csv: 64 * 1024 * 1024 } as const;

/** The most values in a JSON answer; a page of 200 objects with a thousand members each has fewer. */
const mostValues = 500_000;

/** An answer above the limit of its kind. */
export class BodyTooLarge extends Error {
  constructor(how: string) {
    super(`the body ${how}`);
    this.name = 'BodyTooLarge';
  }
}

/**
 * Counts the values of a JSON text before it is parsed: millions of empty objects fit into the limit of
 * bytes, and parsing them would block the process for seconds.
 * @throws {BodyTooLarge} above {@link mostValues}
 */
export function requireFewValues(json: string): void {
  // Each value but the first takes two characters.
  if (json.length < 2 * mostValues) return;
  if (countJsonNodes(Buffer.from(json), mostValues) > mostValues)
    throw new BodyTooLarge(`holds more than ${mostValues.toLocaleString('en')} values`);
}

/**
 * The text of an answer's body. Bytes are counted after inflating, as they arrive; above `most` the
 * connection ends. The request's signal limits the time.
 * @throws {BodyTooLarge}
 */
export async function readBody(response: Response, most: number): Promise<string> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  const texts: string[] = [];
  let bytes = 0;
  // Leaving the loop early cancels the body, which closes the connection.
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > most) throw new BodyTooLarge(`is larger than ${String(most / 1024 / 1024)} MB`);
    texts.push(decoder.decode(chunk, { stream: true }));
  }
  texts.push(decoder.decode());
  return texts.join('');
}

/** Drops a body that is not read; its connection would otherwise stay open until it is collected. */
export async function discardBody(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => undefined);
}

/** Whether a content type is one of JSON. */
export function isJsonType(contentType: string): boolean {
  return /^application\/(?:[\w.-]+\+)?json\b/i.test(contentType.trim());
}

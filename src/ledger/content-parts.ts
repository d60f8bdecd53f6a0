import { createHash } from 'node:crypto';
import { canonicalJson } from '../runtime/canonical-json.ts';
import { atOnce, type Steps } from '../runtime/in-turns.ts';

/** The most bytes of JSON in one part: well below the limit of an append, metadata included. */
export const MAX_PART_BYTES = 500_000;

/** A name for content: the first 32 hex digits of the SHA-256 of its canonical JSON. */
export const contentHash = (value: unknown): string => hashOfText(canonicalJson(value));

const hashOfText = (json: string): string => createHash('sha256').update(json).digest('hex').slice(0, 32);

/** {@link contentHash} of a list, from the canonical JSON of its items. */
export const hashOfTexts = (texts: readonly string[]): string => hashOfText(`[${texts.join(',')}]`);

/** {@link contentHash} of a list, one item a step. */
export function* listHashSteps(items: readonly unknown[]): Steps<string> {
  const hash = createHash('sha256').update('[');
  for (const [index, item] of items.entries()) {
    hash.update(index === 0 ? canonicalJson(item) : `,${canonicalJson(item)}`);
    yield;
  }
  return hash.update(']').digest('hex').slice(0, 32);
}

/**
 * Splits a list into parts of at most `maxItems` items and `maxBytes` of JSON each. An empty list is one
 * empty part.
 * @param jsonOf an item's JSON, in any order of keys, where the caller has it
 */
export function splitIntoParts<T>(
  items: readonly T[],
  maxItems = Infinity,
  maxBytes = MAX_PART_BYTES,
  jsonOf?: (item: T, index: number) => string,
): T[][] {
  return atOnce(splitSteps(items, maxItems, maxBytes, jsonOf));
}

/** {@link splitIntoParts}, one item a step. */
export function* splitSteps<T>(
  items: readonly T[],
  maxItems = Infinity,
  maxBytes = MAX_PART_BYTES,
  jsonOf: (item: T, index: number) => string = (item) => JSON.stringify(item),
): Steps<T[][]> {
  const parts: T[][] = [[]];
  let bytes = 0;
  for (const [index, item] of items.entries()) {
    const size = Buffer.byteLength(jsonOf(item, index)) + 1;
    let last = parts[parts.length - 1] as T[];
    if (last.length > 0 && (last.length >= maxItems || bytes + size > maxBytes)) {
      last = [];
      parts.push(last);
      bytes = 0;
    }
    last.push(item);
    bytes += size;
    yield;
  }
  return parts;
}

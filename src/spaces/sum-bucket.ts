import { createHash } from 'node:crypto';

/** One page of ListObjectsV2, as far as the size of a bucket depends on it. */
export interface ObjectPage {
  /** Bytes of each object; undefined where the answer has no size. */
  readonly sizes: readonly (number | undefined)[];
  /** The name of the first object; undefined on a page without objects. */
  readonly firstKey?: string | undefined;
  readonly truncated: boolean;
  /** Where the next page begins. */
  readonly nextToken: string | undefined;
}

/** What a bucket holds. Bytes are exact beyond 2^53. */
export interface BucketSize {
  bytes: bigint;
  objects: number;
}

/** The pages of a bucket do not add up to a size. The message names the reason, never an answer's text. */
export class BucketWalkError extends Error {
  override readonly name = 'BucketWalkError';
}

const place = (pages: number): string => `page ${pages} of the objects`;

/** Remembers texts by their hashes, which are short however long the texts are. */
function createMemory(): (text: string) => boolean {
  const seen = new Set<string>();
  return (text) => {
    const size = seen.size;
    return seen.add(createHash('sha256').update(text).digest('base64')).size === size;
  };
}

/**
 * Adds up the objects of a bucket page by page. Of a page only two hashes are kept, to find a walk that goes
 * in circles. A walk that does not end within the limit is an error: part of a bucket has no size.
 * @param list answers the page that begins at the token; null: the first
 * @param mostPages at least 1
 * @throws {BucketWalkError}
 */
export async function sumBucket(
  list: (token: string | null) => Promise<ObjectPage>,
  mostPages: number,
): Promise<BucketSize> {
  const total: BucketSize = { bytes: 0n, objects: 0 };
  const wasToken = createMemory();
  const wasFirst = createMemory();
  let token: string | null = null;
  for (let pages = 1; pages <= mostPages; pages++) {
    const { sizes, firstKey, truncated, nextToken } = await list(token);
    for (const size of sizes) {
      if (size === undefined || !Number.isSafeInteger(size) || size < 0)
        throw new BucketWalkError(`${place(pages)} has an object without a usable size`);
      total.bytes += BigInt(size);
      total.objects++;
    }
    if (firstKey !== undefined && wasFirst(firstKey))
      throw new BucketWalkError(`${place(pages)} begins like an earlier one`);
    if (!truncated) return total;
    if (nextToken === undefined || nextToken === '')
      throw new BucketWalkError(`${place(pages)} says that more follow, and has no token for them`);
    if (wasToken(nextToken)) throw new BucketWalkError(`${place(pages)} is followed by an earlier one`);
    token = nextToken;
  }
  throw new BucketWalkError(`the bucket has more than ${mostPages} pages of objects`);
}

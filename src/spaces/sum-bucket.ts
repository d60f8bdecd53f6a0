/** One page of ListObjectsV2, as far as the size of a bucket depends on it. */
export interface ObjectPage {
  /** Bytes of each object; undefined where the answer has no size. */
  readonly sizes: readonly (number | undefined)[];
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

const page = (pages: number): string => `page ${pages} of the objects`;

/** The token of the next page, or null after the last one. */
function nextOf({ truncated, nextToken }: ObjectPage, token: string | null, pages: number): string | null {
  if (!truncated) return null;
  if (nextToken === undefined || nextToken === '') {
    throw new BucketWalkError(`${page(pages)} says that more follow, and has no token for them`);
  }
  if (nextToken === token) throw new BucketWalkError(`${page(pages)} is followed by itself`);
  return nextToken;
}

/**
 * Adds up the objects of a bucket page by page; no page is kept. A walk that does not end within the limit is
 * an error: part of a bucket has no size.
 * @param list answers the page that begins at the token; null: the first
 * @param mostPages at least 1
 */
export async function sumBucket(
  list: (token: string | null) => Promise<ObjectPage>,
  mostPages: number,
): Promise<BucketSize> {
  const total: BucketSize = { bytes: 0n, objects: 0 };
  let token: string | null = null;
  for (let pages = 1; pages <= mostPages; pages++) {
    const answer: ObjectPage = await list(token);
    for (const size of answer.sizes) {
      if (size === undefined || !Number.isSafeInteger(size) || size < 0) {
        throw new BucketWalkError(`${page(pages)} has an object without a usable size`);
      }
      total.bytes += BigInt(size);
      total.objects++;
    }
    token = nextOf(answer, token, pages);
    if (token === null) return total;
  }
  throw new BucketWalkError(`the bucket has more than ${mostPages} pages of objects`);
}

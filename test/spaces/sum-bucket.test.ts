import assert from 'node:assert/strict';
import { BucketWalkError, sumBucket, type ObjectPage } from '../../src/spaces/sum-bucket.ts';

/** Answers the pages of a bucket of `count` objects, 1,000 a page. */
function bucket(count: number, bytes: number): (token: string | null) => Promise<ObjectPage> {
  return async (token) => {
    const from = Number(token ?? '0');
    const to = Math.min(count, from + 1000);
    const truncated = to < count;
    return {
      sizes: Array.from({ length: to - from }, () => bytes),
      truncated,
      nextToken: truncated ? String(to) : undefined,
    };
  };
}

const endless = async (token: string | null): Promise<ObjectPage> => ({
  sizes: [1],
  truncated: true,
  nextToken: String(Number(token ?? '0') + 1),
});

/** Pages of which each so manieth has the same token. */
const ring =
  (length: number) =>
  async (token: string | null): Promise<ObjectPage> => ({
    sizes: [1],
    truncated: true,
    nextToken: String((Number(token ?? '0') + 1) % length),
  });

describe('the size of a bucket', () => {
  for (const count of [0, 1, 1000, 1001, 2500]) {
    it(`is the sum of ${count} objects`, async () => {
      assert.deepEqual(await sumBucket(bucket(count, 7), 3), { bytes: BigInt(count * 7), objects: count });
    });
  }

  it('is exact beyond 2^53', async () => {
    const { bytes } = await sumBucket(bucket(3, Number.MAX_SAFE_INTEGER), 1);
    assert.equal(bytes, 3n * BigInt(Number.MAX_SAFE_INTEGER));
  });

  const broken: [string, (token: string | null) => Promise<ObjectPage>, RegExp][] = [
    ['pages that never end', endless, /more than 5 pages/],
    ['a token that is answered again', ring(1), /page 2 .* followed by an earlier one/],
    ['tokens that go in a circle', ring(3), /page 4 .* followed by an earlier one/],
    [
      'new tokens for the same page',
      async (token) => ({ ...(await endless(token)), firstKey: 'a' }),
      /page 2 .* begins like an earlier one/,
    ],
    [
      'more pages without a token',
      async () => ({ sizes: [], truncated: true, nextToken: undefined }),
      /no token/,
    ],
    [
      'an object without a size',
      async () => ({ sizes: [undefined], truncated: false, nextToken: undefined }),
      /usable/,
    ],
    ['a negative size', async () => ({ sizes: [-1], truncated: false, nextToken: undefined }), /usable/],
  ];
  for (const [title, list, reason] of broken) {
    it(`is an error with ${title}`, async () => {
      await assert.rejects(sumBucket(list, 5), (error: unknown) => {
        assert.ok(error instanceof BucketWalkError);
        assert.match(error.message, reason);
        return true;
      });
    });
  }
});

// The sizes that are sold, with their list prices.
import type { ApiJson, ApiObject } from './json.ts';
import type { Account } from './types.ts';
import { pageAnswer } from './paging.ts';
import type { SimulatedRoute } from './route.ts';
import { listedSizes, sizeObject } from './sizes.ts';

const sizesOf = (account: Account): (ApiObject & { slug: string })[] => (account.sizes ??= listedSizes());

/** Changes what `/v2/sizes` lists. */
export interface Sizes {
  /** Sets fields of a listed size, such as `price_monthly`. Throws for one that is not listed. */
  changeSize(slug: string, change: Record<string, ApiJson>): void;
  /** The size is no longer listed. */
  withdrawSize(slug: string): void;
  /** The size is listed again, at its first price. */
  relistSize(slug: string): void;
}

export const createSizes = (account: Account): Sizes => ({
  changeSize(slug, change) {
    const size = sizesOf(account).find((one) => one.slug === slug);
    if (size === undefined) throw new Error(`no listed size ${slug}`);
    Object.assign(size, change);
  },
  withdrawSize(slug) {
    account.sizes = sizesOf(account).filter((size) => size.slug !== slug);
  },
  relistSize(slug) {
    account.sizes = [...sizesOf(account).filter((size) => size.slug !== slug), sizeObject(slug)];
  },
});

export const sizeEndpoints: SimulatedRoute[] = [
  {
    method: 'GET',
    path: '/v2/sizes',
    scope: 'sizes:read',
    handle: (context) => pageAnswer(context, 'sizes', sizesOf(context.account), (size) => size),
  },
];

import { z } from 'zod';
import { DigitalOceanError } from './errors.ts';
import { readAnswer } from './read-answer.ts';
import type { Transport } from './transport.ts';
import type { RequestPriority } from './request-budget.ts';

/** The most that DigitalOcean gives on one page. */
const pageSize = 200;

/** How often a listing that changes while it is read is read in all. */
const maxPasses = 3;

export interface Listing<T> {
  /** Path without paging parameters; a query of its own is kept. */
  path: string;
  /** The member of the answer that holds the list. */
  rootKey: string;
  /** A page's items with what they lack filled in, before they are read. */
  complete?: (page: readonly unknown[]) => unknown[];
  /** One item in the ledger's shape. Throws DigitalOceanError; `where` is for its message. */
  read: (item: unknown, where: ItemPlace) => T;
  /**
   * Two items of one key are the same item, listed twice. Null: items have no identity (billing history), and
   * none is dropped.
   */
  keyOf: ((item: T) => string) | null;
  priority: RequestPriority;
}

/** The place of an item: the request's path, and the field within its answer. */
export interface ItemPlace {
  path: string;
  field: string;
}

interface Pass<T> {
  items: T[];
  /** Null when the pages agree with each other and with the count; else the disagreement. */
  trouble: string | null;
}

/**
 * Reads a whole listing, page by page. Pages are requested by number; a link only says whether there is a
 * next page, since its host may be another than the one that the token is meant for.
 *
 * Pages are offsets into a list that may change between two requests, so that an item can be skipped. A pass
 * counts only if `meta.total` was the same on all pages and as many items came; otherwise the listing is read
 * again, and after three such passes it fails. One item that goes while another comes leaves the count as it
 * was and is not noticed: for that the inventory has three strikes. Throws DigitalOceanError; there is no
 * partial result.
 */
export async function listAll<T>(transport: Transport, listing: Listing<T>): Promise<T[]> {
  let trouble = '';
  for (let pass = 1; pass <= maxPasses; pass += 1) {
    const result = await onePass(transport, listing);
    if (result.trouble === null) return result.items;
    trouble = result.trouble;
  }
  throw new DigitalOceanError({
    code: 'unavailable',
    message:
      `DigitalOcean GET ${listing.path}: the listing kept changing while it was read ` +
      `${maxPasses} times (${trouble})`,
    status: 200,
    path: listing.path,
  });
}

const pageSchema = z.object({
  links: z.object({ pages: z.object({ next: z.string().nullish() }).nullish() }).nullish(),
  meta: z.object({ total: z.int().nonnegative().nullish() }).nullish(),
});

interface Page<T> {
  items: T[];
  /** The page's text where items have no key; empty where they have one. */
  text: string;
  total: number | null;
  hasNext: boolean;
}

/** The most characters of all pages of a listing together: a listing without end is not read for ever. */
const mostCharacters = 256 * 1024 * 1024;

/** Counts the characters of one pass's pages before they are parsed. Throws DigitalOceanError. */
function sizeLimit(path: string): (characters: number) => void {
  let left = mostCharacters;
  const most = `${mostCharacters / 1024 / 1024} MB`;
  return (characters) => {
    left -= characters;
    if (left >= 0) return;
    throw new DigitalOceanError({
      code: 'too-large',
      message: `DigitalOcean GET ${path}: its pages hold more than ${most} in all`,
      status: 200,
      path,
    });
  };
}

async function onePass<T>(transport: Transport, listing: Listing<T>): Promise<Pass<T>> {
  const count = sizeLimit(listing.path);
  const collected = new Collected<T>(listing.keyOf);
  let total: number | null = null;
  let trouble: string | null = null;
  let first: Page<T> | null = null;
  for (let number = 1; ; number += 1) {
    const page = await readPage(transport, listing, number, count);
    first ??= page;
    if (page !== first && page.total !== total)
      trouble = `meta.total went from ${String(total)} to ${page.total}`;
    total = page.total;
    // A server that does not page at all answers every page with the whole list.
    const repeated = page !== first && listing.keyOf === null && page.text === first.text;
    const added = repeated ? 0 : collected.add(page.items);
    const missing = total !== null && collected.items.length < total;
    if (added === 0 || (!page.hasNext && !missing)) break;
    refuseEndless(listing, number, total, first.items.length);
  }
  const came = collected.items.length;
  if (trouble === null && total !== null && came !== total) trouble = `meta.total is ${total}, ${came} came`;
  return { items: collected.items, trouble };
}

class Collected<T> {
  readonly #keyOf: ((item: T) => string) | null;
  readonly #seen = new Set<string>();
  readonly items: T[] = [];

  constructor(keyOf: ((item: T) => string) | null) {
    this.#keyOf = keyOf;
  }

  /** How many of these were new. */
  add(items: readonly T[]): number {
    const before = this.items.length;
    for (const item of items) {
      const key = this.#keyOf?.(item);
      if (key !== undefined && this.#seen.has(key)) continue;
      if (key !== undefined) this.#seen.add(key);
      this.items.push(item);
    }
    return this.items.length - before;
  }
}

/** The most pages of a listing without a total: only this ends an endless chain of next pages. */
const maxPagesWithoutTotal = 1_000;

function refuseEndless<T>(listing: Listing<T>, page: number, total: number | null, perPage: number): void {
  const most = total === null ? maxPagesWithoutTotal : Math.ceil(total / perPage) + 2;
  if (page < most) return;
  const ofTotal = total === null ? '' : ` of a total of ${total}`;
  throw new DigitalOceanError({
    code: 'malformed',
    message: `DigitalOcean GET ${listing.path}: still a next page after ${page} pages${ofTotal}`,
    status: 200,
    path: listing.path,
  });
}

async function readPage<T>(
  transport: Transport,
  listing: Listing<T>,
  number: number,
  onSize: (characters: number) => void,
): Promise<Page<T>> {
  const separator = listing.path.includes('?') ? '&' : '?';
  const path = `${listing.path}${separator}page=${number}&per_page=${pageSize}`;
  const body = await transport.getJson(path, listing.priority, onSize);
  const { links, meta } = readAnswer(pageSchema, body, path);
  // A missing list is no empty list. DigitalOcean writes an empty one as an array or as null.
  const list =
    readAnswer(z.object({ [listing.rootKey]: z.array(z.unknown()).nullable() }), body, path)[
      listing.rootKey
    ] ?? [];
  const items = (listing.complete?.(list) ?? list).map((item, index) =>
    listing.read(item, { path, field: `${listing.rootKey}.${index}` }),
  );
  return {
    items,
    text: listing.keyOf === null ? JSON.stringify(list) : '',
    total: meta?.total ?? null,
    hasNext: (links?.pages?.next ?? '') !== '',
  };
}

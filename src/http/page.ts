import type { z } from 'zod';
import { Refused, refuseField } from '../ledger/refusal.ts';
import type { CursorKey, Cursors } from './cursor.ts';

/**
 * Limit and cursor of a list request. A handler fetches `limit + 1` rows behind the key `after(…)` and
 * answers with `of(…)`.
 */
export interface Page {
  /** 1 to 500. */
  readonly limit: number;
  /** The sort key that the page starts after, or null for the first page. */
  readonly after: <Key extends z.ZodType>(key: Key) => z.output<Key> | null;
  /**
   * The page of rows that were fetched with one more than `limit`, and the cursor to the next.
   * @param toKey a row's sort key, in the order of the query's sort
   */
  readonly of: <Row>(
    rows: readonly Row[],
    toKey: (row: Row) => CursorKey,
  ) => { data: Row[]; next_cursor: string | null };
  /** A cursor for a request of the same path with these filters. */
  readonly cursorOf: (filters: Readonly<Record<string, unknown>>, key: CursorKey) => string;
}

/**
 * Opens a request's page. The cursor is checked at once, so that every list refuses a bad one.
 * @param binding what identifies the list, with its filters as `filters`
 */
export function openPage(
  cursors: Cursors,
  query: { limit?: unknown; cursor?: unknown },
  binding: Readonly<Record<string, unknown>>,
): Page {
  const limit = typeof query.limit === 'number' ? query.limit : 50;
  const opened = typeof query.cursor === 'string' ? cursors.open(query.cursor, binding) : null;
  return {
    limit,
    after(key) {
      if (opened === null) return null;
      const parsed = key.safeParse(opened);
      // A genuine cursor of an earlier release, whose key had another shape.
      if (!parsed.success)
        throw new Refused(refuseField('cursor', 'a cursor of an earlier version: start from the first page'));
      return parsed.data;
    },
    of(rows, toKey) {
      const data = rows.slice(0, limit);
      const last = data.at(-1);
      const isMore = rows.length > limit && last !== undefined;
      return { data, next_cursor: isMore ? cursors.seal(toKey(last), binding) : null };
    },
    cursorOf: (filters, key) => cursors.seal(key, { ...binding, filters }),
  };
}

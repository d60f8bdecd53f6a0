// The hook that stale-rows.ts and stale-error.ts need: the library has none for what a query settles with.
//
// Upstream: postgres 3.4.9, as in the two files
// Needed: test/database/postgres-repairs/stale-rows.test.ts,
//   test/database/postgres-repairs/stale-error.test.ts
// May go when: both files have gone.
import type { Sql } from '../db.ts';

/** A query of the library, as far as the repairs need it. */
export interface LibraryQuery {
  executed: boolean;
  /** The statement, once it is sent. */
  string?: string;
  resolve: (this: void, answer: unknown) => void;
  reject: (this: void, error: unknown) => void;
  handle: () => Promise<unknown>;
}

const hooked = new WeakSet();

/** Calls `change` with every query before it is sent, once for all pools: they share the queries' class. */
export function changeQueries(sql: Sql, change: (query: LibraryQuery) => void): Sql {
  if (hooked.has(change)) return sql;
  hooked.add(change);
  // A query that nothing waits for is never sent.
  const prototype = Object.getPrototypeOf(sql`select`) as LibraryQuery;
  const { handle } = prototype;
  prototype.handle = function changed(this: LibraryQuery) {
    if (!this.executed) change(this);
    return handle.call(this);
  };
  return sql;
}

// `end` of a pool comes to an end. After a connection was lost in the middle of a query the library waits for
// that query's answer for ever.
//
// Upstream: postgres 3.4.9, https://github.com/porsager/postgres/issues/1097,
//   https://github.com/porsager/postgres/issues/1130
// Needed: test/database/postgres-repairs/end-timeout.test.ts
// May go when: that test fails at "the library alone waits for ever".
import type { Sql } from '../db.ts';

/** The longest that `end` waits for what is under way, unless the caller says otherwise. */
const endSeconds = 5;

/** Gives `end` a limit. */
export function endInTime(sql: Sql): Sql {
  const end = sql.end.bind(sql);
  return Object.assign(sql, {
    end: async (options: { timeout?: number } = {}) => end({ timeout: endSeconds, ...options }),
  });
}

// An answer holds the rows of its own query alone. A query that fails in the middle of its rows, by an error,
// a time limit or a lost connection, leaves their number behind: the next answer on that connection begins
// with as many holes, so that its first row reads as missing.
//
// Upstream: postgres 3.4.9, https://github.com/porsager/postgres/issues/1181,
//   https://github.com/porsager/postgres/issues/1119, https://github.com/porsager/postgres/issues/795
// Needed: test/database/postgres-repairs/stale-rows.test.ts
// May go when: that test fails at "the library alone leaves holes before the rows".
import type { Sql } from '../db.ts';
import { changeQueries, type LibraryQuery } from './settled-queries.ts';

/** Removes from every answer the holes before its first row. */
export const dropStaleRows = (sql: Sql): Sql => changeQueries(sql, resolveWithoutHoles);

function resolveWithoutHoles(query: LibraryQuery): void {
  const { resolve } = query;
  query.resolve = (answer) => resolve(withoutHoles(answer));
}

/** Rows from the first that was received; of several statements the rows of each. */
function withoutHoles(answer: unknown): unknown {
  if (!Array.isArray(answer) || answer.length === 0) return answer;
  let holes = 0;
  while (!(holes in answer)) holes += 1;
  if (holes > 0) answer.splice(0, holes);
  if (Array.isArray(answer[0])) answer.forEach(withoutHoles);
  return answer;
}

import postgres from 'postgres';
import type { Sql } from './db.ts';
import { connectionLost } from './patient-socket.ts';

/** What the library keeps of a query, as far as it is needed here. */
interface LibraryQuery {
  executed: boolean;
  /** The statement, once it is sent. */
  string?: string;
  resolve: (this: void, answer: unknown) => void;
  reject: (this: void, error: unknown) => void;
  handle: () => Promise<unknown>;
}

const changed = new WeakSet<object>();

/**
 * Keeps what the library remembers of one query on a connection from the next.
 *
 * - A query that fails in the middle of its rows, by an error, a time limit or a lost connection, leaves
 *   their number behind: the next answer on that connection begins with as many holes, so that its first row
 *   reads as missing (https://github.com/porsager/postgres/issues/1181, /1119, /795).
 * - A connection that is lost between an error and the end of its statement keeps the error and, connected
 *   again, fails the first query with it.
 *
 * Changes the library's queries, once, for all its pools.
 */
export function keepAnswersApart(sql: Sql): Sql {
  // A query that nothing waits for is never sent.
  const prototype = Object.getPrototypeOf(sql`select`) as LibraryQuery;
  if (changed.has(prototype)) return sql;
  changed.add(prototype);
  const { handle } = prototype;
  prototype.handle = function ownAnswer(this: LibraryQuery) {
    if (!this.executed) {
      const { resolve, reject } = this;
      this.resolve = (answer) => {
        resolve(withoutHoles(answer));
      };
      this.reject = (error) => {
        reject(this.string === undefined && isOfAnother(error) ? connectionLost(error) : error);
      };
    }
    return handle.call(this);
  };
  return sql;
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

/** The library notes with an error the statement of the first query that it rejects with it. */
function isOfAnother(error: unknown): boolean {
  return error instanceof postgres.PostgresError && typeof Reflect.get(error, 'query') === 'string';
}

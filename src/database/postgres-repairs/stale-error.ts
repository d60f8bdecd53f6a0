// A query fails with an error of its own session alone. The library keeps an error that the server sent until
// the end of its statement; a connection that is lost before that end keeps it and, connected again, fails
// the first query of the new session with it, however long the database has been back. Two things are done:
// the server's last error, with which it ends a session, is not passed on (the close that follows rejects
// what is in flight), and a query that fails with the error of another fails as on a lost connection.
//
// Upstream: postgres 3.4.9, https://github.com/porsager/postgres/issues/1223,
//   https://github.com/porsager/postgres/pull/1215
// Needed: test/database/postgres-repairs/stale-error.test.ts
// May go when: that test fails at "the library alone fails the next session with the last one's error".
import type { Socket } from 'node:net';
import postgres from 'postgres';
import type { Sql } from '../db.ts';
import { changeQueries, type LibraryQuery } from './settled-queries.ts';
import { connectionLost, type Emit } from './two-step-close.ts';

/** A query that was not sent yet and fails with another's error fails with {@link connectionLost} instead. */
export const dropStaleErrors = (sql: Sql): Sql => changeQueries(sql, rejectWithOwnError);

function rejectWithOwnError(query: LibraryQuery): void {
  const { reject } = query;
  query.reject = (error) =>
    reject(query.string === undefined && isOfAnother(error) ? connectionLost(error) : error);
}

/** The library notes with an error the statement of the first query that it rejects with it. */
function isOfAnother(error: unknown): boolean {
  return error instanceof postgres.PostgresError && typeof Reflect.get(error, 'query') === 'string';
}

/** Cuts from what a socket receives the error with which the server ends the session. */
export function dropFatalErrors(socket: Socket): Socket {
  const emit = socket.emit.bind(socket) as Emit;
  return Object.assign(socket, {
    emit(event: string | symbol, ...args: unknown[]): boolean {
      if (event !== 'data') return emit(event, ...args);
      const data = args[0] as Buffer;
      const at = fatalErrorAt(data);
      return emit(event, at < 0 ? data : data.subarray(0, at));
    },
  });
}

/** How the fields of a fatal error name severity and code. */
const fatalFields = ['\0VFATAL\0C57P', '\0VFATAL\0C25P03'];
/** The message's type and length and the severity in the server's language come before them. */
const MAX_BEFORE_FIELDS = 64;
/** Type of an ErrorResponse message of the protocol. */
const ERROR_RESPONSE = 0x45;

/**
 * Where the error begins that ends the session (class 57P: shutdown, crash, starting up; 25P03: idle in a
 * transaction for too long), as the last message of `data`; −1 without one. It is of any length: in a
 * function it quotes the statement that was under way.
 */
export function fatalErrorAt(data: Buffer): number {
  // Its last field and its list of fields end with a zero each. Rows of text and the end of an answer do not.
  if (data[data.length - 1] !== 0 || data[data.length - 2] !== 0) return -1;
  const fields = Math.max(...fatalFields.map((text) => data.lastIndexOf(text, undefined, 'latin1')));
  for (let at = fields; at >= Math.max(0, fields - MAX_BEFORE_FIELDS); at -= 1) {
    if (data[at] === ERROR_RESPONSE && data.readInt32BE(at + 1) === data.length - at - 1) return at;
  }
  return -1;
}

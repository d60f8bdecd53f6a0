// A transaction whose connection has closed sends nothing any more. The library rejects `begin` at that
// moment, but the work goes on: a later statement of it, or the library's own COMMIT or ROLLBACK, is written
// to a socket that is gone, from a timer, which ends the process; or to the next session, in the middle of
// another transaction.
//
// Upstream: postgres 3.4.9, https://github.com/porsager/postgres/issues/1208,
//   https://github.com/porsager/postgres/pull/1215, https://github.com/porsager/postgres/issues/1186
// Needed: test/database/postgres-repairs/transaction-after-close.test.ts
// May go when: that test fails at "the library alone sends a late statement to the next session".
import { asError } from '../../runtime/as-error.ts';
import type { Sql, Transaction } from '../db.ts';

type Begin = (optionsOrWork: string | Work, work?: Work) => Promise<unknown>;
type Work = (tx: Transaction) => unknown;

/** Members of a transaction that send nothing. */
const sendsNothing: ReadonlySet<string | symbol> = new Set([
  'json',
  'array',
  'typed',
  'options',
  'parameters',
  'types',
  'notify',
  'PostgresError',
]);

/** A transaction whose connection has closed throws the error of that close at every further statement. */
export function guardTransactions(sql: Sql): Sql {
  const begin = sql.begin.bind(sql) as unknown as Begin;
  const guarded: Begin = (optionsOrWork, work = optionsOrWork as Work) => {
    const state: State = { closedBy: null };
    const guardedWork = (tx: Transaction) => settleUnlessClosed(async () => work(guard(tx, state)), state);
    const done = typeof optionsOrWork === 'string' ? begin(optionsOrWork, guardedWork) : begin(guardedWork);
    done.catch((error: unknown) => {
      state.closedBy = asError(error);
    });
    return done;
  };
  return Object.assign(sql, { begin: guarded });
}

/** What ended the transaction; null while it goes on. */
interface State {
  closedBy: Error | null;
}

/**
 * Runs the work of a transaction. Once the transaction has ended the promise never settles: the library would
 * send a COMMIT or a ROLLBACK.
 */
function settleUnlessClosed(work: () => Promise<unknown>, state: State): Promise<unknown> {
  return new Promise((resolve, reject) => {
    work().then(
      (result) => {
        if (state.closedBy === null) resolve(result);
      },
      (error: unknown) => {
        // A close fails the statement that is in flight first, and the transaction a moment later.
        setImmediate(() => {
          if (state.closedBy === null) reject(asError(error));
        });
      },
    );
  });
}

function guard(tx: Transaction, state: State): Transaction {
  return new Proxy(tx, {
    apply(target, thisArg, args): unknown {
      if (state.closedBy !== null) throw state.closedBy;
      return Reflect.apply(target as (...all: unknown[]) => unknown, thisArg, args);
    },
    get(target, name): unknown {
      if (state.closedBy !== null && !sendsNothing.has(name)) throw state.closedBy;
      return Reflect.get(target, name);
    },
  });
}

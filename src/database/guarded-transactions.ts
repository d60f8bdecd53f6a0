import { asError } from '../runtime/as-error.ts';
import type { Sql, Transaction } from './db.ts';

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

/**
 * Keeps a transaction whose connection has closed from writing to it. The library rejects the transaction at
 * that moment, but its work may still be in the middle of something else: the statement that it comes back
 * with, or the ROLLBACK that the library sends when it fails, would be written to a socket that is no more,
 * from a timer, which ends the process.
 */
export function guardTransactions(sql: Sql): Sql {
  const begin = sql.begin.bind(sql) as unknown as Begin;
  const guarded: Begin = (optionsOrWork, work = optionsOrWork as Work) => {
    const state: State = { over: null };
    const guardedWork = (tx: Transaction) => settleUnlessOver(async () => work(guard(tx, state)), state);
    const done = typeof optionsOrWork === 'string' ? begin(optionsOrWork, guardedWork) : begin(guardedWork);
    done.catch((error: unknown) => {
      state.over = asError(error);
    });
    return done;
  };
  return Object.assign(sql, { begin: guarded });
}

/** What ended the transaction; null while it goes on. */
interface State {
  over: Error | null;
}

/**
 * Runs the work of a transaction. What it comes to once the transaction is over is nobody's business, so it
 * never settles then.
 */
function settleUnlessOver(work: () => Promise<unknown>, state: State): Promise<unknown> {
  return new Promise((resolve, reject) => {
    work().then(
      (result) => {
        if (state.over === null) resolve(result);
      },
      (error: unknown) => {
        // A close first fails what is in flight, and is told of the transaction a moment later.
        setImmediate(() => {
          if (state.over === null) reject(asError(error));
        });
      },
    );
  });
}

function guard(tx: Transaction, state: State): Transaction {
  return new Proxy(tx, {
    apply(target, thisArg, args): unknown {
      if (state.over !== null) throw state.over;
      return Reflect.apply(target as (...all: unknown[]) => unknown, thisArg, args);
    },
    get(target, name): unknown {
      if (state.over !== null && !sendsNothing.has(name)) throw state.over;
      return Reflect.get(target, name);
    },
  });
}

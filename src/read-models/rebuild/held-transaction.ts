import type { Sql, Transaction } from '../../database/db.ts';

/** A transaction that stays open between calls, on a connection of its pool. */
export interface HeldTransaction {
  readonly tx: Transaction;
  /** @throws what the server says; nothing of the transaction is then there */
  commit: () => Promise<void>;
  /** After a commit or a rollback it does nothing. */
  rollback: () => Promise<void>;
}

/** Begins a transaction that stays open. */
export async function holdTransaction(sql: Sql): Promise<HeldTransaction> {
  const taken = defer<Transaction>();
  const decided = defer<void>();
  const over = sql.begin(async (tx) => {
    taken.resolve(tx);
    await decided.promise;
  });
  over.catch(taken.reject);
  return {
    tx: await taken.promise,
    async commit() {
      decided.resolve();
      await over;
    },
    async rollback() {
      decided.reject(new Error('rolled back'));
      await over.catch(() => undefined);
    },
  };
}

function defer<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

// Which job run the code at hand works for, without every function between having to pass it on. Requests
// pass their id on themselves: following every promise of every request would cost some percent of what a
// node can serve.
import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<string>();
let underWay = 0;

/** Does the work, and all that it goes on to start until it ends, under the id of the run that causes it. */
export async function withCorrelation<T>(id: string, work: () => Promise<T>): Promise<T> {
  underWay += 1;
  try {
    return await storage.run(id, work);
  } finally {
    underWay -= 1;
    // Promises are followed only while somebody wants to know.
    if (underWay === 0) storage.disable();
  }
}

/**
 * The id of the job run at whose behest this code runs; undefined where nobody has named one, as in requests.
 */
export function currentCorrelation(): string | undefined {
  return storage.getStore();
}

// The job run that the current code works for, without a parameter of every function in between. Requests
// pass their id as a parameter: following every promise of every request would cost some percent of what a
// node can serve.
import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<string>();
let underWay = 0;

/** Does the work, and all that it starts until it ends, under the id of the run that causes it. */
export async function withCorrelation<T>(id: string, work: () => Promise<T>): Promise<T> {
  underWay += 1;
  try {
    return await storage.run(id, work);
  } finally {
    underWay -= 1;
    // Promises are followed only while a run is under way.
    if (underWay === 0) storage.disable();
  }
}

/**
 * The id of the job run that this code works for; undefined outside of runs, as in requests.
 */
export function currentCorrelation(): string | undefined {
  return storage.getStore();
}

// The correlation id of the job run under way, without passing it through every function. Requests pass
// theirs as a parameter: async tracking of every request would cost some percent of throughput.
import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<string>();
let underWay = 0;

/** Does the work, and all that it starts, under the run's id. */
export async function withCorrelation<T>(id: string, work: () => Promise<T>): Promise<T> {
  underWay += 1;
  try {
    return await storage.run(id, work);
  } finally {
    underWay -= 1;
    // Promises are tracked only while a run is under way.
    if (underWay === 0) storage.disable();
  }
}

/** The id of the job run that this code works for; undefined outside of runs, as in requests. */
export function currentCorrelation(): string | undefined {
  return storage.getStore();
}

// Which request or job run the code at hand works for, without every function between having to pass it on.
import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<string>();

/** Runs the work, and all that it goes on to start, under the id of the request or job run that causes it. */
export function withCorrelation<T>(id: string, work: () => T): T {
  return storage.run(id, work);
}

/** The id of the request or job run at whose behest this code runs; undefined where nobody asked, as in the projections' runner. */
export function currentCorrelation(): string | undefined {
  return storage.getStore();
}

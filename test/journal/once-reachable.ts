import { LogUnavailable } from '../../src/journal/event-log.ts';

/** Calls the log again and again while it cannot be reached. */
export async function onceReachable<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
    }
  }
}

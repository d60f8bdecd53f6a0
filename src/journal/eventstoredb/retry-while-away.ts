import { setTimeout as delay } from 'node:timers/promises';
import { LogBusy, LogUnavailable } from '../event-log.ts';

const FIRST_PAUSE_MS = 50;
const LAST_PAUSE_MS = 1_000;

/**
 * Tries a call again as long as the log is away or late, until its caller has waited long enough. A call that
 * was refused because there is too much to do is not tried again: it has waited already.
 * @param until on the clock of `performance.now()`
 * @param attempt is told which one it is, from 1
 * @throws what the last attempt failed with
 */
export async function retryWhileAway<T>(until: number, attempt: (count: number) => Promise<T>): Promise<T> {
  let pause = FIRST_PAUSE_MS;
  for (let count = 1; ; count++) {
    try {
      return await attempt(count);
    } catch (error) {
      if (!(error instanceof LogUnavailable) || error instanceof LogBusy) throw error;
      // Callers that failed together come back apart.
      const rest = pause * (0.5 + Math.random());
      if (performance.now() + rest >= until) throw error;
      await delay(rest);
      pause = Math.min(pause * 2, LAST_PAUSE_MS);
    }
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import { LogBusy, LogUnavailable } from '../event-log.ts';

const FIRST_PAUSE_MS = 50;
const LAST_PAUSE_MS = 1_000;

/**
 * Retries a call while the log is away or late. A call refused as busy has waited already and is not retried.
 * @param until when to stop, on the clock of `performance.now()`
 * @throws what the last attempt failed with
 */
export async function retryWhileAway<T>(until: number, attempt: () => Promise<T>): Promise<T> {
  let pause = FIRST_PAUSE_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof LogUnavailable) || error instanceof LogBusy) throw error;
      const rest = pause * (0.5 + Math.random());
      if (performance.now() + rest >= until) throw error;
      await delay(rest);
      pause = Math.min(pause * 2, LAST_PAUSE_MS);
    }
  }
}

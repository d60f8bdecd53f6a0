import { setTimeout as sleep } from 'node:timers/promises';
import { isConnectionError } from './database/connection.ts';
import { LogUnavailable } from './journal/event-log.ts';

/** How long work waits for an embedded server that is killed meanwhile and started again, in milliseconds. */
const restartMs = 60_000;
const retryMs = 250;

/** Does work that may be repeated from its beginning: again and again while a server is being restarted. */
export async function overRestarts<T>(work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + restartMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const isAway = isConnectionError(error) || error instanceof LogUnavailable;
      if (!isAway || performance.now() > deadline) throw error;
      await sleep(retryMs);
    }
  }
}

import type { Logger } from '../runtime/logger.ts';
import type { RunStore } from './run-store.ts';

/** How often the leases of runs are renewed, in milliseconds. */
const RENEW_MS = 15_000;

/** The runs of this process that have not ended. */
export interface RunningRuns {
  /** Keeps a run's lease until it has ended. */
  track<T>(id: string, finished: Promise<T>): Promise<T>;
  /** Drops a run: `drain` does not wait for it, and its outcome does not count. */
  breakOff(id: string): void;
  isBrokenOff(id: string): boolean;
  /** Waits for the runs that have not been broken off. */
  drain(): Promise<void>;
}

export function trackRuns(store: RunStore, logger: Logger): RunningRuns {
  const running = new Map<string, Promise<unknown>>();
  const brokenOff = new Set<string>();
  let renewing: NodeJS.Timeout | undefined;
  const renew = (): void => {
    if (running.size > 0) {
      store.renew([...running.keys()]).catch((error: unknown) => {
        logger.warn({ err: error }, 'the leases of job runs could not be renewed');
      });
      return;
    }
    clearInterval(renewing);
    renewing = undefined;
  };
  return {
    track(id, finished) {
      running.set(
        id,
        finished.catch(() => undefined).finally(() => running.delete(id)),
      );
      renewing ??= setInterval(renew, RENEW_MS).unref();
      return finished;
    },
    breakOff(id) {
      running.delete(id);
      brokenOff.add(id);
    },
    isBrokenOff: (id) => brokenOff.has(id),
    async drain() {
      await Promise.all(running.values());
    },
  };
}

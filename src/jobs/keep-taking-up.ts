import type { Sql } from '../database/db.ts';
import { pause, supervise, type Supervised } from '../database/supervise.ts';
import { Refused } from '../ledger/refusal.ts';
import type { Logger } from '../runtime/logger.ts';

/** Milliseconds between two looks. */
const EVERY_MS = 15_000;

/** Work that a process that died may have left. */
export interface LeftWork {
  /** Named in log messages: taking up ... */
  name: string;
  /** The lock of the process that takes it up, of `advisoryLocks`. */
  lock: number;
  /** Does or starts what no process is at; without any it adds no event. */
  takeUp: () => Promise<void>;
}

/**
 * Takes up what processes that died have left, at the start and every 15 seconds, in one process at a time.
 * Only a process that can do the work has this duty.
 * @param locks a session that holds locks of this process
 */
export function keepTakingUp({ name, lock, takeUp }: LeftWork, locks: Sql, logger: Logger): Supervised {
  return supervise(
    locks,
    {
      name: `taking up ${name}`,
      lock,
      async run(signal) {
        while (!signal.aborted) {
          await takeUp();
          await pause(EVERY_MS, signal);
        }
      },
      passing: (error) => error instanceof Refused,
    },
    logger,
  );
}

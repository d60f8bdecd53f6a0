import type { Sql } from './db.ts';
import { endFrozenSessions } from './end-frozen-sessions.ts';
import type { Logger } from '../runtime/logger.ts';
import { pause, supervise, type Supervised } from './supervise.ts';

/** The interval of looks; two in a row have to find a session before it is ended. */
const LOOK_MS = 5_000;

/**
 * Keeps frozen processes (a paused machine, a debugger) from holding locks that others wait for. The server's
 * limit on idle transactions misses some: the client sends the first use of a statement in two parts, and in
 * between the session counts as active.
 * @param sql the pool of the projections, whose user may end their sessions
 */
export function startFrozenSessionWatch(sql: Sql, locks: Sql, logger: Logger): Supervised {
  return supervise(
    locks,
    {
      name: 'frozen sessions',
      lock: null,
      async run(signal) {
        for (let before: readonly string[] = []; !signal.aborted; await pause(LOOK_MS, signal)) {
          const { standing, ended } = await endFrozenSessions(sql, before);
          if (ended.length > 0)
            logger.warn(
              { sessions: ended },
              'frozen sessions: ended, because others waited for their locks and their process did not go on',
            );
          before = standing;
        }
      },
    },
    logger,
  );
}

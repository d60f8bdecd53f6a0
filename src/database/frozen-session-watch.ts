import type { Sql } from './db.ts';
import { endFrozenSessions } from './end-frozen-sessions.ts';
import type { Logger } from '../runtime/logger.ts';
import { pause, supervise, type Supervised } from './supervise.ts';

/** How often a process looks. A session is ended when two looks in a row find it so. */
const LOOK_MS = 5_000;

/**
 * Keeps frozen processes (a paused machine, a debugger) from holding locks that others wait for. The server's
 * own limit on idle transactions does not see all of them: the client sends the first use of a statement in
 * two parts, and between the two the session counts as active, without end.
 * @param sql the pool of the projections: it may end their sessions, which have the same user
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

import { briefSessions } from './connection.ts';
import type { Sql } from './db.ts';
import type { Logger } from '../runtime/logger.ts';
import { pause, supervise, type Supervised } from './supervise.ts';

/** How often a process looks. A session is ended when two looks in a row find it standing still. */
const LOOK_MS = 5_000;

/**
 * Keeps frozen processes (a paused machine, a debugger) from holding locks that others wait for. The server's
 * own limit on idle transactions does not see all of them: the client sends the first use of a statement in
 * two parts, and between the two the session counts as active, without end.
 * @param sql the pool of the projections, whose sessions it can end: they have the same user
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
              'frozen sessions: ended, for others waited for their locks and their process did not go on',
            );
          before = standing;
        }
      },
    },
    logger,
  );
}

/**
 * One look at the sessions of all processes that feed the journal and the read models: those in the middle of
 * a statement whose next part has not come, while others wait for their locks. Those that stood there at the
 * look before are ended; their transaction is rolled back.
 * @param before what the look before found (`standing`)
 */
export async function endFrozenSessions(
  sql: Sql,
  before: readonly string[],
): Promise<{ standing: string[]; ended: string[] }> {
  const rows = await sql<{ session: string; ended: boolean }[]>`
    with standing as (
      select pid, concat_ws(' ', pid, backend_start, state_change) as session from pg_stat_activity
      where datname = current_database() and usename = current_user and application_name = any(${Object.values(briefSessions)})
        and state = 'active' and wait_event_type = 'Client'
        and pid in (select unnest(pg_blocking_pids(pid)) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'))
    select session, case when session = any(${[...before]}) then pg_terminate_backend(pid) else false end as ended from standing`;
  return {
    standing: rows.map(({ session }) => session),
    ended: rows.filter(({ ended }) => ended).map(({ session }) => session),
  };
}

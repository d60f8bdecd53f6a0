import { briefSessions } from './connection.ts';
import type { Sql } from './db.ts';

/**
 * Looks once, among the sessions that feed journal and read models, for those in the middle of a statement
 * whose next part has not come, while others wait for their locks. Those that the look before found too are
 * ended, which rolls back their transaction.
 * @param before `standing` of the look before
 */
export async function endFrozenSessions(
  sql: Sql,
  before: readonly string[],
): Promise<{ standing: string[]; ended: string[] }> {
  const rows = await sql<{ session: string; ended: boolean }[]>`
    with standing as (
      select pid, concat_ws(' ', pid, backend_start, state_change) as session from pg_stat_activity
      where datname = current_database() and usename = current_user
        and application_name = any(${Object.values(briefSessions)})
        and state = 'active' and wait_event_type = 'Client'
        and pid in (
          select unnest(pg_blocking_pids(pid)) from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'))
    select session,
      case when session = any(${[...before]}) then pg_terminate_backend(pid) else false end as ended
    from standing`;
  return {
    standing: rows.map(({ session }) => session),
    ended: rows.filter(({ ended }) => ended).map(({ session }) => session),
  };
}

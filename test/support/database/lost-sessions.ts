import type { Sql } from '../../../src/database/db.ts';

/** Ends the backends of an application's sessions in the database that `sql` is connected to. */
export const endBackends = (sql: Sql, applicationName: string) => sql`
  select pg_terminate_backend(pid) from pg_stat_activity
  where application_name = ${applicationName} and datname = current_database()`;

/** The error that work is rejected with; undefined if it is fulfilled. */
export const failureOf = (work: PromiseLike<unknown>): PromiseLike<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

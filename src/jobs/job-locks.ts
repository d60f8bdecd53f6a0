// One run of a job at a time, over all processes.
import { advisoryLocks } from '../database/advisory-locks.ts';
import type { Sql } from '../database/db.ts';

/** Gives a lock back. */
export type Release = () => Promise<void>;

/** Locks by a job's name, free again when their process dies. */
export interface JobLocks {
  /** Null while another run of the job holds it, here or elsewhere. */
  take(job: string): Promise<Release | null>;
}

/** Options of a session that holds a lock. A machine that dies frees its locks within about 20 seconds. */
export const jobLockSession = {
  applicationName: 'arcadia-job-locks',
  settings: { tcp_keepalives_idle: '10', tcp_keepalives_interval: '5', tcp_keepalives_count: '2' },
};

/**
 * Locks held by sessions of the database, which frees them when a process dies. The queues hand out a run
 * once too, but only while Redis keeps its data.
 * @param openSession opens a pool of one connection; as many are opened as locks are held at once. The caller
 * ends them, which frees the locks of runs that were handed back
 */
export function createJobLocks(openSession: () => Sql): JobLocks {
  const free: Sql[] = [];
  return {
    async take(job) {
      const session = free.pop() ?? openSession();
      let isHeld = false;
      try {
        const [row] = await session<
          { held: boolean }[]
        >`select pg_try_advisory_lock(${advisoryLocks.jobSpace}, hashtext(${job})) as held`;
        isHeld = row?.held === true;
      } finally {
        if (!isHeld) free.push(session);
      }
      if (!isHeld) return null;
      return async () => {
        // A session that broke has freed its lock.
        await session`select pg_advisory_unlock(${advisoryLocks.jobSpace}, hashtext(${job}))`.catch(
          () => undefined,
        );
        free.push(session);
      };
    },
  };
}

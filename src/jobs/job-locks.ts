// One run of a job at a time, over all processes.
import { advisoryLocks } from '../database/advisory-locks.ts';
import type { Sql } from '../database/db.ts';

/** Gives a lock back. */
export type Release = () => Promise<void>;

/** Locks by a job's name, free again when their process dies. */
export interface JobLocks {
  /** Null while another run of the job holds it, here or elsewhere. */
  take(job: string): Promise<Release | null>;
  /** Frees all of them, and closes their sessions. */
  end(): Promise<void>;
}

/**
 * Locks held by sessions of the database: it frees them when a process dies, however it dies. Queues hand out
 * a run once as well, but only as long as Redis keeps what it knows.
 * @param openSession opens a pool of one connection; as many are opened as locks are held at once
 */
export function createJobLocks(openSession: () => Sql): JobLocks {
  const sessions: Sql[] = [];
  const free: Sql[] = [];
  const open = (): Sql => {
    const session = openSession();
    sessions.push(session);
    return session;
  };
  return {
    async take(job) {
      const session = free.pop() ?? open();
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
    end: async () => {
      await Promise.all(sessions.map((session) => session.end()));
    },
  };
}

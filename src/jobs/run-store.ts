// Runs of jobs, as table `job_runs` keeps them.
import type { Sql } from '../database/db.ts';
import { readDeadRuns } from './dead-runs.ts';

/** One run of a job, as stored. `error` is a sentence, null unless the run failed. */
export interface StoredRun {
  id: string;
  job: string;
  input: unknown;
  actor: string;
  status: 'running' | 'completed' | 'failed';
  result: unknown;
  error: string | null;
  /** `hand`: a person has started it, by the API or the command line. */
  trigger: 'hand' | 'schedule';
  /** The number of this attempt, and the most that the schedule makes. By hand 1 of 1. */
  attempt: number;
  attempts: number;
  /** How far it has come, by its last report; null before the first, and of jobs that report none. */
  progress: RunProgress | null;
  started_at: string;
  finished_at: string | null;
}

/** So many of so many steps are done. */
export interface RunProgress {
  done: number;
  total: number;
  /** What the steps are, in a word or two. */
  note: string | null;
}

/** Which runs a list has. */
export interface RunFilter {
  job?: string | undefined;
  status?: StoredRun['status'] | undefined;
  trigger?: StoredRun['trigger'] | undefined;
}

/** A run that the schedule has given up on. */
export interface DeadRun {
  run_id: string;
  input: unknown;
  error: string;
  at: string;
  /** The attempts that were made. */
  attempts: number;
}

/** A run is interrupted when its process has not renewed its lease for this time. */
const LEASE_SECONDS = 60;
const interruptedError = 'interrupted: the process that ran it has ended';

export interface RunStore {
  insert(run: Omit<StoredRun, 'progress'>): Promise<void>;
  /** Records how far a run has come. */
  progress(id: string, progress: RunProgress): Promise<void>;
  /** Keeps the leases of these runs. */
  renew(ids: readonly string[]): Promise<void>;
  /** Records how a run ended. `dead`: the schedule gives up on its input, until a run of it completes. */
  end(run: StoredRun, dead: boolean): Promise<void>;
  /** Ends a run that is still under way as failed: its process has died or stopped. */
  breakOff(id: string, error: string | null, at: string, dead: boolean): Promise<void>;
  remove(id: string): Promise<void>;
  /** Whether a process holds a run's lease, or the run is queued. */
  isLive(id: string): Promise<boolean>;
  find(id: string): Promise<StoredRun | null>;
  /** Runs, latest first. */
  list(
    filter: RunFilter,
    page: { after: readonly [startedAt: string, id: string] | null; limit: number },
  ): Promise<StoredRun[]>;
  /** The last run of each job, or its last failed one. */
  latest(jobs: readonly string[], failedOnly: boolean): Promise<Map<string, StoredRun>>;
  /**
   * Runs that the schedule has given up on and that no later run has completed: the latest of each input,
   * latest first.
   */
  dead(): Promise<Map<string, DeadRun[]>>;
  /** Marks runs whose process has died as failed. */
  failInterrupted(): Promise<void>;
  /** The runs of a job whose process has died, and that no process is to run again. */
  interrupted(job: string): Promise<string[]>;
  purge(days: number): Promise<number>;
}

export function createRunStore(sql: Sql): RunStore {
  const columns = sql`id, job, input, actor, status, result, error, trigger, attempt, attempts,
    case when total is null then null
      else json_build_object('done', done, 'total', total, 'note', note) end as progress,
    started_at, finished_at`;
  const lease = sql`clock_timestamp() + ${LEASE_SECONDS} * interval '1 second'`;
  const json = (value: unknown) => sql.json(value as never);
  return {
    async insert(run) {
      await sql`
        insert into job_runs (id, job, input, actor, status, trigger, attempt, attempts, started_at,
          lease_until)
        values (${run.id}, ${run.job}, ${json(run.input)}, ${run.actor}, ${run.status}, ${run.trigger},
          ${run.attempt}, ${run.attempts}, ${run.started_at}, ${lease})
        on conflict (id) do update set status = excluded.status, actor = excluded.actor,
          trigger = excluded.trigger, attempt = excluded.attempt, attempts = excluded.attempts, result = null,
          error = null, finished_at = null, dead = false, lease_until = excluded.lease_until,
          done = null, total = null, note = null`;
    },
    async progress(id, { done, total, note }) {
      await sql`update job_runs set done = ${done}, total = ${total}, note = ${note} where id = ${id}`;
    },
    async renew(ids) {
      await sql`update job_runs set lease_until = ${lease} where id = any(${[...ids]})`;
    },
    async end(run, dead) {
      await sql`
        update job_runs set status = ${run.status}, result = ${json(run.result)}, error = ${run.error},
          finished_at = ${run.finished_at}, dead = ${dead}
        where id = ${run.id}`;
      if (run.status === 'completed')
        await sql`update job_runs set dead = false where job = ${run.job} and dead
          and input = ${json(run.input)}`;
    },
    async breakOff(id, error, at, dead) {
      await sql`
        update job_runs set status = 'failed', error = coalesce(error, ${error ?? interruptedError}),
          finished_at = coalesce(finished_at, ${at}), dead = ${dead}
        where id = ${id} and (status = 'running' or error = ${interruptedError})`;
    },
    async remove(id) {
      await sql`delete from job_runs where id = ${id}`;
    },
    async find(id) {
      const [row] = await sql<StoredRun[]>`select ${columns} from job_runs where id = ${id}`;
      return row ?? null;
    },
    async list({ job, status, trigger }, { after, limit }) {
      return sql<StoredRun[]>`
        select ${columns} from job_runs
        where true
          ${job === undefined ? sql`` : sql`and job = ${job}`}
          ${status === undefined ? sql`` : sql`and status = ${status}`}
          ${trigger === undefined ? sql`` : sql`and trigger = ${trigger}`}
          ${after === null ? sql`` : sql`and (started_at, id) < (${after[0]}::timestamptz, ${after[1]})`}
        order by started_at desc, id desc limit ${limit}`;
    },
    async latest(jobs, failedOnly) {
      const rows = await sql<StoredRun[]>`
        select r.* from unnest(${[...jobs]}::text[]) as j(name)
        cross join lateral (
          select ${columns} from job_runs
          where job = j.name ${failedOnly ? sql`and status = 'failed'` : sql``}
          order by started_at desc, id desc limit 1) r`;
      return new Map(rows.map((row) => [row.job, row]));
    },
    async isLive(id) {
      const [row] = await sql<{ live: boolean }[]>`
        select exists (select from job_runs where id = ${id} and status = 'running'
            and lease_until >= clock_timestamp())
          or exists (select from queued_runs where input->>'run_id' = ${id}) as live`;
      return row?.live ?? false;
    },
    dead: () => readDeadRuns(sql),
    async failInterrupted() {
      await sql`
        update job_runs set status = 'failed', error = ${interruptedError}, finished_at = lease_until
        where status = 'running' and lease_until < clock_timestamp()
          and not exists (select from queued_runs q
            where q.job = job_runs.job and q.input->>'run_id' = job_runs.id)`;
    },
    async interrupted(job) {
      const rows = await sql<{ id: string }[]>`
        select id from job_runs
        where job = ${job} and ((status = 'running' and lease_until < clock_timestamp())
            or (status = 'failed' and error = ${interruptedError}))
          and not exists (select from queued_runs q
            where q.job = job_runs.job and q.input->>'run_id' = job_runs.id)
        order by started_at, id`;
      return rows.map(({ id }) => id);
    },
    async purge(days) {
      const purged = await sql`
        delete from job_runs r where status <> 'running'
          and finished_at < clock_timestamp() - ${days} * interval '1 day'
          and exists (select 1 from job_runs later
            where later.job = r.job and (later.started_at, later.id) > (r.started_at, r.id))`;
      return purged.count;
    },
  };
}

// The schedule in PostgreSQL: the ticks that have been taken, and the runs that are still to be run.
import type { Fragment, Sql } from '../database/db.ts';
import type { HeldBack } from './job.ts';
import { queuedRunId } from './queued-run-id.ts';

/** A run that is still to be run, or under way. */
export interface QueuedRun {
  id: string;
  job: string;
  input: unknown;
  /** Attempts that have failed. */
  failed_attempts: number;
  /** Attempts whose process died. */
  interruptions: number;
  /** The run under way, or the one that was when its process died. */
  run_id: string | null;
  not_before: string | null;
  /** Why it is held back, since it was last looked at; null: it is not. */
  waiting_for: string | null;
  held_by: HeldBack['held_by'];
}

/** The state of a job's schedule. */
export interface JobSchedule {
  /** A worker has found the schedule in force within the last minutes. */
  scheduled: boolean;
  next_run_at: string | null;
  /** Runs that are queued or under way. */
  queued: number;
  /** Why the oldest run that is held back has to wait. */
  waiting_for: string | null;
  /** The items that hold that run back, where a list says it. */
  held_by: HeldBack['held_by'];
}

/** Workers confirm a schedule every minute; unconfirmed for this time, it is not in force. */
const CONFIRMED_SECONDS = 180;
/** The most runs that are read together: the rest follow as these end. */
const MOST_RUNS = 10_000;

/** The workers' state in PostgreSQL. Each method may be repeated, and called by several workers at once. */
export interface ScheduleStore {
  /** Jobs seen for the first time have missed nothing up to `now`. */
  begin(jobs: readonly string[], now: Date): Promise<void>;
  /** The time up to which each job's ticks have been taken. */
  tickedUntil(): Promise<Map<string, Date>>;
  /**
   * Takes a job's ticks up to `at`: queues a run per input, unless the ticks were taken by another or the run
   * is queued already.
   * @param next when the job ticks after that
   * @returns what was queued
   */
  tick(job: string, at: Date, next: Date, inputs: readonly unknown[]): Promise<QueuedRun[]>;
  /** Queues a run, unless it is queued already. */
  enqueue(job: string, input: unknown): Promise<QueuedRun[]>;
  /** Runs that are queued or under way, in order. */
  queued(): Promise<QueuedRun[]>;
  find(id: string): Promise<QueuedRun | null>;
  /** An attempt is under way as this run. */
  started(id: string, runId: string): Promise<void>;
  /** The attempt failed; the next one comes after `notBefore`. */
  failed(id: string, notBefore: Date): Promise<void>;
  /** The process that ran it has died. */
  interrupted(id: string): Promise<void>;
  /** It is held back, and checked again after `notBefore`. */
  held(id: string, reason: HeldBack, notBefore: Date): Promise<void>;
  /** The attempt was handed back: it does not count. */
  handedBack(id: string): Promise<void>;
  /** It is done, or dead. */
  ended(id: string): Promise<void>;
  /** The schedule of these jobs is in force; `next` is each one's next tick. */
  confirm(next: ReadonlyMap<string, Date>): Promise<void>;
}

export function createScheduleStore(sql: Sql): ScheduleStore {
  const identified = (job: string, inputs: readonly unknown[]) =>
    inputs.map((input) => ({ id: queuedRunId(job, input), input })) as never;
  const columns = sql`id, job, input, failed_attempts, interruptions, run_id, not_before, waiting_for,
    coalesce(held_by, '[]') as held_by`;
  /** Where a condition holds, queues a run per input, in order, unless it is queued already. */
  const queueRuns = (job: string, inputs: readonly unknown[], condition: Fragment) => sql`
    insert into queued_runs (id, job, input)
    select run->>'id', ${job}, run->'input'
      from jsonb_array_elements(${sql.json(identified(job, inputs))}) with ordinality as r(run, n)
    where ${condition} order by n
    on conflict (id) do nothing returning ${columns}`;
  return {
    async begin(jobs, now) {
      await sql`insert into job_schedule (job, ticked_until) select unnest(${[...jobs]}::text[]), ${now}
        on conflict (job) do nothing`;
    },
    async tickedUntil() {
      const rows = await sql<
        { job: string; ticked_until: string }[]
      >`select job, ticked_until from job_schedule`;
      return new Map(rows.map((row) => [row.job, new Date(row.ticked_until)]));
    },
    async tick(job, at, next, inputs) {
      // Of several workers with the same tick one moves the mark; the others find it moved and queue nothing.
      // One statement, so that a frozen process blocks no other.
      return sql<QueuedRun[]>`
        with moved as (update job_schedule set ticked_until = ${at}, next_run_at = ${next}
          where job = ${job} and ticked_until < ${at} returning job)
        ${queueRuns(job, inputs, sql`exists (select from moved)`)}`;
    },
    enqueue: (job, input) => sql<QueuedRun[]>`${queueRuns(job, [input], sql`true`)}`,
    queued: () => sql<QueuedRun[]>`select ${columns} from queued_runs order by seq limit ${MOST_RUNS}`,
    async find(id) {
      const [row] = await sql<QueuedRun[]>`select ${columns} from queued_runs where id = ${id}`;
      return row ?? null;
    },
    async started(id, runId) {
      await sql`update queued_runs set run_id = ${runId}, not_before = null, waiting_for = null,
        held_by = null where id = ${id}`;
    },
    async failed(id, notBefore) {
      await sql`update queued_runs set run_id = null, failed_attempts = failed_attempts + 1,
        not_before = ${notBefore} where id = ${id}`;
    },
    async interrupted(id) {
      await sql`update queued_runs set run_id = null, interruptions = interruptions + 1 where id = ${id}`;
    },
    async held(id, { waiting_for, held_by }, notBefore) {
      await sql`update queued_runs set waiting_for = ${waiting_for}, held_by = ${sql.json(held_by as never)},
        not_before = ${notBefore} where id = ${id}`;
    },
    async handedBack(id) {
      await sql`update queued_runs set run_id = null where id = ${id}`;
    },
    async ended(id) {
      await sql`delete from queued_runs where id = ${id}`;
    },
    async confirm(next) {
      await sql`
        update job_schedule s set next_run_at = n.at, confirmed_at = clock_timestamp()
        from unnest(${[...next.keys()]}::text[],
          ${[...next.values()].map((at) => at.toISOString())}::timestamptz[]) as n(job, at)
        where s.job = n.job`;
    },
  };
}

/** The state of each job's schedule; jobs that never had one are left out. */
export async function readSchedule(sql: Sql): Promise<Map<string, JobSchedule>> {
  const rows = await sql<(JobSchedule & { job: string })[]>`
    select job, coalesce(s.scheduled, false) as scheduled,
      case when s.scheduled then s.next_run_at end as next_run_at, coalesce(q.queued, 0)::int as queued,
        q.waiting_for, coalesce(q.held_by, '[]') as held_by
    from (select *, confirmed_at > clock_timestamp() - ${CONFIRMED_SECONDS} * interval '1 second' as scheduled
      from job_schedule) s
    full join (
      select job, count(*) as queued,
        (array_agg(waiting_for order by seq) filter (where waiting_for is not null))[1] as waiting_for,
        (array_agg(held_by order by seq) filter (where waiting_for is not null))[1] as held_by
      from queued_runs group by job) q using (job)`;
  return new Map(rows.map(({ job, ...schedule }) => [job, schedule]));
}

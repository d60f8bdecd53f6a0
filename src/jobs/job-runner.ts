import { z } from 'zod';
import type { Sql } from '../database/db.ts';
import type { CommandMeta } from '../engine/ledger.ts';
import { refuse, Refused, type FieldError } from '../engine/refusal.ts';
import type { Actor } from '../events/define.ts';
import type { Job, JobDeps, JobRun } from './job.ts';

/** One run of a job, as stored. `error` is a sentence, null unless the run failed. */
export interface StoredRun {
  id: string;
  job: string;
  input: unknown;
  actor: string;
  status: 'running' | 'completed' | 'failed';
  result: unknown;
  error: string | null;
  started_at: string;
  finished_at: string | null;
}

export interface RunOptions {
  actor: Actor;
  /** Called as the job goes on: `done` of `total` steps. */
  onProgress?: JobRun['progress'];
}

/** Runs jobs by name: the one code path of the schedule, the API and the CLI. */
export interface JobRunner {
  readonly jobs: readonly Job[];
  /**
   * Runs a job and answers when it is done. A job that fails is a run with status `failed`, not an exception.
   * @throws {Refused} `unknown-job`; `invalid-input`, `day-not-ended` or `period-not-ended` for input that no run can take
   */
  run(name: string, input: unknown, options: RunOptions): Promise<StoredRun>;
  /**
   * Starts a job and answers its run at once; `finished` settles (never rejects) when it is done. What is refused only once
   * it runs, such as a day that has not ended, is a failed run.
   */
  start(name: string, input: unknown, options: RunOptions): Promise<{ run: StoredRun; finished: Promise<StoredRun> }>;
  /** A run by its id. */
  find(id: string): Promise<StoredRun | null>;
  /** The last run of each job, and each job's last failed run. */
  latest(): Promise<{ last: Map<string, StoredRun>; lastFailed: Map<string, StoredRun> }>;
  /** Waits for the runs that were started. */
  drain(): Promise<void>;
  /** Forgets runs that ended more than `days` ago, each job's latest aside; answers how many. Call it now and then. */
  purge(days?: number): Promise<number>;
}

/** A run whose process has not renewed its lease for so long counts as interrupted. */
const LEASE_SECONDS = 60;
const RENEW_MS = 15_000;

/** Refusals that say the input can never run, whoever asks: they answer the request instead of making a failed run. */
const inputRefusals: ReadonlySet<string> = new Set(['invalid-input', 'day-not-ended', 'period-not-ended']);

/** Creates the runner over the job table. Runs are kept in `job_runs`. */
export function createJobRunner(table: readonly Job[], deps: JobDeps, sql: Sql): JobRunner {
  const byName = new Map(table.map((job) => [job.name, job]));
  const running = new Map<string, Promise<unknown>>();
  const { ledger } = deps;
  let renewing: NodeJS.Timeout | undefined;

  /** Keeps the leases of this process's runs while there are any. */
  function keepLeases(): void {
    renewing ??= setInterval(() => {
      if (running.size === 0) {
        clearInterval(renewing);
        renewing = undefined;
        return;
      }
      sql`update job_runs set lease_until = clock_timestamp() + ${LEASE_SECONDS} * interval '1 second' where id = any(${[...running.keys()]})`
        .catch((error: unknown) => { deps.logger.warn({ err: error }, 'the leases of job runs could not be renewed'); });
    }, RENEW_MS).unref();
  }

  /** @param isAwaited whether the run's own answer goes to whoever asked, so that a refusal reaches them without a run */
  async function begin(name: string, input: unknown, { actor, onProgress }: RunOptions, isAwaited: boolean) {
    const job = byName.get(name);
    if (job === undefined) throw new Refused(refuse('unknown-job', `there is no job ${name}; jobs are ${[...byName.keys()].join(', ')}`));
    const parsed = parseInput(job, input);
    const run: StoredRun = { id: ledger.newId(), job: name, input: parsed, actor: actor.sub, status: 'running', result: null, error: null, started_at: ledger.now(), finished_at: null };
    await sql`
      insert into job_runs (id, job, input, actor, status, started_at, lease_until)
      values (${run.id}, ${name}, ${sql.json(parsed as never)}, ${run.actor}, ${run.status}, ${run.started_at}, clock_timestamp() + ${LEASE_SECONDS} * interval '1 second')`;
    const meta = (): CommandMeta => ({ actor, correlationId: run.id, commandId: ledger.newId() });
    const outcome = job.run(parsed, deps, { actor, runId: run.id, meta, progress: onProgress ?? (() => undefined), queue: null });
    const finished = finish(sql, deps, run, outcome, isAwaited);
    running.set(run.id, finished.catch(() => undefined).finally(() => running.delete(run.id)));
    keepLeases();
    return { run, finished };
  }

  return {
    jobs: table,
    async run(name, input, options) {
      return (await begin(name, input, options, true)).finished;
    },
    async start(name, input, options) {
      const { run, finished } = await begin(name, input, options, false);
      return { run, finished: finished.catch((error: unknown) => ({ ...run, status: 'failed' as const, error: describe(error), finished_at: ledger.now() })) };
    },
    find: (id) => findRun(sql, id),
    async latest() {
      await failInterrupted(sql);
      const names = [...byName.keys()];
      const latestOf = (failedOnly: boolean) => sql<StoredRun[]>`
        select r.* from unnest(${names}::text[]) as j(name)
        cross join lateral (
          select ${columns(sql)} from job_runs where job = j.name ${failedOnly ? sql`and status = 'failed'` : sql``} order by started_at desc, id desc limit 1) r`;
      const byJob = (rows: readonly StoredRun[]) => new Map(rows.map((row) => [row.job, row]));
      return { last: byJob(await latestOf(false)), lastFailed: byJob(await latestOf(true)) };
    },
    async drain() {
      await Promise.all(running.values());
    },
    async purge(days = 90) {
      const purged = await sql`
        delete from job_runs r where status <> 'running' and finished_at < clock_timestamp() - ${days} * interval '1 day'
          and exists (select 1 from job_runs later where later.job = r.job and (later.started_at, later.id) > (r.started_at, r.id))`;
      return purged.count;
    },
  };
}

function parseInput(job: Job, input: unknown): unknown {
  const parsed = job.input.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const errors: FieldError[] = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => ({ path: [...issue.path, key].join('.'), message: 'unknown field' })) : [{ path: issue.path.join('.'), message: issue.message }]);
  throw new Refused(refuse('invalid-input', `input of ${job.name}: ${errors.map((error) => `${error.path}: ${error.message}`).join('; ')}`, { errors }));
}

/** Records how a run ended. One whose input was refused never ran: where somebody waits for the answer, that is its only trace. */
async function finish(sql: Sql, { ledger, logger }: JobDeps, run: StoredRun, outcome: Promise<unknown>, isAwaited: boolean): Promise<StoredRun> {
  let ended: StoredRun;
  try {
    const result: unknown = await outcome;
    ended = { ...run, status: 'completed', result: result ?? null, finished_at: ledger.now() };
  } catch (error) {
    if (isAwaited && error instanceof Refused && inputRefusals.has(error.refusal.refused)) {
      await sql`delete from job_runs where id = ${run.id}`;
      throw error;
    }
    ended = { ...run, status: 'failed', error: describe(error), finished_at: ledger.now() };
    logger.warn({ job: run.job, run_id: run.id, err: error }, 'a job failed');
  }
  await sql`update job_runs set status = ${ended.status}, result = ${sql.json(ended.result as never)}, error = ${ended.error}, finished_at = ${ended.finished_at} where id = ${run.id}`;
  return ended;
}

/** One sentence for people; never a stack. */
function describe(error: unknown): string {
  if (error instanceof Refused) return `${error.refusal.refused}: ${error.refusal.detail}`;
  if (error instanceof z.ZodError) return `unexpected shape: ${error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`;
  return error instanceof Error ? error.message : String(error);
}

const columns = (sql: Sql) => sql`id, job, input, actor, status, result, error, started_at, finished_at`;

async function findRun(sql: Sql, id: string): Promise<StoredRun | null> {
  await failInterrupted(sql);
  const [row] = await sql<StoredRun[]>`select ${columns(sql)} from job_runs where id = ${id}`;
  return row ?? null;
}

/** A run whose process died is told as failed, not as running for ever. */
async function failInterrupted(sql: Sql): Promise<void> {
  await sql`
    update job_runs set status = 'failed', error = 'interrupted: the process that ran it has ended', finished_at = lease_until
    where status = 'running' and lease_until < clock_timestamp()`;
}

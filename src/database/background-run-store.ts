// Long work that a request has started, as table `background_runs` keeps it.
import type { Sql } from './db.ts';

/** What runs in the background. */
export type BackgroundKind = 'verification' | 'what-if';

/** A run in the background, without its result. */
export interface BackgroundRun {
  id: string;
  /** The subject of who asked. */
  actor: string;
  /** What was asked. */
  input: unknown;
  /** `interrupted`: its process has ended in the middle of it. */
  status: 'running' | 'completed' | 'failed' | 'interrupted';
  /** The step under way; null before the first and once it is over. */
  step: string | null;
  /** So many of so many pieces of the step are done. */
  done: number;
  total: number;
  /** The average of the step so far. */
  per_second: number;
  /** Until the end of the step, estimated; null where that is not known, and when it is over. */
  seconds_left: number | null;
  summary: unknown;
  /** Why it failed, a sentence. */
  error: string | null;
  started_at: string;
  updated_at: string;
  finished_at: string | null;
}

/** After so long without a sign of life, a run counts as interrupted. */
const LOST_AFTER_SECONDS = 60;

export interface BackgroundRunStore {
  /** @returns false where it exists already, or another verification is under way */
  insert(run: { id: string; kind: BackgroundKind; actor: string; input: unknown }): Promise<boolean>;
  step(id: string, step: string, done: number, total: number): Promise<void>;
  renew(ids: readonly string[]): Promise<void>;
  complete(id: string, summary: unknown, result: unknown): Promise<void>;
  fail(id: string, error: string): Promise<void>;
  find(kind: BackgroundKind, id: string): Promise<BackgroundRun | null>;
  /** The result of a run that has completed. */
  result(id: string): Promise<unknown>;
  /** Latest first. */
  list(
    kind: BackgroundKind,
    page: { after: readonly [startedAt: string, id: string] | null; limit: number },
  ): Promise<BackgroundRun[]>;
  /** Deletes runs that began more than `days` ago; answers how many. */
  purge(days: number): Promise<number>;
}

type Row = Omit<BackgroundRun, 'per_second' | 'seconds_left'> & { seconds: string };

function shown({ seconds, ...run }: Row): BackgroundRun {
  const isRunning = run.status === 'running';
  const rate = Number(seconds) > 0 ? run.done / Number(seconds) : 0;
  return {
    ...run,
    step: isRunning ? run.step : null,
    per_second: isRunning ? Math.round(rate) : 0,
    seconds_left:
      isRunning && rate > 0 && run.total > 0 ? Math.ceil(Math.max(0, run.total - run.done) / rate) : null,
  };
}

export function createBackgroundRunStore(sql: Sql): BackgroundRunStore {
  const lost = sql`status = 'running'
    and updated_at < clock_timestamp() - ${LOST_AFTER_SECONDS} * interval '1 second'`;
  const columns = sql`id, actor, input, case when ${lost} then 'interrupted' else status end as status, step,
    done, total, summary, error, started_at, updated_at, finished_at,
    extract(epoch from clock_timestamp() - step_started_at)::numeric(12, 3)::text as seconds`;
  const json = (value: unknown) => sql`${JSON.stringify(value ?? null)}::text::json`;
  return {
    async insert({ id, kind, actor, input }) {
      await sql`update background_runs set status = 'failed', finished_at = updated_at,
        error = 'interrupted: the process that ran it has ended' where kind = ${kind} and ${lost}`;
      const { count } = await sql`
        insert into background_runs (id, kind, actor, input)
        values (${id}, ${kind}, ${actor}, ${json(input)}) on conflict do nothing`;
      return count === 1;
    },
    async step(id, step, done, total) {
      await sql`
        update background_runs set step = ${step}, done = ${done}, total = ${total},
          step_started_at = case when step is distinct from ${step} then clock_timestamp()
            else step_started_at end,
          updated_at = clock_timestamp()
        where id = ${id} and status = 'running'`;
    },
    async renew(ids) {
      await sql`update background_runs set updated_at = clock_timestamp()
        where id = any(${[...ids]}) and status = 'running'`;
    },
    async complete(id, summary, result) {
      await sql`
        update background_runs set status = 'completed', done = total, summary = ${json(summary)},
          result = ${json(result)}, updated_at = clock_timestamp(), finished_at = clock_timestamp()
        where id = ${id}`;
    },
    async fail(id, error) {
      await sql`
        update background_runs set status = 'failed', error = ${error}, updated_at = clock_timestamp(),
          finished_at = clock_timestamp()
        where id = ${id}`;
    },
    async find(kind, id) {
      const [row] = await sql<Row[]>`
        select ${columns} from background_runs where kind = ${kind} and id = ${id}`;
      return row === undefined ? null : shown(row);
    },
    async result(id) {
      const [row] = await sql<{ result: unknown }[]>`select result from background_runs where id = ${id}`;
      return row?.result ?? null;
    },
    async list(kind, { after, limit }) {
      const rows = await sql<Row[]>`
        select ${columns} from background_runs
        where kind = ${kind}
          ${after === null ? sql`` : sql`and (started_at, id) < (${after[0]}::timestamptz, ${after[1]})`}
        order by started_at desc, id desc limit ${limit}`;
      return rows.map(shown);
    },
    async purge(days) {
      const purged = await sql`
        delete from background_runs where started_at < clock_timestamp() - ${days} * interval '1 day'`;
      return purged.count;
    },
  };
}

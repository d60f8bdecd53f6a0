import { Gauge } from 'prom-client';
import type { Sql } from '../database/db.ts';
import { headOfJournal, recordedEvents } from '../journal/read-journal.ts';
import type { Projection } from '../read-models/projection.ts';
import { PROBE_MS } from '../runtime/readiness.ts';
import { shareCall } from '../runtime/time-limit.ts';
import type { Metrics } from './metrics.ts';

/** The ledger's state at a scrape. Ages are in seconds, times are seconds since 1970. */
interface LedgerState {
  head: number;
  projections:
    | { name: string; version: number; status: string; position: number; behind_seconds: number | null }[]
    | null;
  succeeded: { job: string; at: number }[] | null;
  sessions: { pool: string; state: string; n: number }[] | null;
}

/**
 * One statement reads all figures, so that they are of one moment. Positions have no gaps: the event behind a
 * projection's position is the next that it has to apply, and its age is how far the read models are behind.
 */
async function readState(sql: Sql, jobs: readonly string[]): Promise<LedgerState> {
  const [row] = await sql<LedgerState[]>`
    select ${headOfJournal(sql)} as head,
      (select json_agg(json_build_object('name', c.name, 'version', c.version, 'status', c.status,
         'position', c.position, 'behind_seconds',
         (select extract(epoch from clock_timestamp() - (e.metadata ->> 'recorded_at')::timestamptz)
          from (${recordedEvents(sql)}) e where e.position = c.position + 1)))
       from projection_checkpoints c) as projections,
      (select json_agg(json_build_object('job', j.name, 'at', extract(epoch from r.finished_at)))
         from unnest(${[...jobs]}::text[]) as j(name)
         cross join lateral (select finished_at from job_runs where job = j.name and status = 'completed'
           order by started_at desc limit 1) r) as succeeded,
      (select json_agg(s) from (
         select application_name as pool, coalesce(state, 'other') as state, count(*) as n
           from pg_stat_activity
         where datname = current_database() and application_name like 'arcadia-%'
         group by 1, 2) s) as sessions`;
  if (row === undefined) throw new Error('a query without a condition answered no row');
  return row;
}

const states = new Set(['active', 'idle', 'idle in transaction']);

/** Shows the journal's head, the projections' lag, the jobs' last successes and the database's sessions. */
export function observeLedger(
  metrics: Metrics,
  sql: Sql,
  projections: readonly Projection[],
  jobs: readonly string[],
): void {
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Gauge({ name, help, labelNames, registers: [metrics.registry] });
  const ofProjection = ['projection', 'version'] as const;
  const head = gauge('arcadia_journal_head_position', 'Position of the last event in the journal', []);
  const position = gauge(
    'arcadia_projection_position',
    'Position of the last event that a projection has applied',
    ofProjection,
  );
  const lag = gauge(
    'arcadia_projection_lag_events',
    'Events in the journal that a projection has not applied',
    ofProjection,
  );
  const behind = gauge(
    'arcadia_projection_lag_seconds',
    'Age of the first event that a projection has not applied; 0 when it has applied all',
    ofProjection,
  );
  const parked = gauge(
    'arcadia_projection_parked',
    '1 when an event could not be applied and the projection stands still',
    ofProjection,
  );
  const succeeded = gauge(
    'arcadia_job_last_success_timestamp_seconds',
    'When the last successful run of a job ended, on whichever node',
    ['job'],
  );
  const sessions = gauge(
    'arcadia_postgres_sessions',
    'Sessions of all nodes on the database by pool and state',
    ['pool', 'state'],
  );
  const labelled = [position, lag, behind, parked, succeeded, sessions];
  const ask = shareCall(() => readState(sql, jobs), PROBE_MS);

  metrics.onScrape(async () => {
    let state: LedgerState;
    try {
      state = await ask();
    } catch (error) {
      // A figure of a minute ago would look like one of now.
      for (const each of labelled) each.reset();
      // Without labels, a reset would make it 0.
      head.remove();
      throw error;
    }
    for (const each of [succeeded, sessions]) each.reset();
    head.set(state.head);
    for (const one of state.projections ?? []) {
      if (!projections.some(({ name, version }) => name === one.name && version === one.version)) continue;
      const labels = { projection: one.name, version: one.version };
      position.set(labels, one.position);
      lag.set(labels, Math.max(0, state.head - one.position));
      behind.set(labels, Math.max(0, one.behind_seconds ?? 0));
      parked.set(labels, one.status === 'parked' ? 1 : 0);
    }
    for (const { job, at } of state.succeeded ?? []) succeeded.set({ job }, at);
    for (const { pool, state: name, n } of state.sessions ?? [])
      sessions.inc({ pool, state: states.has(name) ? name : 'other' }, n);
  });
}

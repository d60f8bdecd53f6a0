import type { Sql } from '../../database/db.ts';
import type { Poison } from '../projector-fold.ts';
import type { Projection } from '../projection.ts';

/** After so long without a change of its record, a rebuild counts as interrupted. */
const LOST_AFTER_SECONDS = 60;
/** The least time between two records of progress. */
const EVERY_MS = 1_000;

/** The last rebuild of a projection. Positions are the journal's. */
export interface RebuildStatus {
  status: 'building' | 'catching_up' | 'completed' | 'failed' | 'interrupted';
  position: number;
  target: number;
  /** The average so far. */
  events_per_second: number;
  /** Estimated; null when it is over. */
  seconds_left: number | null;
  /** Why it failed, with the event at fault if there is one. */
  error: (Partial<Poison> & { reason: string }) | null;
  started_at: string;
  updated_at: string;
}

/** Records how far a rebuild has come. */
export interface RebuildRecord {
  start(projection: Projection, target: number): Promise<void>;
  /** Called often; it writes once a second. */
  progress(projections: readonly Projection[], position: number): Promise<void>;
  turn(
    projection: Projection,
    status: 'catching_up' | 'completed' | 'failed',
    position: number,
    error?: RebuildStatus['error'],
  ): Promise<void>;
}

/** The record in table `projection_rebuilds`. */
export function createRebuildRecord(sql: Sql): RebuildRecord {
  let writtenAt = performance.now();
  return {
    async start({ name, version }, target) {
      await sql`
        insert into projection_rebuilds (name, version, status, target)
        values (${name}, ${version}, 'building', ${target})
        on conflict (name, version) do update set
          status = 'building', position = 0, target = excluded.target, error = null,
          started_at = clock_timestamp(), updated_at = clock_timestamp()`;
    },
    async progress(projections, position) {
      if (performance.now() - writtenAt < EVERY_MS) return;
      writtenAt = performance.now();
      await sql`
        update projection_rebuilds
        set position = least(${position}, target), updated_at = clock_timestamp()
        where name = any(${projections.map(({ name }) => name)}) and status = 'building'`;
    },
    async turn({ name, version }, status, position, error) {
      await sql`
        update projection_rebuilds set
          status = ${status}, position = ${position}, updated_at = clock_timestamp(),
          error = ${error === undefined ? null : sql.json({ ...error })}
        where name = ${name} and version = ${version}`;
    },
  };
}

/** The last rebuilds, by projection name and version joined by a space. */
export async function rebuildStatus(sql: Sql): Promise<Map<string, RebuildStatus>> {
  const rows = await sql<
    (Omit<RebuildStatus, 'events_per_second' | 'seconds_left'> & {
      name: string;
      version: number;
      seconds: string;
    })[]
  >`
    select name, version, position, target, error, started_at, updated_at,
      case when status in ('building', 'catching_up')
          and updated_at < clock_timestamp() - ${LOST_AFTER_SECONDS} * interval '1 second'
        then 'interrupted' else status end as status,
      extract(epoch from updated_at - started_at)::numeric(12, 3)::text as seconds
    from projection_rebuilds`;
  return new Map(
    rows.map(({ name, version, seconds, ...row }) => {
      const rate = Number(seconds) > 0 ? Math.round(row.position / Number(seconds)) : 0;
      const isOver = row.status !== 'building' && row.status !== 'catching_up';
      return [
        `${name} ${version}`,
        {
          ...row,
          events_per_second: rate,
          seconds_left:
            isOver || rate === 0 ? null : Math.ceil(Math.max(0, row.target - row.position) / rate),
        },
      ];
    }),
  );
}

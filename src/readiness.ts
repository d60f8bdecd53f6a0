import type { Sql } from './database/db.ts';
import type { Projection } from './engine/projection.ts';

/** One part of the service as `GET /api/ready` shows it; further members (`lag`, `position`, …) are free. */
export interface ReadinessCheck {
  status: 'ok' | 'failed';
  [member: string]: unknown;
}

/** Whether this process can serve: 200 with `ok`, 503 with anything else. */
export interface Readiness {
  status: 'ok' | 'unavailable';
  /** `postgres`, `projections` (with its lag), and whatever else was asked. */
  checks: Record<string, ReadinessCheck>;
}

/** How far a projection has come. `lag` is a number of events. */
export interface ProjectionStatus {
  name: string;
  version: number;
  status: string;
  checkpoint: number;
  head: number;
  lag: number;
  error: unknown;
  updated_at: string;
}

/** The checkpoints of this build's projections, beside the journal's head. */
export async function projectionStatus(sql: Sql, projections: readonly Projection[]): Promise<ProjectionStatus[]> {
  const rows = await sql<Omit<ProjectionStatus, 'lag'>[]>`
    select name, version, status, position as checkpoint, (select coalesce(max(position), 0) from journal) as head, error, updated_at
    from projection_checkpoints order by name, version`;
  return rows
    .filter((row) => projections.some((projection) => projection.name === row.name && projection.version === row.version))
    .map((row) => ({ ...row, lag: Math.max(0, row.head - row.checkpoint) }));
}

/** A lag beyond which a node is not ready: its reads would be minutes old. */
const MAX_READY_LAG = 10_000;

/** Whether this node can serve: the database answers and every projection has about caught up. */
export function readinessOf(sql: Sql, projections: readonly Projection[]): () => Promise<Readiness> {
  return async () => {
    try {
      const status = await projectionStatus(sql, projections);
      const behind = status.filter((projection) => projection.status !== 'live' || projection.lag > MAX_READY_LAG);
      return {
        status: behind.length === 0 ? 'ok' : 'unavailable',
        checks: {
          postgres: { status: 'ok' },
          projections: {
            status: behind.length === 0 ? 'ok' : 'failed',
            lag: Math.max(0, ...status.map((projection) => projection.lag)),
            behind: behind.map(({ name, version, status: state, lag }) => ({ name, version, status: state, lag })),
          },
        },
      };
    } catch {
      return { status: 'unavailable', checks: { postgres: { status: 'failed' }, projections: { status: 'failed' } } };
    }
  };
}

import type { Db, Sql } from '../database/db.ts';
import { headOfJournal } from '../journal/read-journal.ts';
import type { Probe } from '../runtime/readiness.ts';
import type { Projection } from './projection.ts';

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
export async function projectionStatus(
  sql: Db,
  projections: readonly Projection[],
): Promise<ProjectionStatus[]> {
  const rows = await sql<Omit<ProjectionStatus, 'lag'>[]>`
    select name, version, status, position as checkpoint, ${headOfJournal(sql)} as head, error, updated_at
    from projection_checkpoints order by name, version`;
  return rows
    .filter((row) =>
      projections.some((projection) => projection.name === row.name && projection.version === row.version),
    )
    .map((row) => ({ ...row, lag: Math.max(0, row.head - row.checkpoint) }));
}

/** The lag beyond which a node is not ready. */
const MAX_READY_LAG = 10_000;

/**
 * Whether every projection of this build is live and has nearly caught up. Parked ones are listed with their
 * event.
 */
export function projectionsProbe(sql: Sql, projections: readonly Projection[]): Probe {
  return {
    name: 'projections',
    required: true,
    async probe() {
      const all = await projectionStatus(sql, projections);
      const shown = ({ name, version, status, lag }: ProjectionStatus) => ({ name, version, status, lag });
      const behind = all.filter(({ status, lag }) => status !== 'live' || lag > MAX_READY_LAG);
      const parked = all
        .filter(({ status }) => status === 'parked')
        .map(({ name, version, error }) => ({ name, version, ...placeOf(error) }));
      return {
        status: behind.length === 0 ? 'ok' : 'failed',
        lag: Math.max(0, ...all.map(({ lag }) => lag)),
        behind: behind.map(shown),
        parked,
      };
    },
  };
}

/**
 * Position and type of the event that a projection is parked at. Its reason may quote data, so it is shown to
 * admins only, in `GET projections`.
 */
function placeOf(error: unknown): { position?: unknown; type?: unknown } {
  if (typeof error !== 'object' || error === null) return {};
  const { position, type } = error as { position?: unknown; type?: unknown };
  return { position, type };
}

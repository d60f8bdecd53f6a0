import type { Sql, Transaction } from '../../database/db.ts';
import type { Projection } from '../projection.ts';
import { wasSwapped } from '../define-tables.ts';
import { messageOf, type Poison } from '../projector-fold.ts';
import { compareTables, type RowDifference } from './compare-tables.ts';
import { journalPages } from '../../journal/journal-pages.ts';
import { lastEventsOfRows, type LastEvent } from './last-event-of-row.ts';
import type { RebuildOptions } from '../rebuild/build-shadows.ts';
import { withShadows } from '../rebuild/with-shadows.ts';
import type { ShadowModel } from '../rebuild/shadow-models.ts';
import { catchUp, holdCheckpoint, liveCheckpoint, ShadowFailed } from '../rebuild/swap.ts';

/** How often a shadow follows a moving checkpoint before the checkpoint is locked. */
const CHASES = 5;

/** The result of verifying one projection. */
export interface VerifiedProjection {
  name: string;
  version: number;
  /** The journal position of both. */
  position: number;
  tables: { table: string; rows: number; differing: number }[];
  /** The first differing rows of each table, each with the last event that touched it. */
  differences: (RowDifference & { last_event: LastEvent | null })[];
  /** Why it could not be built from its events; null if it was. */
  failure: (Partial<Poison> & { reason: string }) | null;
}

/**
 * Builds projections anew from the first event, beside their live tables, which go on unchanged, and compares
 * row by row at one journal position.
 */
export async function verifyProjections(
  projections: readonly Projection[],
  options: RebuildOptions,
): Promise<VerifiedProjection[]> {
  const verified = new Map<Projection, VerifiedProjection>();
  const fail = (projection: Projection, error: unknown) => {
    const poison = error instanceof ShadowFailed ? error.poison : null;
    const failure = poison === null ? { reason: messageOf(error) } : { ...poison };
    verified.set(projection, {
      name: projection.name,
      version: projection.version,
      position: 0,
      tables: [],
      differences: [],
      failure,
    });
  };
  await withShadows(projections, 'verify', options, fail, async ({ model, position, sql }) => {
    verified.set(model.projection, await compare(sql, model, position, options));
  });
  return projections.map((projection) => verified.get(projection) as VerifiedProjection);
}

async function compare(
  sql: Sql,
  model: ShadowModel,
  built: number,
  options: RebuildOptions,
): Promise<VerifiedProjection> {
  const { projection } = model;
  const { position, comparisons } = await atOnePosition(sql, model, built, async (tx) => {
    const found = [];
    for (const [live, shadow] of model.tables) found.push(await compareTables(tx, live, shadow));
    return found;
  });
  const differences = comparisons.flatMap((comparison) => comparison.differences);
  const lastEvents =
    differences.length === 0
      ? new Map<RowDifference, LastEvent>()
      : await lastEventsOf(projection, differences, position, options);
  return {
    name: projection.name,
    version: projection.version,
    position,
    failure: null,
    tables: comparisons.map(({ table, rows, differing }) => ({ table, rows, differing })),
    differences: differences.map((difference) => ({
      ...difference,
      last_event: lastEvents.get(difference) ?? null,
    })),
  };
}

async function lastEventsOf(
  projection: Projection,
  differences: readonly RowDifference[],
  position: number,
  { openPool }: RebuildOptions,
): Promise<Map<RowDifference, LastEvent>> {
  const reader = openPool(1);
  try {
    return await lastEventsOfRows(
      [projection],
      differences,
      journalPages(reader, { after: 0, upTo: position, types: Object.keys(projection.on) }),
    );
  } finally {
    await reader.end({ timeout: 0 });
  }
}

interface Compared<T> {
  position: number;
  comparisons: T;
}

/**
 * Compares in a snapshot where live tables and shadow are at one position. If the live tables keep moving on,
 * their checkpoint is locked while the snapshot is taken.
 */
async function atOnePosition<T>(
  sql: Sql,
  model: ShadowModel,
  built: number,
  use: (tx: Transaction) => Promise<T>,
): Promise<Compared<T>> {
  let at = built;
  for (let chase = 1; ; chase++) {
    at = await catchUp(sql, model, at, (await liveCheckpoint(sql, model.projection)).position);
    const compared =
      chase < CHASES ? await inSnapshot(sql, model, at, use) : await holding(sql, model, at, use);
    if (compared !== null) return compared;
  }
}

/** Null if the live tables are at another position, or were swapped meanwhile. */
async function inSnapshot<T>(
  sql: Sql,
  model: ShadowModel,
  at: number,
  use: (tx: Transaction) => Promise<T>,
  taken?: () => void,
): Promise<Compared<T> | null> {
  const outcome = await sql.begin(
    'isolation level repeatable read read only',
    async (tx): Promise<{ compared: Compared<T> | null }> => {
      const live = await liveCheckpoint(tx, model.projection);
      taken?.();
      if (live.position !== at) return { compared: null };
      const comparisons = await use(tx);
      return { compared: (await wasSwapped(tx)) ? null : { position: at, comparisons } };
    },
  );
  return outcome.compared;
}

/** Locks the checkpoint for the shadow's last step and the taking of the snapshot, not for the comparison. */
async function holding<T>(
  sql: Sql,
  model: ShadowModel,
  at: number,
  use: (tx: Transaction) => Promise<T>,
): Promise<Compared<T> | null> {
  let compared: Promise<Compared<T> | null> | undefined;
  await sql.begin(async (tx) => {
    const live = await holdCheckpoint(tx, model.projection);
    const position = await catchUp(sql, model, at, live.position);
    await new Promise<void>((resolve, reject) => {
      compared = inSnapshot(sql, model, position, use, resolve);
      compared.catch(reject);
    });
  });
  return (await compared) ?? null;
}

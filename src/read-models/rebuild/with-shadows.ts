import { advisoryLocks } from '../../database/advisory-locks.ts';
import type { Sql } from '../../database/db.ts';
import { messageOf } from '../projector-fold.ts';
import type { Projection } from '../projection.ts';
import { buildShadows, type RebuildOptions } from './build-shadows.ts';
import { createRebuildRecord, type RebuildRecord } from './rebuild-record.ts';
import { dropShadow, type ShadowModel, type ShadowPurpose } from './shadow-models.ts';
import { ShadowFailed } from './swap.ts';

/** Another process, or another call in this one, is building the same shadow. */
export class RebuildUnderWay extends ShadowFailed {}

/** A complete shadow, and its journal position. */
export interface BuiltShadow {
  model: ShadowModel;
  position: number;
  sql: Sql;
  record: RebuildRecord | null;
}

/**
 * Builds shadows up to the live tables' position, hands each to `use`, and drops those that are left. `fail`
 * is called for each that could not be built or used, or that another process is building.
 */
export async function withShadows(
  projections: readonly Projection[],
  purpose: ShadowPurpose,
  options: RebuildOptions,
  fail: (projection: Projection, error: unknown) => void,
  use: (built: BuiltShadow) => Promise<void>,
): Promise<void> {
  // Each shadow takes a connection while it is filled.
  const [sql, reader, lock] = [
    options.openPool(3 + projections.length),
    options.openPool(1),
    options.openPool(1),
  ];
  const record = purpose === 'rebuild' ? createRebuildRecord(sql) : null;
  const failed = async (projection: Projection, error: unknown, position = 0) => {
    unsettled.delete(projection);
    fail(projection, error);
    const poison = error instanceof ShadowFailed ? error.poison : null;
    await record?.turn(
      projection,
      'failed',
      position,
      poison === null ? { reason: messageOf(error) } : { ...poison },
    );
  };
  const mine: Projection[] = [];
  const unsettled = new Set<Projection>();
  try {
    for (const projection of projections) {
      if (await takeLock(lock, purpose, projection)) mine.push(projection);
      else fail(projection, new RebuildUnderWay(`another ${purpose} of ${projection.name} is under way`));
    }
    for (const projection of mine) unsettled.add(projection);
    for (const built of await buildShadows(mine, purpose, { ...options, sql, reader, record }, failed)) {
      try {
        await use({ ...built, sql, record });
        unsettled.delete(built.model.projection);
      } catch (error) {
        await failed(built.model.projection, error, built.position);
      }
    }
  } catch (error) {
    // All of the work has ended: it was aborted, or the database is away.
    for (const projection of [...unsettled]) await failed(projection, error).catch(() => undefined);
  } finally {
    for (const projection of mine) await dropShadow(sql, projection, purpose).catch(() => undefined);
    // The reader's copy may not be read to its end.
    await Promise.all([reader.end({ timeout: 0 }), sql.end(), lock.end()]);
  }
}

async function takeLock(lock: Sql, purpose: ShadowPurpose, { name, version }: Projection): Promise<boolean> {
  const key = `${purpose} ${name} ${version}`;
  const [row] = await lock<{ held: boolean }[]>`
    select pg_try_advisory_lock(${advisoryLocks.shadowSpace}, hashtext(${key})) as held`;
  return row?.held === true;
}

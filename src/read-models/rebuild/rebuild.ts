import { advisoryLocks } from '../../database/advisory-locks.ts';
import type { Sql } from '../../database/db.ts';
import type { RecordedEvent } from '../../events/define.ts';
import { journalHead } from '../../journal/read-journal.ts';
import type { Logger } from '../../runtime/logger.ts';
import { poisonedBy, type Poison } from '../projector-fold.ts';
import type { Projection } from '../projection.ts';
import { journalPages } from '../../journal/journal-pages.ts';
import { createRebuildRecord, type RebuildRecord } from './rebuild-record.ts';
import {
  createShadow,
  dropShadow,
  findRefused,
  type ShadowModel,
  type ShadowPurpose,
} from './shadow-models.ts';
import { liveCheckpoint, ShadowFailed, swapIn } from './swap.ts';

/** What a rebuild is made with. */
export interface RebuildOptions {
  /** Opens a pool of so many connections; the rebuild ends it. */
  openPool: (max: number) => Sql;
  logger: Logger;
  /** `done` of `total` events of the journal have been read. */
  onProgress?: (done: number, total: number) => void;
  /** Stops it: shadows are dropped, the live tables stay. */
  signal?: AbortSignal;
  /**
   * Told of each projection once its rebuild stands in the record, and so is what `GET projections` shows.
   */
  onBegun?: (projection: Projection) => void;
  /** Told of each projection that could not be rebuilt, as soon as that is known. */
  onFailed?: (projection: Projection, error: unknown) => void;
}

/** Another process, or another call in this one, is at it. */
export class RebuildUnderWay extends ShadowFailed {}

/** What became of one projection's rebuild. */
export type RebuildOutcome =
  | { name: string; version: number; status: 'completed'; position: number }
  | { name: string; version: number; status: 'failed'; reason: string; poison: Poison | null };

/**
 * Builds projections anew from the first event, each in a shadow schema beside its live tables, which go on
 * serving and following; then puts each in the place of its live tables. One that fails leaves its live
 * tables as they are and stops none of the others. A kill at any moment leaves the live tables whole; the
 * next rebuild starts over.
 */
export async function rebuildProjections(
  projections: readonly Projection[],
  options: RebuildOptions,
): Promise<RebuildOutcome[]> {
  const outcomes = new Map<Projection, RebuildOutcome>();
  const fail = (projection: Projection, error: unknown) => {
    options.onFailed?.(projection, error);
    const poison = error instanceof ShadowFailed ? error.poison : null;
    outcomes.set(projection, {
      name: projection.name,
      version: projection.version,
      status: 'failed',
      reason: poison?.reason ?? messageOf(error),
      poison,
    });
  };
  await withShadows(projections, 'rebuild', options, fail, async ({ model, position: at, sql, record }) => {
    const { projection } = model;
    await record?.turn(projection, 'catching_up', at);
    const position = await swapIn(sql, model, at, options.signal);
    await record?.turn(projection, 'completed', position);
    outcomes.set(projection, {
      name: projection.name,
      version: projection.version,
      status: 'completed',
      position,
    });
  });
  return projections.map((projection) => outcomes.get(projection) as RebuildOutcome);
}

/** A shadow that was built to the end, and the journal position where it stands. */
export interface BuiltShadow {
  model: ShadowModel;
  position: number;
  sql: Sql;
  record: RebuildRecord | null;
}

/**
 * Builds shadows of projections up to where their live tables stand, hands them over one by one, and drops
 * those that are left. `fail` is told of each that could not be built or used; one that somebody else is
 * building counts among them.
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
    for (const built of await build(mine, purpose, { ...options, sql, reader, record }, failed)) {
      try {
        await use({ ...built, sql, record });
        unsettled.delete(built.model.projection);
      } catch (error) {
        await failed(built.model.projection, error, built.position);
      }
    }
  } catch (error) {
    // What ends it as a whole: it was told to stop, or the database is away.
    for (const projection of [...unsettled]) await failed(projection, error).catch(() => undefined);
  } finally {
    for (const projection of mine) await dropShadow(sql, projection, purpose).catch(() => undefined);
    // The reader may be in the middle of a copy that nobody reads on.
    await Promise.all([reader.end({ timeout: 0 }), sql.end(), lock.end()]);
  }
}

async function takeLock(lock: Sql, purpose: ShadowPurpose, { name, version }: Projection): Promise<boolean> {
  const [row] = await lock<
    { held: boolean }[]
  >`select pg_try_advisory_lock(${advisoryLocks.shadowSpace}, hashtext(${`${purpose} ${name} ${version}`})) as held`;
  return row?.held === true;
}

type Building = RebuildOptions & { sql: Sql; reader: Sql; record: RebuildRecord | null };

/** One shadow under way: `bound` is the last position that it takes from the bulk reading. */
interface Growing {
  model: ShadowModel;
  bound: number;
}

async function build(
  projections: readonly Projection[],
  purpose: ShadowPurpose,
  options: Building,
  failed: (projection: Projection, error: unknown, position?: number) => Promise<void>,
) {
  const growing = new Set<Growing>();
  const without = async (gone: Growing, error: unknown, position: number) => {
    growing.delete(gone);
    await gone.model.discard();
    await failed(gone.model.projection, await named(error, gone, options.sql, options.openPool), position);
  };
  try {
    await begin(projections, purpose, options, growing);
    const target = Math.max(0, ...[...growing].map(({ bound }) => bound));
    await fill(growing, target, options, without);
    // Keys of several projections are made beside each other: each shadow has a connection of its own.
    await Promise.all(
      [...growing].map((one) => one.model.finish().catch((error: unknown) => without(one, error, one.bound))),
    );
    options.onProgress?.(target, target);
  } catch (error) {
    for (const { model } of growing) await model.discard();
    throw error;
  }
  return [...growing].map(({ model, bound }) => ({ model, position: bound }));
}

async function begin(
  projections: readonly Projection[],
  purpose: ShadowPurpose,
  { sql, record, onBegun }: Building,
  growing: Set<Growing>,
): Promise<void> {
  const head = await journalHead(sql);
  for (const projection of projections) {
    const live = await liveCheckpoint(sql, projection);
    // A parked projection is rebuilt beyond the event that parked it, and verified up to there.
    const bound = live.status === 'live' || purpose === 'verify' ? live.position : head;
    await record?.start(projection, bound);
    onBegun?.(projection);
    growing.add({ model: await createShadow(sql, projection, purpose), bound });
  }
}

/** How many pages may be read while rows are being written. */
const AHEAD = 8;

type Without = (gone: Growing, error: unknown, position: number) => Promise<void>;

/** Reads the journal once for all shadows. */
async function fill(
  growing: ReadonlySet<Growing>,
  target: number,
  { reader, record, signal, onProgress }: Building,
  without: Without,
): Promise<void> {
  const types = [...new Set([...growing].flatMap(({ model }) => Object.keys(model.projection.on)))];
  let writing: Promise<void> = Promise.resolve();
  let isWriting = false;
  let ahead = 0;
  try {
    for await (const page of journalPages(reader, { after: 0, upTo: target, types })) {
      signal?.throwIfAborted();
      const last = (page.at(-1) as RecordedEvent).position;
      const poisons = [...growing].flatMap((one) => poisonOf(one, page));
      // While rows are being written, the next pages are read and folded.
      if (!isWriting || (ahead += 1) === AHEAD || poisons.length > 0) {
        await writing;
        for (const [one, poison] of poisons)
          await without(one, new ShadowFailed(poison.reason, poison), poison.position);
        [isWriting, ahead] = [true, 0];
        writing = relieve([...growing], (one, error) => without(one, error, last)).finally(() => {
          isWriting = false;
        });
      }
      await record?.progress(
        [...growing].map(({ model }) => model.projection),
        last,
      );
      onProgress?.(last, target);
      if (growing.size === 0) break;
    }
  } finally {
    await writing;
  }
}

/** Applies a page to a shadow; one that a handler fails on comes back with the event. */
function poisonOf(one: Growing, page: readonly RecordedEvent[]): [Growing, Poison][] {
  const poison = applyPage(one, page);
  return poison === null ? [] : [[one, poison]];
}

function applyPage({ model, bound }: Growing, page: readonly RecordedEvent[]): Poison | null {
  for (const event of page) {
    if (event.position > bound) return null;
    try {
      model.apply(event);
    } catch (error) {
      return poisonedBy(event, error);
    }
  }
  return null;
}

async function relieve(
  growing: readonly Growing[],
  without: (one: Growing, error: unknown) => Promise<void>,
): Promise<void> {
  for (const one of growing) {
    try {
      await one.model.relieve();
    } catch (error) {
      await without(one, error);
    }
  }
}

/** An error of the bulk writing names no event: it is looked for. */
async function named(
  error: unknown,
  { model, bound }: Growing,
  sql: Sql,
  openPool: RebuildOptions['openPool'],
): Promise<unknown> {
  if (error instanceof ShadowFailed) return error;
  const reader = openPool(1);
  try {
    const poison = await findRefused(
      sql,
      model,
      journalPages(reader, { after: 0, upTo: bound, types: Object.keys(model.projection.on) }),
    );
    return poison === null ? error : new ShadowFailed(poison.reason, poison);
  } catch {
    return error;
  } finally {
    await reader.end({ timeout: 0 });
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

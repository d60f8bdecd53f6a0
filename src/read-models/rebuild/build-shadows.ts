import type { Sql } from '../../database/db.ts';
import type { RecordedEvent } from '../../events/define.ts';
import { journalPages } from '../../journal/journal-pages.ts';
import { journalHead } from '../../journal/read-journal.ts';
import type { Logger } from '../../runtime/logger.ts';
import { poisonedBy, type Poison } from '../projector-fold.ts';
import type { Projection } from '../projection.ts';
import type { RebuildRecord } from './rebuild-record.ts';
import { createShadow, findRefused, type ShadowModel, type ShadowPurpose } from './shadow-models.ts';
import { liveCheckpoint, ShadowFailed } from './swap.ts';

/** What shadows are built with, for a rebuild or a verification. */
export interface RebuildOptions {
  /** Opens a pool of so many connections; the rebuild ends it. */
  openPool: (max: number) => Sql;
  logger: Logger;
  /** `done` of `total` events of the journal have been read. */
  onProgress?: (done: number, total: number) => void;
  /** Stops the work: shadows are dropped, the live tables stay. */
  signal?: AbortSignal;
  /** Called for each projection once its rebuild is recorded, and `GET projections` shows it. */
  onBegun?: (projection: Projection) => void;
  /** Called for each projection that could not be rebuilt, as soon as that is known. */
  onFailed?: (projection: Projection, error: unknown) => void;
}

type Building = RebuildOptions & { sql: Sql; reader: Sql; record: RebuildRecord | null };

/** One shadow under way: `bound` is the last position that it takes from the bulk reading. */
interface Growing {
  model: ShadowModel;
  bound: number;
}

/**
 * Builds shadows of projections beside each other, reading the journal once.
 * @param failed is called for each that cannot be built
 * @returns those that were built, each at its journal position
 */
export async function buildShadows(
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

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

/** How shadows are built, for a rebuild or a verification. */
export interface RebuildOptions {
  /** Opens a pool of so many connections; the rebuild ends it. */
  openPool: (max: number) => Sql;
  logger: Logger;
  /** `done` of `total` events of the journal have been read. */
  onProgress?: (done: number, total: number) => void;
  /** Stops the work; the live tables stay. */
  signal?: AbortSignal;
  /** Called for each projection once its rebuild shows in `GET projections`. */
  onBegun?: (projection: Projection) => void;
  /** Called for each projection that could not be rebuilt. */
  onFailed?: (projection: Projection, error: unknown) => void;
}

type Building = RebuildOptions & { sql: Sql; reader: Sql; record: RebuildRecord | null };

/** A shadow that is being filled up to journal position `bound`. */
interface OpenShadow {
  model: ShadowModel;
  bound: number;
}

/**
 * Builds shadows of projections side by side, reading the journal once.
 * @param failed is called for each that cannot be built
 * @returns those that were built, each at its journal position
 */
export async function buildShadows(
  projections: readonly Projection[],
  purpose: ShadowPurpose,
  options: Building,
  failed: (projection: Projection, error: unknown, position?: number) => Promise<void>,
) {
  const open = new Set<OpenShadow>();
  const giveUp = async (shadow: OpenShadow, error: unknown, position: number) => {
    open.delete(shadow);
    await shadow.model.discard();
    await failed(
      shadow.model.projection,
      await causeOf(error, shadow, options.sql, options.openPool),
      position,
    );
  };
  try {
    await begin(projections, purpose, options, open);
    const target = Math.max(0, ...[...open].map(({ bound }) => bound));
    await fill(open, target, options, giveUp);
    // Keys are made in parallel: each shadow has its own connection.
    await Promise.all(
      [...open].map((shadow) =>
        shadow.model.finish().catch((error: unknown) => giveUp(shadow, error, shadow.bound)),
      ),
    );
    options.onProgress?.(target, target);
  } catch (error) {
    for (const { model } of open) await model.discard();
    throw error;
  }
  return [...open].map(({ model, bound }) => ({ model, position: bound }));
}

async function begin(
  projections: readonly Projection[],
  purpose: ShadowPurpose,
  { sql, record, onBegun }: Building,
  open: Set<OpenShadow>,
): Promise<void> {
  const head = await journalHead(sql);
  for (const projection of projections) {
    const live = await liveCheckpoint(sql, projection);
    // A parked projection is rebuilt beyond the event that parked it, and verified up to there.
    const bound = live.status === 'live' || purpose === 'verify' ? live.position : head;
    await record?.start(projection, bound);
    onBegun?.(projection);
    open.add({ model: await createShadow(sql, projection, purpose), bound });
  }
}

/** How many pages are read while rows are being written. */
const AHEAD = 8;

type GiveUp = (shadow: OpenShadow, error: unknown, position: number) => Promise<void>;

/** Reads the journal once for all shadows. */
async function fill(
  open: ReadonlySet<OpenShadow>,
  target: number,
  { reader, record, signal, onProgress }: Building,
  giveUp: GiveUp,
): Promise<void> {
  const types = [...new Set([...open].flatMap(({ model }) => Object.keys(model.projection.on)))];
  let writing: Promise<void> = Promise.resolve();
  let isWriting = false;
  let ahead = 0;
  try {
    for await (const page of journalPages(reader, { after: 0, upTo: target, types })) {
      signal?.throwIfAborted();
      const last = (page.at(-1) as RecordedEvent).position;
      const poisons = [...open].flatMap((shadow) => poisonOf(shadow, page));
      // While rows are being written, the next pages are read and folded.
      if (!isWriting || (ahead += 1) === AHEAD || poisons.length > 0) {
        await writing;
        for (const [shadow, poison] of poisons)
          await giveUp(shadow, new ShadowFailed(poison.reason, poison), poison.position);
        [isWriting, ahead] = [true, 0];
        writing = writeExcess([...open], (shadow, error) => giveUp(shadow, error, last)).finally(() => {
          isWriting = false;
        });
      }
      await record?.progress(
        [...open].map(({ model }) => model.projection),
        last,
      );
      onProgress?.(last, target);
      if (open.size === 0) break;
    }
  } finally {
    await writing;
  }
}

/**
 * Applies a page to a shadow.
 * @returns the shadow with the first event that a handler fails on, or nothing
 */
function poisonOf(shadow: OpenShadow, page: readonly RecordedEvent[]): [OpenShadow, Poison][] {
  for (const event of page) {
    if (event.position > shadow.bound) return [];
    try {
      shadow.model.apply(event);
    } catch (error) {
      return [[shadow, poisonedBy(event, error)]];
    }
  }
  return [];
}

async function writeExcess(
  open: readonly OpenShadow[],
  giveUp: (shadow: OpenShadow, error: unknown) => Promise<void>,
): Promise<void> {
  for (const shadow of open) {
    try {
      await shadow.model.writeExcess();
    } catch (error) {
      await giveUp(shadow, error);
    }
  }
}

/** Finds the event at fault, which an error of the bulk writing does not name. */
async function causeOf(
  error: unknown,
  { model, bound }: OpenShadow,
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

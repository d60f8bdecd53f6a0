import { isTransientError } from '../database/connection.ts';
import type { Sql, Transaction } from '../database/db.ts';
import type { RecordedEvent } from '../events/define.ts';
import type { Logger } from '../runtime/logger.ts';
import { announcement } from './announcement.ts';
import type { Projection } from './projection.ts';
import { foldEvents, poisonedBy, type Poison } from './projector-fold.ts';
import { encodeFolded, sendStatements, writeFolded, type Statement } from './row-writer.ts';
import { Superseded } from '../database/supervise.ts';

/** A page of events, folded for a group of projections and ready to send. */
export interface FoldedPage {
  from: number;
  to: number;
  events: readonly RecordedEvent[];
  healthy: Projection[];
  statements: Statement[];
  poisoned: Map<Projection, Poison>;
}

/**
 * Folds a page for a group. A projection whose handler fails, or whose rows can't be encoded, is poisoned.
 */
export function foldPage(
  group: readonly Projection[],
  from: number,
  events: readonly RecordedEvent[],
): FoldedPage {
  const page: FoldedPage = {
    from,
    to: (events[events.length - 1] as RecordedEvent).position,
    events,
    healthy: [],
    statements: [],
    poisoned: new Map(),
  };
  for (const projection of group) {
    const folded = foldEvents(projection, events);
    if ('poison' in folded) {
      page.poisoned.set(projection, folded.poison);
      continue;
    }
    try {
      page.statements.push(...encodeFolded(folded.batch));
      page.healthy.push(projection);
    } catch (error) {
      page.poisoned.set(projection, unencodable(projection, events, error));
    }
  }
  return page;
}

/** The first event whose row can't be encoded. */
function unencodable(projection: Projection, events: readonly RecordedEvent[], error: unknown): Poison {
  for (const event of events) {
    const alone = foldEvents(projection, [event]);
    try {
      if ('batch' in alone) encodeFolded(alone.batch);
    } catch (reason) {
      return poisonedBy(event, reason);
    }
  }
  return poisonedBy(events[events.length - 1] as RecordedEvent, error);
}

/**
 * Writes a folded page, rows and checkpoints in one transaction.
 * @returns the projections that were parked
 */
export async function writePage(
  sql: Sql,
  { from, to, events, healthy, statements, poisoned }: FoldedPage,
  logger: Logger,
): Promise<Set<Projection>> {
  const parked = new Map(poisoned);
  if (healthy.length > 0) {
    try {
      await sql.begin(async (tx) => {
        // All is sent before the first answer. It is refused for the checkpoint first, then for its rows.
        const sent = [
          moveCheckpoints(tx, healthy, from, to),
          sendStatements(tx, statements),
          announce(tx, healthy, to),
        ];
        await Promise.allSettled(sent);
        for (const answer of sent) await answer;
      });
    } catch (error) {
      if (error instanceof Superseded || isTransientError(error)) throw error;
      for (const [projection, poison] of await applyOneByOne(sql, healthy, from, events))
        parked.set(projection, poison);
    }
  }
  for (const [projection, poison] of parked) {
    const causedBy = events.find(({ position }) => position === poison.position)?.metadata.correlation_id;
    logger.error(
      { projection: projection.name, ...poison, correlation_id: causedBy },
      'projections: an event cannot be applied, the projection is parked',
    );
    await sql`
      update projection_checkpoints
      set status = 'parked', error = ${sql.json({ ...poison })}, updated_at = now()
      where name = ${projection.name} and version = ${projection.version}`;
  }
  return new Set(parked.keys());
}

/**
 * After the database refused a batch: applies each projection by itself, so that only the one at fault is
 * parked.
 */
async function applyOneByOne(
  sql: Sql,
  group: readonly Projection[],
  from: number,
  events: readonly RecordedEvent[],
): Promise<Map<Projection, Poison>> {
  const parked = new Map<Projection, Poison>();
  const to = (events[events.length - 1] as RecordedEvent).position;
  for (const projection of group) {
    try {
      await sql.begin(async (tx) => {
        await moveCheckpoints(tx, [projection], from, to);
        const folded = foldEvents(projection, events);
        if ('batch' in folded) await writeFolded(tx, folded.batch);
        await announce(tx, [projection], to);
      });
    } catch (error) {
      if (error instanceof Superseded || isTransientError(error)) throw error;
      parked.set(projection, await findPoison(sql, projection, from, events));
    }
  }
  return parked;
}

/** Applies event by event, each with its checkpoint, until the database refuses one. */
async function findPoison(
  sql: Sql,
  projection: Projection,
  from: number,
  events: readonly RecordedEvent[],
): Promise<Poison> {
  let at = from;
  for (const event of events) {
    try {
      await sql.begin(async (tx) => {
        await moveCheckpoints(tx, [projection], at, event.position);
        const folded = foldEvents(projection, [event]);
        if ('batch' in folded) await writeFolded(tx, folded.batch);
      });
      at = event.position;
    } catch (error) {
      if (error instanceof Superseded || isTransientError(error)) throw error;
      return poisonedBy(event, error);
    }
  }
  throw new Error(
    `projection ${projection.name}: the batch after ${from} was refused as a whole, ` +
      'yet every event of it alone was not',
  );
}

async function moveCheckpoints(
  tx: Transaction,
  group: readonly Projection[],
  from: number,
  to: number,
): Promise<void> {
  const names = group.map((projection) => `${projection.name} ${projection.version}`);
  const moved = await tx`
    update projection_checkpoints set position = ${to}, updated_at = now()
    where name || ' ' || version = any(${names}) and position = ${from} and status = 'live'`;
  if (moved.count !== group.length) throw new Superseded(`the checkpoint is no longer at ${from}`);
}

async function announce(tx: Transaction, group: readonly Projection[], position: number): Promise<void> {
  await tx`select pg_notify('projected', ${announcement(position, group)})`;
}

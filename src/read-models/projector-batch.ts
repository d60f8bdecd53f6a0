import { isTransientError } from '../database/connection.ts';
import type { Sql, Transaction } from '../database/db.ts';
import type { RecordedEvent } from '../events/define.ts';
import { readJournal } from '../journal/read-journal.ts';
import type { Logger } from '../runtime/logger.ts';
import { announcement } from './announcement.ts';
import type { Projection } from './projection.ts';
import { emptyFold, foldEvents, foldOnto, poisonedBy, type Fold, type Poison } from './projector-fold.ts';
import { encodeFolded, sendStatements, writeFolded, type Statement } from './row-writer.ts';
import { Superseded } from '../database/supervise.ts';

/**
 * A batch of events, folded for a group of projections. It keeps no events: they are read again when a
 * projection can't take one, which is rare.
 */
export interface Batch {
  readonly from: number;
  to: number;
  readonly folds: readonly Fold[];
}

export const emptyBatch = (group: readonly Projection[], from: number): Batch => ({
  from,
  to: from,
  folds: group.map(emptyFold),
});

/** Folds the next events, up to position `to`, into a batch. */
export function addToBatch(batch: Batch, events: readonly RecordedEvent[], to: number): void {
  for (const fold of batch.folds) foldOnto(fold, events);
  batch.to = to;
}

/** A batch ready to send. */
export interface EncodedBatch {
  from: number;
  to: number;
  healthy: Projection[];
  statements: Statement[];
  /** Projections whose handler failed. */
  poisoned: Map<Projection, Poison>;
  /** Projections with rows that can't be encoded. */
  unencodable: Map<Projection, unknown>;
}

/** Encodes a batch's rows. */
export function encodeBatch({ from, to, folds }: Batch): EncodedBatch {
  const encoded: EncodedBatch = {
    from,
    to,
    healthy: [],
    statements: [],
    poisoned: new Map(),
    unencodable: new Map(),
  };
  for (const { projection, batch, poison } of folds) {
    if (poison !== null) {
      encoded.poisoned.set(projection, poison);
      continue;
    }
    try {
      encoded.statements.push(...encodeFolded(batch));
      encoded.healthy.push(projection);
    } catch (error) {
      encoded.unencodable.set(projection, error);
    }
  }
  return encoded;
}

/**
 * Writes a batch, rows and checkpoints in one transaction.
 * @returns the projections that were parked
 */
export async function writeBatch(
  sql: Sql,
  { from, to, healthy, statements, poisoned, unencodable }: EncodedBatch,
  logger: Logger,
): Promise<Set<Projection>> {
  const parked = new Map(poisoned);
  for (const [projection, error] of unencodable)
    parked.set(projection, unencodableIn(projection, await readJournal(sql, from, to - from), error));
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
      const events = await readJournal(sql, from, to - from);
      for (const [projection, poison] of await applyOneByOne(sql, healthy, from, events))
        parked.set(projection, poison);
    }
  }
  for (const [projection, poison] of parked) await park(sql, projection, poison, logger);
  return new Set(parked.keys());
}

async function park(sql: Sql, projection: Projection, poison: Poison, logger: Logger): Promise<void> {
  const [event] = await readJournal(sql, poison.position - 1, 1);
  logger.error(
    { projection: projection.name, ...poison, correlation_id: event?.metadata.correlation_id },
    'projections: an event cannot be applied, the projection is parked',
  );
  await sql`
    update projection_checkpoints
    set status = 'parked', error = ${sql.json({ ...poison })}, updated_at = now()
    where name = ${projection.name} and version = ${projection.version}`;
}

/** The first event whose row can't be encoded. */
function unencodableIn(projection: Projection, events: readonly RecordedEvent[], error: unknown): Poison {
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

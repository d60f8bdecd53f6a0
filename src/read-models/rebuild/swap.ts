import { setTimeout as delay } from 'node:timers/promises';
import {
  briefSessions,
  briefTransactions,
  isConnectionError,
  isTransientError,
} from '../../database/connection.ts';
import type { Fragment, Sql, Transaction } from '../../database/db.ts';
import { readJournal } from '../../journal/read-journal.ts';
import type { Projection } from '../projection.ts';
import { quotedTable } from '../quoted-table.ts';
import type { Poison } from '../projector-fold.ts';
import type { ShadowModel } from './shadow-models.ts';

/** The most events in one transaction while a shadow catches up. */
const BATCH = 5_000;
/** Few enough to be applied while the live runner waits. */
const NEARLY = 1_000;
/** A swap gives up after so long, if readers hold a table at every try. */
const GIVE_UP_MS = 300_000;

/** The live tables' checkpoint. */
export interface LiveCheckpoint {
  position: number;
  status: string;
}

/** A shadow cannot be brought to the position of the live tables. */
export class ShadowFailed extends Error {
  override readonly name = 'ShadowFailed';
  readonly poison: Poison | null;

  constructor(reason: string, poison: Poison | null = null) {
    super(reason);
    this.poison = poison;
  }
}

/** A projection's checkpoint, unlocked. */
export async function liveCheckpoint(db: Sql | Transaction, projection: Projection): Promise<LiveCheckpoint> {
  return checkpoint(db, projection, db``);
}

/**
 * Reads a checkpoint and locks it: batches wait until the transaction ends. When frozen, the transaction is
 * ended like those of the projections.
 */
export async function holdCheckpoint(tx: Transaction, projection: Projection): Promise<LiveCheckpoint> {
  const idle = briefTransactions.idle_in_transaction_session_timeout;
  await tx.unsafe(
    `set local idle_in_transaction_session_timeout = '${idle}';
     set local application_name = '${briefSessions.projections}'`,
  );
  return checkpoint(tx, projection, tx`for update`);
}

async function checkpoint(
  db: Sql | Transaction,
  { name, version }: Projection,
  lock: Fragment,
): Promise<LiveCheckpoint> {
  const [row] = await db<LiveCheckpoint[]>`
    select position, status from projection_checkpoints
    where name = ${name} and version = ${version} ${lock}`;
  if (row === undefined)
    throw new ShadowFailed(
      `projection ${name} has no checkpoint: a node of another release may have dropped it`,
    );
  return row;
}

/** Applies the journal's events from `at` up to `target` to a finished shadow, in several transactions. */
export async function catchUp(sql: Sql, model: ShadowModel, at: number, target: number): Promise<number> {
  let position = at;
  while (position < target) {
    const from = position;
    position = await sql.begin((tx) => followOnce(tx, sql, model, from, Math.min(BATCH, target - from)));
  }
  return position;
}

async function followOnce(
  tx: Transaction,
  sql: Sql,
  model: ShadowModel,
  from: number,
  limit: number,
): Promise<number> {
  const events = await readJournal(sql, from, limit);
  const poison = await model.follow(tx, events);
  if (poison !== null) throw new ShadowFailed(poison.reason, poison);
  return events.at(-1)?.position ?? from;
}

/**
 * Puts a finished shadow in the place of the live tables. It locks the checkpoint first, as every batch does,
 * brings the shadow to it, locks all live tables, so that no statement sees old and new tables together, and
 * renames. A lock that is not free within 200 ms is tried again later, so that readers never wait longer
 * behind it.
 * @param at journal position of the shadow
 * @returns the journal position of the new tables
 */
export async function swapIn(
  sql: Sql,
  model: ShadowModel,
  at: number,
  signal?: AbortSignal,
): Promise<number> {
  const { projection } = model;
  const deadline = performance.now() + GIVE_UP_MS;
  let position = at;
  for (let pause = 20; ; pause = Math.min(pause * 2, 500)) {
    signal?.throwIfAborted();
    const live = await liveCheckpoint(sql, projection);
    const target = targetOf(live, position);
    if (target > position + NEARLY) {
      position = await catchUp(sql, model, position, target);
      continue;
    }
    // The live tables may be behind the shadow, until their runner has caught up.
    if (target >= position) {
      try {
        return await swapOnce(sql, model, position);
      } catch (error) {
        const passes = isTransientError(error) && !isConnectionError(error);
        if (!passes && !(error instanceof Behind)) throw error;
      }
    }
    if (performance.now() > deadline)
      throw new ShadowFailed(
        'the live tables were in use every time for five minutes, or no process feeds them: try again',
      );
    await delay(pause, undefined, signal === undefined ? {} : { signal });
  }
}

/**
 * The position to bring the shadow to: the live checkpoint, but for a parked projection at least its own
 * position.
 */
function targetOf({ position, status }: LiveCheckpoint, at: number): number {
  return status === 'live' ? position : Math.max(position, at);
}

class Behind extends Error {}

async function swapOnce(sql: Sql, model: ShadowModel, at: number): Promise<number> {
  const { projection, schema } = model;
  const { name, version } = projection;
  return sql.begin(async (tx) => {
    await tx`set local lock_timeout = '200ms'`;
    const live = await holdCheckpoint(tx, projection);
    const target = targetOf(live, at);
    if (target < at) throw new Behind();
    const position = target > at ? await followOnce(tx, sql, model, at, target - at) : at;
    if (position !== target) throw new Behind();
    await tx.unsafe(`lock table ${projection.tables.map(quotedTable).join(', ')} in access exclusive mode`);
    await tx.unsafe(`drop schema "${projection.schema}" cascade`);
    await tx.unsafe(`alter schema "${schema}" rename to "${projection.schema}"`);
    await tx`
      update projection_checkpoints
      set position = ${position}, status = 'live', error = null, updated_at = now()
      where name = ${name} and version = ${version}`;
    await tx`select pg_notify('projected', ${String(position)})`;
    return position;
  });
}

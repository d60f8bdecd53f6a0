import { setTimeout as delay } from 'node:timers/promises';
import { LogMoved, type EventLog } from '../journal/event-log.ts';
import type { Clock } from './clock.ts';
import type { Db, Sql, Transaction } from '../database/db.ts';
import { handleCommand, type CommandHost } from './handle-command.ts';
import { handleEach } from './handle-each.ts';
import type { NewId } from './ids.ts';
import type { Ledger } from './ledger.ts';
import type { CommandLimits } from './command.ts';
import { readRecorded } from '../journal/read-journal.ts';
import { logDeadline, type LogDeadline } from '../journal/log-deadline.ts';
import type { PositionWaiter } from '../read-models/position-waiter.ts';
import { wasSwapped } from '../read-models/define-tables.ts';
import { errorCode } from '../runtime/error-code.ts';
import { refuse, refuseField, Refused } from './refusal.ts';
import { storePartSets } from './store-parts.ts';

/** The longest wait for the read models. */
const WAIT_MS = 5_000;

export interface LedgerOptions {
  sql: Sql;
  log: EventLog;
  waiter: PositionWaiter;
  clock: Clock;
  newId: NewId;
  currency: string;
  limits: CommandLimits;
}

/** The ledger: commands go to the log, reads to the read models in PostgreSQL. */
export function createLedger(parts: LedgerOptions): Ledger {
  return ledgerWith(parts, () => logDeadline());
}

/** @param begin the deadline that all steps of one command, or of one request, share */
function ledgerWith(parts: LedgerOptions, begin: () => LogDeadline): Ledger {
  const { sql, log, waiter, clock, newId, currency, limits } = parts;
  /** Waits until journal and read models have reached a position of the log. */
  const reach = async (position: string, until: number) => {
    const start = performance.now();
    const longest = Math.min(WAIT_MS, until - start);
    const journaled = await log.journaled(position, longest);
    const left = longest - (performance.now() - start);
    const reached = journaled !== null && (await waiter.waitFor(journaled, left));
    if (!reached)
      throw new Refused(
        refuse('stale-read', 'the read models have not caught up yet; try again in a moment'),
      );
  };
  const read = async <T>(query: (db: Db) => Promise<T>): Promise<T> => {
    for (;;) {
      const outcome = await overSwap(() =>
        sql.begin('isolation level repeatable read read only', (tx) => readOnce(tx, query)),
      );
      if ('result' in outcome) return outcome.result;
    }
  };
  type Latest<T> = (db: Db, position: number) => Promise<T>;
  const readLatest = async <T>(query: Latest<T>, deadline = begin()): Promise<T> => {
    await reach(await log.head(deadline.until()), deadline.until());
    return read(async (db) => query(db, await waiter.positionIn(db)));
  };
  const host: CommandHost & { newId: NewId } = {
    log,
    currency,
    limits,
    newId,
    now: () => clock.now(),
    loadContext: (load, input, execution, deadline) =>
      readLatest((db, position) => load(db, input, execution, position), deadline),
  };
  return {
    currency,
    now: () => clock.now(),
    newId,
    withDeadline: (deadline) => ledgerWith(parts, () => deadline),
    execute: (bound, input, meta) => unlessMoved(handleCommand(host, bound, input, meta, begin())),
    executeEach: (bound, inputs, meta) => unlessMoved(handleEach(host, bound, inputs, meta)),
    query: (query) => overSwap(() => query(sql)),
    read,
    readLatest: (query) => readLatest(query),
    async waitFor(text) {
      const [logId, position] = text.split(':');
      if (logId !== log.id || position === undefined || !log.isPosition(position))
        throw new Refused(refuseField('Ledger-Position', 'not a position of this ledger'));
      await reach(position, begin().until());
    },
    events: (stream) => log.read(stream, 0, begin().until()),
    recorded: (stream) => readRecorded(sql, stream),
    async position() {
      return `${log.id}:${await log.head(begin().until())}`;
    },
    storeParts: (sets, meta) => unlessMoved(storePartSets({ log, clock }, sets, meta)),
  };
}

/** @throws {Refused} `not-configured` once the events are in another log */
async function unlessMoved<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof LogMoved)
      throw new Refused(refuse('not-configured', error.message), { cause: error });
    throw error;
  }
}

const UNDEFINED_TABLE = '42P01';
/** How often a read is begun that finds a table missing. */
const SWAP_TRIES = 5;
const SWAP_PAUSE_MS = 10;

/**
 * Begins a read anew where a table is missing. Between the commit of a swap and the moment in which other
 * sessions are told of it, one that looks up a table still does so in the schema that was dropped.
 */
async function overSwap<T>(read: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await read();
    } catch (error) {
      if (errorCode(error) !== UNDEFINED_TABLE || tries === SWAP_TRIES) throw error;
      await delay(SWAP_PAUSE_MS);
    }
  }
}

/**
 * One try of a read in a snapshot. Its result or error is void if a rebuilt read model was swapped in
 * meanwhile.
 */
async function readOnce<T>(
  tx: Transaction,
  query: (db: Db) => Promise<T>,
): Promise<{ result: T } | { swapped: true }> {
  try {
    const result = await query(tx);
    return (await wasSwapped(tx)) ? { swapped: true } : { result };
  } catch (error) {
    // After an error of the database the transaction is aborted, and the error stands.
    if (await wasSwapped(tx).catch(() => false)) return { swapped: true };
    throw error;
  }
}

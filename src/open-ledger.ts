import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { projections } from '../projections/index.ts';
import type { Clock } from './ledger/clock.ts';
import type { CommandLimits } from './ledger/command.ts';
import { createLedger } from './ledger/create-ledger.ts';
import type { NewId } from './ledger/ids.ts';
import type { Ledger } from './ledger/ledger.ts';
import { briefSessions, briefTransactions, connect, type ConnectOptions } from './database/connection.ts';
import type { Sql } from './database/db.ts';
import { startFrozenSessionWatch } from './database/frozen-session-watch.ts';
import { migrate, readMigrations } from './database/migrate.ts';
import { openLockSession } from './database/supervise.ts';
import { startChainer } from './journal/chain/journal-chain.ts';
import type { EventLog } from './journal/event-log.ts';
import type { Database } from './open-database.ts';
import type { OpenLog } from './open-log.ts';
import { overRestarts } from './over-restarts.ts';
import { ensureReadModels } from './read-models/define-tables.ts';
import { createPositionWaiter } from './read-models/position-waiter.ts';
import { startProjector } from './read-models/projector.ts';
import type { Logger } from './runtime/logger.ts';
import type { Probe } from './runtime/readiness.ts';

/** The folder of the durable tables' migrations. */
export const migrationsFolder = join(fileURLToPath(new URL('..', import.meta.url)), 'migrations');

/** What a ledger is opened from. It leaves the database when it closes, or when it can't be opened. */
export interface LedgerParts extends Database {
  /** Whether the ledger stands on an embedded server alone, which is started again when it ends unasked. */
  isEmbedded: boolean;
  openLog: OpenLog;
  clock: Clock;
  newId: NewId;
  /** ISO currency that the ledger bills in. */
  currency: string;
  limits: CommandLimits;
  logger: Logger;
}

/** An open ledger and the connections behind it. */
export interface OpenLedger {
  ledger: Ledger;
  log: EventLog;
  sql: Sql;
  /** Opens a pool of so many connections to the same database, for bulk work; the caller ends it. */
  openPool: (max: number) => Sql;
  /** Opens a session for locks. It ends after all other connections, when no work can go on. */
  openLockSession: (options: Pick<ConnectOptions, 'applicationName' | 'settings'>) => Sql;
  /** Does work that may be repeated from its beginning: again while an embedded server is being restarted. */
  overRestarts: <T>(work: () => Promise<T>) => Promise<T>;
  /** Readiness probes of the log. */
  probes: readonly Probe[];
  /** Finishes the batches under way, closes all connections and leaves the database. */
  close(): Promise<void>;
}

/** What a program adds to opening a ledger. */
export interface OpenLedgerOptions {
  /** Wraps the log, such as to count its appends; default: the log itself. */
  measureLog?: (log: EventLog) => EventLog;
  /** Runs before anything is written; an error stops the start. */
  beforeMigrations?: (sql: Sql) => Promise<void>;
}

/**
 * Migrates the database, makes the read models' tables, starts what fills the journal and the read models,
 * and opens the ledger on them.
 * @throws {MigrationError} the schema does not belong to this build
 * @throws what {@link OpenLog} throws
 */
export async function openLedger(parts: LedgerParts, options: OpenLedgerOptions = {}): Promise<OpenLedger> {
  const again = parts.isEmbedded ? overRestarts : <T>(work: () => Promise<T>): Promise<T> => work();
  try {
    const open = await again(() => connectLedger(parts, options));
    return {
      ...open,
      overRestarts: again,
      async close() {
        await open.close();
        await parts.leave();
      },
    };
  } catch (error) {
    await parts.leave();
    throw error;
  }
}

async function connectLedger(
  { target, openLog, clock, newId, currency, limits, logger }: LedgerParts,
  { measureLog = (log) => log, beforeMigrations }: OpenLedgerOptions,
): Promise<Omit<OpenLedger, 'overRestarts'>> {
  // The writer of the journal has connections of its own, so that an append never queues behind reads. It
  // finds streams by their index only: a plan from when the journal was small would go on scanning it.
  const logPool = (max: number) =>
    connect(target, {
      max,
      applicationName: briefSessions.log,
      settings: { ...briefTransactions, enable_seqscan: 'off' },
    });
  const writer = logPool(3);
  const appender = logPool(1);
  const sql = connect(target, { max: 16, applicationName: 'arcadia-reads' });
  const runner = connect(target, {
    max: 4,
    applicationName: briefSessions.projections,
    settings: briefTransactions,
  });
  const locks = openLockSession(target);
  const endAll = (pools: readonly Sql[]) => Promise.all(pools.map((pool) => pool.end()));
  const lockSessions: Sql[] = [];
  // What was opened, to be closed in reverse order.
  const opened: (() => Promise<unknown>)[] = [
    () => endAll(lockSessions),
    () => endAll([locks, appender, writer, sql, runner]),
  ];
  const closeAll = async () => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    await beforeMigrations?.(sql);
    await migrate(sql, await readMigrations(migrationsFolder));
    await ensureReadModels(sql, projections);
    const { probes, ...plain } = await openLog({ writer, appender, sql, locks, logger });
    opened.push(() => plain.close());
    const log = measureLog(plain.log);
    const waiter = await createPositionWaiter(sql, projections);
    opened.push(() => waiter.close());
    const projector = startProjector(runner, locks, projections, logger);
    const chainer = startChainer(runner, locks, logger);
    const watch = startFrozenSessionWatch(runner, locks, logger);
    opened.push(() => Promise.all([projector.stop(), chainer.stop(), watch.stop()]));
    return {
      ledger: createLedger({ sql, log, waiter, clock, newId, currency, limits }),
      log,
      sql,
      openPool: (max) => connect(target, { max, applicationName: 'arcadia-bulk' }),
      openLockSession(options) {
        const session = connect(target, { ...options, max: 1 });
        lockSessions.push(session);
        return session;
      },
      probes,
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

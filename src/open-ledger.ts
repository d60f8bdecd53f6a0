import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from './config.ts';
import type { Clock } from './ledger/clock.ts';
import { defaultReportLimits, type ReportLimits } from './ledger/command.ts';
import { briefSessions, briefTransactions, connect, type ConnectTarget } from './database/connection.ts';
import type { Sql } from './database/db.ts';
import { startFrozenSessionWatch } from './database/frozen-sessions.ts';
import type { NewId } from './ledger/ids.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Logger } from './runtime/logger.ts';
import { migrate, readMigrations } from './database/migrate.ts';
import { createPositionWaiter } from './read-models/position-waiter.ts';
import { createLedger } from './ledger/create-ledger.ts';
import type { Projection } from './read-models/projection.ts';
import { startProjector } from './read-models/projector.ts';
import { ensureReadModels } from './read-models/define-tables.ts';
import { openLockSession } from './database/supervise.ts';
import type { EventLog } from './journal/event-log.ts';
import type { FollowedLog } from './journal/copier/followed-log.ts';
import { journalIsLogProbe } from './journal/copier/log-probes.ts';
import { claimJournalSource } from './journal/copier/journal-source.ts';
import { openPostgresLog } from './journal/postgres-log.ts';
import { startChainer } from './journal/chain/journal-chain.ts';
import type { Probe } from './runtime/readiness.ts';

/** The folder of the durable tables' migrations. */
export const migrationsFolder = join(fileURLToPath(new URL('..', import.meta.url)), 'migrations');

/** What opening a ledger takes. */
export interface OpenLedgerOptions {
  target: ConnectTarget;
  projections: readonly Projection[];
  clock: Clock;
  newId: NewId;
  /** ISO currency that the ledger bills in. */
  currency: string;
  /** Default: those of an environment that sets none. */
  reportLimits?: ReportLimits;
  logger: Logger;
  /** False where other processes feed the journal and the read models; default true. */
  project?: boolean;
  /**
   * EventStoreDB's connection string, where the events are there; otherwise the journal in PostgreSQL is the
   * log.
   */
  eventStoreUrl?: string | null;
  /**
   * Stands before the name of every stream in EventStoreDB, so that several ledgers can share one; default
   * none.
   */
  eventStoreStreamPrefix?: string;
  /**
   * A position of EventStoreDB's log that all events of a new ledger come after; default its beginning. Saves
   * reading what others wrote before.
   */
  eventStoreBegins?: bigint | null;
  /**
   * Told, once, when EventStoreDB turns out not to be the one that the journal was copied from: the process
   * should end.
   */
  onLogMismatch?: (error: unknown) => void;
  /** What all use in the log's place, such as one that counts its appends; default: the log itself. */
  measureLog?: (log: EventLog) => EventLog;
}

/** An open ledger and the connections behind it. */
export interface OpenLedger {
  ledger: Ledger;
  log: EventLog;
  sql: Sql;
  /** Opens a pool of so many connections to the same database, for bulk work; who opens it ends it. */
  openPool: (max: number) => Sql;
  /** Ask the log how it is. */
  probes: readonly Probe[];
  /** Finishes the batches under way and closes all connections. */
  close(): Promise<void>;
}

/**
 * Migrates the database, makes the read models' tables, starts what fills the journal and the read models,
 * and opens the ledger on them.
 * @throws {MigrationError} the schema does not belong to this build
 * @throws {ConfigError} EventStoreDB's connection string can't be used
 * @throws {WrongSource} the ledger's events are in the other kind of log
 * @throws {LogMismatch} EventStoreDB is not the one that the journal was copied from
 */
export async function openLedger(options: OpenLedgerOptions): Promise<OpenLedger> {
  const {
    target,
    projections,
    clock,
    newId,
    currency,
    logger,
    project = true,
    measureLog = (log) => log,
  } = options;
  const { reportLimits = defaultReportLimits } = options;
  // Whoever writes the journal keeps connections of its own: an append never queues behind reads. Two of them
  // are for batches of appends on their way. It looks streams up by their index only: a plan that was made
  // while the journal was small would go on scanning it.
  const writer = connect(target, {
    max: 4,
    applicationName: briefSessions.log,
    settings: { ...briefTransactions, enable_seqscan: 'off' },
  });
  const sql = connect(target, { max: 16, applicationName: 'arcadia-reads' });
  const runner = connect(target, {
    max: 4,
    applicationName: briefSessions.projections,
    settings: briefTransactions,
  });
  const locks = openLockSession(target);
  // What was opened, to be closed in reverse order.
  const opened: (() => Promise<unknown>)[] = [
    async () => Promise.all([locks, writer, sql, runner].map((pool) => pool.end())),
  ];
  const closeAll = async () => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    await migrate(sql, await readMigrations(migrationsFolder));
    await ensureReadModels(sql, projections);
    const { probes, ...plain } = await openLog(options, { writer, sql, locks });
    opened.push(() => plain.close());
    const log = measureLog(plain.log);
    const waiter = await createPositionWaiter(sql, projections);
    opened.push(() => waiter.close());
    if (project) {
      const projector = startProjector(runner, locks, projections, logger);
      const chainer = startChainer(runner, locks, logger);
      const watch = startFrozenSessionWatch(runner, locks, logger);
      opened.push(() => Promise.all([projector.stop(), chainer.stop(), watch.stop()]));
    }
    const openPool = (max: number) => connect(target, { max, applicationName: 'arcadia-bulk' });
    return {
      ledger: createLedger({ sql, log, waiter, clock, newId, currency, reportLimits }),
      log,
      sql,
      openPool,
      probes,
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** The log that the options name, unless the ledger's events are in the other one. */
async function openLog(
  options: OpenLedgerOptions,
  { writer, sql, locks }: { writer: Sql; sql: Sql; locks: Sql },
): Promise<FollowedLog> {
  const {
    eventStoreUrl = null,
    eventStoreStreamPrefix: streamPrefix = '',
    eventStoreBegins: begins = null,
    logger,
    project: copies = true,
    onLogMismatch: onMismatch,
  } = options;
  if (eventStoreUrl !== null) {
    // The client of EventStoreDB takes as long to load as all the rest.
    const { openFollowedLog } = await import('./journal/copier/followed-log.ts');
    return openFollowedLog({
      url: eventStoreUrl,
      streamPrefix,
      begins,
      sql,
      writer,
      locks,
      logger,
      copies,
      ...(onMismatch === undefined ? {} : { onMismatch }),
    }).catch(inTermsOfConfig);
  }
  await claimJournalSource(sql, 'journal');
  return {
    log: await openPostgresLog(writer),
    probes: [journalIsLogProbe(sql)],
    close: async () => undefined,
  };
}

async function inTermsOfConfig(error: unknown): Promise<never> {
  const { InvalidConnectionString } = await import('./journal/eventstoredb/url.ts');
  if (error instanceof InvalidConnectionString)
    throw new ConfigError([{ variable: 'EVENTSTORE_URL', reason: error.message }]);
  throw error;
}

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock } from './engine/clock.ts';
import { connect, type ConnectTarget } from './database/connection.ts';
import type { Sql } from './database/db.ts';
import type { NewId } from './engine/ids.ts';
import type { Ledger } from './engine/ledger.ts';
import type { Logger } from './engine/logger.ts';
import { migrate, readMigrations } from './engine/migrate.ts';
import { createPositionWaiter } from './engine/position-waiter.ts';
import { createLedger } from './engine/postgres-ledger.ts';
import type { Projection } from './engine/projection.ts';
import { startProjector } from './engine/projector.ts';
import { ensureReadModels } from './engine/read-models.ts';
import type { EventLog } from './log/event-log.ts';
import { openPostgresLog } from './log/postgres-log.ts';

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
  logger: Logger;
  /** False where another process feeds the read models; default true. */
  project?: boolean;
  /** What all use in the log's place, such as one that counts its appends; default: the log itself. */
  measureLog?: (log: EventLog) => EventLog;
}

/** An open ledger and the connections behind it. */
export interface OpenLedger {
  ledger: Ledger;
  log: EventLog;
  sql: Sql;
  /** Finishes the projections' batch under way and closes all connections. */
  close(): Promise<void>;
}

/**
 * Migrates the database, makes the read models' tables, starts the projections' runner and opens the ledger on it.
 * @throws {MigrationError} the schema does not belong to this build
 */
export async function openLedger({ target, projections, clock, newId, currency, logger, project = true, measureLog = (log) => log }: OpenLedgerOptions): Promise<OpenLedger> {
  // The writer of the log keeps a connection of its own: an append never queues behind reads.
  // It looks streams up by their index only: a plan that was made while the journal was small would go on scanning it.
  const appends = connect(target, { max: 2, applicationName: 'arcadia-log', settings: { enable_seqscan: 'off' } });
  const sql = connect(target, { max: 16, applicationName: 'arcadia-reads' });
  const runner = connect(target, { max: 4, applicationName: 'arcadia-projections' });
  const runnerLock = connect(target, { max: 1, applicationName: 'arcadia-runner-lock' });
  const endAll = () => Promise.all([runnerLock.end({ timeout: 5 }), appends.end({ timeout: 5 }), sql.end({ timeout: 5 }), runner.end({ timeout: 5 })]);
  try {
    await migrate(sql, await readMigrations(migrationsFolder));
    await ensureReadModels(sql, projections);
    const log = measureLog(await openPostgresLog(appends));
    const waiter = await createPositionWaiter(sql, projections);
    const projector = project ? startProjector(runner, runnerLock, projections, logger) : undefined;
    return {
      ledger: createLedger({ sql, log, waiter, clock, newId, currency }),
      log,
      sql,
      async close() {
        await projector?.stop();
        await waiter.close();
        await endAll();
      },
    };
  } catch (error) {
    await endAll();
    throw error;
  }
}

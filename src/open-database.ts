// From a configuration to the ledger alone: what the command line needs that answers no requests and runs no jobs.
import { join } from 'node:path';
import { projections } from '../projections/index.ts';
import type { Config } from './config.ts';
import type { ConnectTarget } from './database/connection.ts';
import { startEmbeddedPostgres } from './embedded/postgres.ts';
import { systemClock } from './engine/clock.ts';
import { randomId } from './engine/ids.ts';
import type { Logger } from './engine/logger.ts';
import { openLedger, type OpenLedger } from './open-ledger.ts';

/** A database, and how to leave the server that it is on. */
export interface Database {
  target: ConnectTarget;
  /** Leaves an embedded server, which the last to leave stops; nothing to do for a server of somebody else. */
  leave(): Promise<void>;
}

/** The configured database: that of `DATABASE_URL`, else an embedded server's below `ARCADIA_DATA`, started or joined. */
export async function openDatabase(config: Config, logger: Logger): Promise<Database> {
  if (config.databaseUrl !== null) return { target: config.databaseUrl, leave: async () => undefined };
  const say = { info: (message: string) => { logger.info(message); } };
  const { target, stop } = await startEmbeddedPostgres({ dataDir: join(config.arcadiaData, 'postgres'), logger: say });
  return { target, leave: stop };
}

/**
 * Opens the configured ledger with its read models, which this process feeds like any other. `close` also leaves the
 * database. Throws as {@link openLedger} does.
 */
export async function openLedgerFromConfig(config: Config, logger: Logger): Promise<OpenLedger> {
  const database = await openDatabase(config, logger);
  try {
    const { eventStoreUrl, billingCurrency: currency } = config;
    const ledger = await openLedger({
      target: database.target, eventStoreUrl, currency, projections, clock: systemClock, newId: randomId, logger,
    });
    return {
      ...ledger,
      async close() {
        await ledger.close();
        await database.leave();
      },
    };
  } catch (error) {
    await database.leave();
    throw error;
  }
}

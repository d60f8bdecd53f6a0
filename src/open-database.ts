// From a configuration to the ledger alone: what the command line needs that answers no requests and runs no
// jobs.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projections } from '../projections/index.ts';
import type { Config } from './config.ts';
import { isConnectionError } from './database/connection.ts';
import type { ConnectTarget } from './database/connection.ts';
import { startEmbeddedPostgres } from './embedded/postgres.ts';
import { systemClock } from './ledger/clock.ts';
import { randomId } from './ledger/ids.ts';
import type { Logger } from './runtime/logger.ts';
import { LogUnavailable } from './journal/event-log.ts';
import { openLedger, type OpenLedger } from './open-ledger.ts';

/** A database, and how to leave the server that it is on. */
export interface Database {
  target: ConnectTarget;
  /** Whether it is on an embedded server, which is started again when it ends unasked; default false. */
  watched?: boolean;
  /**
   * Leaves an embedded server, which the last to leave stops; nothing to do for a server of somebody else.
   */
  leave(): Promise<void>;
}

/**
 * The configured database: that of `DATABASE_URL`, else an embedded server's below `ARCADIA_DATA`, started or
 * joined.
 */
export async function openDatabase(config: Config, logger: Logger): Promise<Database> {
  if (config.databaseUrl !== null) return { target: config.databaseUrl, leave: async () => undefined };
  const server = await startEmbeddedPostgres({ dataDir: join(config.arcadiaData, 'postgres'), logger });
  server.watch(logger);
  return { target: server.target, watched: true, leave: server.stop };
}

/** How long a start waits for an embedded server that is killed meanwhile and started again. */
const restartMs = 60_000;
const retryMs = 250;

/** Does work that may be done again from its beginning: while a watched server is away, again and again. */
export async function overRestarts<T>(isWatched: boolean, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + restartMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const isAway = isConnectionError(error) || error instanceof LogUnavailable;
      if (!isWatched || !isAway || performance.now() > deadline) throw error;
      await sleep(retryMs);
    }
  }
}

/**
 * Opens the configured ledger with its read models, which this process feeds like any other. `close` also
 * leaves the database. Throws as {@link openLedger} does.
 */
export async function openLedgerFromConfig(config: Config, logger: Logger): Promise<OpenLedger> {
  const database = await openDatabase(config, logger);
  try {
    const { eventStoreUrl, billingCurrency: currency } = config;
    const open = () =>
      openLedger({
        target: database.target,
        eventStoreUrl,
        currency,
        projections,
        clock: systemClock,
        newId: randomId,
        logger,
      });
    const ledger = await overRestarts(database.watched === true && eventStoreUrl === null, open);
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

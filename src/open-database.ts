// From a configuration to its database.
import { join } from 'node:path';
import type { Config } from './config.ts';
import type { ConnectTarget } from './database/db.ts';
import { startEmbeddedPostgres } from './embedded/embedded-postgres.ts';
import type { Logger } from './runtime/logger.ts';

/** A database, and how to leave the server that it is on. */
export interface Database {
  target: ConnectTarget;
  /** Leaves an embedded server, which the last process to leave stops. Any other server is left alone. */
  leave: () => Promise<void>;
}

/**
 * The configured database: that of `DATABASE_URL`, else an embedded server's below `ARCADIA_DATA`, started or
 * joined. An embedded server is started again when it ends unasked.
 */
export async function openDatabase(config: Config, logger: Logger): Promise<Database> {
  if (config.databaseUrl !== null) return { target: config.databaseUrl, leave: async () => undefined };
  const server = await startEmbeddedPostgres({ dataDir: join(config.arcadiaData, 'postgres'), logger });
  server.watch(logger);
  return { target: server.target, leave: server.stop };
}

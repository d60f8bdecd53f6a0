// From a configuration to the event log: the journal itself, or EventStoreDB with the journal following it.
import { ConfigError, type Config } from './config.ts';
import type { Sql } from './database/db.ts';
import type { FollowedLog, FollowedLogOptions } from './journal/copier/followed-log.ts';
import { journalIsLogProbe } from './journal/copier/log-probes.ts';
import { claimJournalSource } from './journal/copier/journal-source.ts';
import { openPostgresLog } from './journal/postgres-log.ts';
import type { Logger } from './runtime/logger.ts';

/** The connections of a ledger that its log works on. */
interface LogConnections {
  /** For writing the journal and reading its streams. */
  writer: Sql;
  /** One connection, on which batches of appends follow each other. */
  appender: Sql;
  sql: Sql;
  locks: Sql;
  logger: Logger;
}

/**
 * Opens the event log of a ledger.
 * @throws {WrongSource} the ledger's events are in the other kind of log
 */
export type OpenLog = (connections: LogConnections) => Promise<FollowedLog>;

/** The log that a configuration names. */
export function openLogOf({ eventStoreUrl }: Config, onMismatch?: (error: unknown) => void): OpenLog {
  if (eventStoreUrl === null) return openJournalAsLog;
  return openEventStoreAsLog({
    url: eventStoreUrl,
    streamPrefix: '',
    begins: null,
    copies: true,
    ...(onMismatch === undefined ? {} : { onMismatch }),
  });
}

/** The journal in PostgreSQL is the log. */
export const openJournalAsLog: OpenLog = async ({ sql, writer, appender }) => {
  await claimJournalSource(sql, 'journal');
  return {
    log: await openPostgresLog(writer, appender),
    probes: [journalIsLogProbe(sql)],
    close: async () => undefined,
  };
};

/**
 * The log is in EventStoreDB.
 * @returns what opens it; it throws {ConfigError} where the connection string can't be used, and
 * {LogMismatch} where the journal was copied from another EventStoreDB
 */
export function openEventStoreAsLog(options: Omit<FollowedLogOptions, keyof LogConnections>): OpenLog {
  return async (connections) => {
    // The client of EventStoreDB takes as long to load as all the rest.
    const [{ openFollowedLog }, { InvalidConnectionString }] = await Promise.all([
      import('./journal/copier/followed-log.ts'),
      import('./journal/eventstoredb/url.ts'),
    ]);
    try {
      return await openFollowedLog({ ...options, ...connections });
    } catch (error) {
      if (!(error instanceof InvalidConnectionString)) throw error;
      throw new ConfigError([{ variable: 'EVENTSTORE_URL', reason: error.message }]);
    }
  };
}

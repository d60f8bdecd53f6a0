import { openDatabase } from '../open-database.ts';
import type { Config } from '../config.ts';
import { connect } from '../database/connection.ts';
import type { Sql } from '../database/db.ts';
import { silentLogger } from '../runtime/logger.ts';
import { openLockSession } from '../database/supervise.ts';
import { migrate, readMigrations } from '../database/migrate.ts';
import {
  copyToEventStore,
  type CopyPhase,
  type CopyResult,
} from '../journal/log-copy/copy-to-eventstoredb.ts';
import { openEventStore, type EventStore } from '../journal/eventstoredb/client.ts';
import { InvalidConnectionString } from '../journal/eventstoredb/url.ts';
import { migrationsFolder } from '../open-ledger.ts';
import { createPhases } from './phases.ts';
import { stopSignal } from './stop-signal.ts';
import { UsageError } from './usage-error.ts';

/** The options of `arcadia log copy`. */
export interface CopyCommand {
  to?: string;
  json?: boolean;
}

/**
 * Moves the log into EventStoreDB, with its progress on stderr.
 * @returns the exit code: 0 when the log has moved, 130 when the copy was interrupted
 */
export async function copyLog(
  config: Config,
  { to = config.eventStoreUrl ?? undefined, json = false }: CopyCommand,
): Promise<number> {
  if (to === undefined)
    throw new UsageError('Say where to: --to esdb://host:2113?tls=true, or set EVENTSTORE_URL.');
  const store = connectionTo(to);
  const stop = new AbortController();
  const signal = stopSignal(() => {
    stop.abort();
    process.stderr.write(
      '\nThe copy stops at the next page, and goes on from there another time; press again to ' +
        'stop at once.\n',
    );
  });
  const start = performance.now();
  const progress = createPhases(process.stderr, 'events');
  try {
    const result = await withDatabase(config, (sql, session) =>
      copyToEventStore({
        sql,
        session,
        store,
        signal: stop.signal,
        onProgress: (phase, done, total) => {
          progress.update(labels[phase], done, total);
        },
      }),
    );
    progress.end();
    if (result === null) return 130;
    process.stdout.write(
      json
        ? `${JSON.stringify({ ...result, seconds: Math.round(performance.now() - start) / 1000 })}\n`
        : shown(result, performance.now() - start),
    );
    return 0;
  } finally {
    progress.end();
    signal.release();
    await store.close();
  }
}

/** @throws {UsageError} its message quotes nothing of the connection string */
function connectionTo(url: string): EventStore {
  try {
    return openEventStore(url);
  } catch (error) {
    if (error instanceof InvalidConnectionString) throw new UsageError(`--to: ${error.message}`);
    throw error;
  }
}

async function withDatabase<T>(config: Config, work: (sql: Sql, session: Sql) => Promise<T>): Promise<T> {
  const database = await openDatabase(config, silentLogger);
  const sql = connect(database.target, { max: 4, applicationName: 'arcadia-log-copy' });
  const session = openLockSession(database.target);
  try {
    await migrate(sql, await readMigrations(migrationsFolder));
    return await work(sql, session);
  } finally {
    await Promise.all([sql, session].map((pool) => pool.end()));
    await database.leave();
  }
}

const labels: Record<CopyPhase, string> = {
  look: 'reading EventStoreDB',
  write: 'copying',
  compare: 'comparing',
};

function shown({ events, present, hash }: CopyResult, ms: number): string {
  const already = present === 0 ? '' : `, ${present} of which were there already`;
  return [
    `The log has moved to EventStoreDB: ${events} events in ${(ms / 1000).toFixed(1)} s${already}.`,
    `  both sides hold the same, in the same order (sha256 ${hash})`,
    '  from now on start the service with EVENTSTORE_URL set; one that runs without it takes no ' +
      'more commands',
    '',
  ].join('\n');
}

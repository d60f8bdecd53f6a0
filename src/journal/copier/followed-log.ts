import { setTimeout as delay } from 'node:timers/promises';
import type { Sql } from '../../database/db.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Probe } from '../../runtime/readiness.ts';
import { ANSWER_WITHIN_MS, type EventLog } from '../event-log.ts';
import { openEventStore, type EventStore } from '../eventstoredb/client.ts';
import { followAll } from '../eventstoredb/follow.ts';
import { openEventStoreLog } from '../eventstoredb/log.ts';
import { retryWhileAway } from '../eventstoredb/retry-while-away.ts';
import { LogMismatch } from '../log-mismatch.ts';
import { startJournalCopier, confirmedEnd, type CopiedLog } from './journal-copier.ts';
import { eventStoreProbe, journalProbe } from './log-probes.ts';
import { openCopiedPosition } from './copied-position.ts';
import { claimJournalSource, readJournalSource, readLogId } from './journal-source.ts';

/** How often to look for an event that a cluster seems to lack: a newly elected node may lag behind. */
const CLUSTER_CHECKS = 5;

export interface FollowedLogOptions {
  /** EventStoreDB's connection string. */
  url: string;
  /** Begins every stream name on the server, so that several ledgers can share one. */
  streamPrefix: string;
  /** Where an empty journal begins; null: at the log's beginning. */
  begins: bigint | null;
  sql: Sql;
  /** Connections of the copier's own. */
  writer: Sql;
  locks: Sql;
  logger: Logger;
  /** False where other processes copy. */
  copies: boolean;
  onMismatch?: (error: unknown) => void;
}

/** The event log in EventStoreDB, with the journal following it. */
export interface FollowedLog {
  log: EventLog;
  probes: readonly Probe[];
  /** Stops the copier after its batch. */
  close(): Promise<void>;
}

/**
 * Opens the log in EventStoreDB and starts copying it into the journal.
 * @throws {WrongSource} the journal is filled by something else
 * @throws {LogMismatch} the journal was copied from another EventStoreDB
 * @throws {LogUnavailable} it does not answer
 */
export async function openFollowedLog(options: FollowedLogOptions): Promise<FollowedLog> {
  const { url, streamPrefix, begins, sql, writer, locks, logger, copies, onMismatch } = options;
  const store = openEventStore(url);
  try {
    // A first start claims nothing while its server is away.
    if ((await readJournalSource(sql)).kind === null) await store.end();
    await claimJournalSource(sql, 'eventstoredb');
    const source = copiedLog(store, streamPrefix, logger);
    await confirmedEnd(sql, source);
    await forgetBeyondEnd(sql, store);
    // What is before `begins` counts as copied.
    if (begins !== null)
      await sql`
        update journal_source set scanned = greatest(scanned, ${String(begins)}::bigint)
        where not exists (select from journal)`;
    const journal = await openCopiedPosition(sql);
    const log = openEventStoreLog({
      store,
      id: await readLogId(sql),
      journal,
      streamPrefix,
      confirm: () => confirmLog(sql, source, onMismatch),
    });
    const copier = copies
      ? startJournalCopier({
          sql: writer,
          locks,
          source,
          begins,
          logger,
          ...(onMismatch === undefined ? {} : { onMismatch }),
        })
      : undefined;
    return {
      log,
      probes: [eventStoreProbe(store), journalProbe(sql, store)],
      async close() {
        await copier?.stop();
        await journal.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/**
 * Checks that the log still holds the journal's last event, on every node: after an outage appends may come
 * back before the copier does.
 */
async function confirmLog(
  sql: Sql,
  source: CopiedLog,
  onMismatch: FollowedLogOptions['onMismatch'],
): Promise<void> {
  try {
    // Every append over the connection waits for this, so a late answer must not fail it.
    await confirmedEnd(sql, source, performance.now() + ANSWER_WITHIN_MS);
  } catch (error) {
    if (error instanceof LogMismatch) onMismatch?.(error);
    throw error;
  }
}

/**
 * A log restored from a backup may hold all of the journal's events and yet end before the scanned position,
 * where system events were. Its next events would take positions that count as copied: so the scanned
 * position is set back.
 */
async function forgetBeyondEnd(sql: Sql, store: EventStore): Promise<void> {
  const { scanned } = await readJournalSource(sql);
  if (scanned === null || scanned <= (await store.end())) return;
  await sql`
    update journal_source set scanned = (select max(source_position) from journal)
    where scanned = ${String(scanned)}::bigint`;
}

/** EventStoreDB as the log that the journal is copied from. */
export function copiedLog(store: EventStore, streamPrefix: string, logger: Logger): CopiedLog {
  return {
    follow: (after, signal, onResume) => followAll(store, { after, streamPrefix, signal, logger, onResume }),
    async idAt(stream, revision, until = 0) {
      for (let check = 1; ; check++) {
        const read = () => store.readStream(streamPrefix + stream, BigInt(revision), 1);
        const [found] = await retryWhileAway(until, read);
        if (found?.event?.revision === BigInt(revision)) return found.event.id;
        if (!store.clustered || check === CLUSTER_CHECKS) return null;
        await delay(store.deadlineMs / CLUSTER_CHECKS);
      }
    },
  };
}

import { advisoryLocks } from '../../database/advisory-locks.ts';
import { isTransientError } from '../../database/connection.ts';
import type { Sql } from '../../database/db.ts';
import type { Logger } from '../../runtime/logger.ts';
import { supervise, type Supervised } from '../../database/supervise.ts';
import { LogUnavailable } from '../event-log.ts';
import type { FollowedBatch } from '../eventstoredb/follow.ts';
import { LogMismatch, wipedOrRestored } from '../log-mismatch.ts';
import { encodeBatches, writeBatch, type JournalEnd } from './copied-batch.ts';

/** The log that the journal is copied from. */
export interface CopiedLog {
  /**
   * All events after a position, in order, without end, also over dropped connections.
   * @param onResume runs before each subscription
   * @throws {LogMismatch} `after` is beyond the log's end
   */
  follow(
    after: bigint | null,
    signal: AbortSignal,
    onResume: () => Promise<void>,
  ): AsyncIterable<FollowedBatch>;
  /**
   * Id of the event at a revision of a stream; null without one.
   * @param until on the clock of `performance.now()`: until then a late answer is retried; default once
   */
  idAt(stream: string, revision: number, until?: number): Promise<string | null>;
}

export interface JournalCopierOptions {
  sql: Sql;
  /** The session that holds the lock. */
  locks: Sql;
  source: CopiedLog;
  /** Where an empty journal begins; default: at the log's beginning. */
  begins?: bigint | null;
  logger: Logger;
  /** Called once if the log is not the journal's: copying has ended, and so should the process. */
  onMismatch?: (error: unknown) => void;
}

/** From a batch of so many events on, the copier prepares the next batch while this one is written. */
const BEHIND = 500;

/**
 * Starts the copier: one is active among all processes (advisory lock). Each batch is written only behind the
 * row that the copier knows as the journal's last, so two copiers at once copy nothing twice.
 */
export function startJournalCopier({
  sql,
  locks,
  source,
  begins = null,
  logger,
  onMismatch,
}: JournalCopierOptions): Supervised {
  return supervise(
    locks,
    {
      name: 'journal',
      lock: advisoryLocks.copier,
      run: (signal) => copy(sql, source, begins, signal),
      passing: (error) => error instanceof LogUnavailable || isTransientError(error),
      fatal: (error) => error instanceof LogMismatch,
      ...(onMismatch === undefined ? {} : { onFatal: onMismatch }),
    },
    logger,
  );
}

/**
 * The journal's end, after its last event was found at the same place in the log.
 * @param until on the clock of `performance.now()`: until then a late answer is retried; default once
 * @throws {LogMismatch} it is not there
 */
export async function confirmedEnd(
  sql: Sql,
  source: Pick<CopiedLog, 'idAt'>,
  until?: number,
): Promise<JournalEnd> {
  const [last] = await sql<
    { position: number; stream: string; revision: number; id: string; source: string | null }[]
  >`
    select position, stream, revision, id, source_position::text as source
    from journal order by position desc limit 1`;
  if (last === undefined) return { position: 0, source: null };
  if (last.source === null)
    throw new LogMismatch(`The journal's last event (${last.position}) did not come from EventStoreDB.`);
  const found = await source.idAt(last.stream, last.revision, until);
  if (found === last.id) return { position: last.position, source: BigInt(last.source) };
  throw new LogMismatch(
    `EventStoreDB is not the one that this ledger's journal was copied from: ` +
      `${found === null ? 'it has no' : 'it has another'} event at revision ${last.revision} of stream ` +
      `${last.stream}, the journal's last (position ${last.position}, id ${last.id}). ${wipedOrRestored}`,
  );
}

/** Follows the log, reading no further than needed. */
async function copy(sql: Sql, source: CopiedLog, begins: bigint | null, signal: AbortSignal): Promise<void> {
  let end = await confirmedEnd(sql, source);
  const stop = new AbortController();
  const batches = source
    .follow(end.source ?? begins, AbortSignal.any([signal, stop.signal]), async () => {
      await confirmedEnd(sql, source);
    })
    [Symbol.asyncIterator]();
  let writing: Promise<void> = Promise.resolve();
  try {
    for (;;) {
      const next = batches.next();
      // The first failure ends the run; a second must not count as unhandled.
      next.catch(() => undefined);
      const batch = await Promise.race([next, failureOf(writing)]);
      if (batch.done === true) return;
      for (const encoded of encodeBatches(end, batch.value.events, batch.value.scanned)) {
        await writing;
        writing = writeBatch(sql, encoded);
        writing.catch(() => undefined);
        end = encoded.to;
      }
      if (batch.value.events.length < BEHIND) await writing;
    }
  } finally {
    stop.abort();
    await batches.return?.().catch(() => undefined);
    await writing;
  }
}

/** Rejects when the work fails, else never settles. */
function failureOf(work: Promise<void>): Promise<never> {
  return new Promise((_, reject) => {
    work.catch(reject);
  });
}

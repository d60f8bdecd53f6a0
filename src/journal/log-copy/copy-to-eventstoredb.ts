import { setTimeout as delay } from 'node:timers/promises';
import { advisoryLocks } from '../../database/advisory-locks.ts';
import type { Db, Sql, Transaction } from '../../database/db.ts';
import { LogUnavailable } from '../event-log.ts';
import type { EventStore } from '../eventstoredb/client.ts';
import { readJournalSource } from '../copier/journal-source.ts';
import { CopyRefused } from './copy-refused.ts';
import { journalHead } from '../read-journal.ts';
import { forkProgress, nothingCopied, compareCopy, type CopyProgress } from './compare-copy.ts';
import { writeEvents } from './write-events.ts';

/** Appends are stopped for the last events, at most so many … */
const FEW = 500;
/** How many events to compare at a time while others are written. */
const BESIDE = 200;
/** … or after so many rounds, if the ledger appends as fast as it is copied. */
const MAX_ROUNDS = 20;
/** The most failures in a row without progress, and the milliseconds of pause after each. */
const MAX_FAILURES = 20;
const RETRY_MS = 500;

/** `look`: finds how far the server is. */
export type CopyPhase = 'look' | 'write' | 'compare';

export interface CopyOptions {
  sql: Sql;
  /** A pool of one connection, for the copy's lock. */
  session: Sql;
  store: EventStore;
  /** Begins every stream name on the server; default none. */
  streamPrefix?: string;
  /** The copy comes after this position of the server's log; default its beginning. */
  begins?: bigint | null;
  /** Ends the copy at the next page; another copy goes on from there. */
  signal?: AbortSignal;
  onProgress?: (phase: CopyPhase, done: number, total: number) => void;
}

export interface CopyResult {
  events: number;
  /** How many of them an earlier copy had written. */
  present: number;
  /** Over all events in order, equal on both sides. */
  hash: string;
}

/**
 * Copies the journal into EventStoreDB in order, and makes EventStoreDB the log. Appends go on meanwhile;
 * they are stopped only for the last events and the final comparison. After an interrupted copy, the next one
 * finds its place by reading the server. Nothing is doubled: every append has its ids and exact revision.
 * @returns null when it was ended by the signal
 * @throws {CopyRefused} the server holds something else or is the log already, or another copy is running
 * @throws {LogUnavailable} the server stays away
 */
export async function copyToEventStore(options: CopyOptions): Promise<CopyResult | null> {
  const { session } = options;
  try {
    const [row] = await session<
      { held: boolean }[]
    >`select pg_try_advisory_lock(${advisoryLocks.space}, ${advisoryLocks.logCopy}) as held`;
    if (row?.held !== true) throw new CopyRefused('The log is being copied already, by another process.');
    return await copyUnderLock(options);
  } finally {
    await session`select pg_advisory_unlock(${advisoryLocks.space}, ${advisoryLocks.logCopy})`.catch(
      () => undefined,
    );
  }
}

async function copyUnderLock(options: CopyOptions): Promise<CopyResult | null> {
  const { sql, signal = new AbortController().signal } = options;
  if ((await readJournalSource(sql)).kind === 'eventstoredb')
    throw new CopyRefused(
      "This ledger's events are in EventStoreDB already: start the service with EVENTSTORE_URL.",
    );
  // A server that is away now fails the copy; if it goes away later, the copy waits.
  await options.store.end();
  // Positions from a copy into another server are void.
  await sql`update journal set source_position = null where source_position is not null`;
  const progress = { ...nothingCopied(), scanned: options.begins ?? null };
  const state: CopyState = { ...options, signal, progress, present: null };
  for (let failures = 0, at = -1; ;) {
    try {
      return await copyAll(state);
    } catch (error) {
      failures = state.progress.position > at ? 1 : failures + 1;
      if (!(error instanceof LogUnavailable) || failures > MAX_FAILURES || signal.aborted) throw error;
      at = state.progress.position;
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

interface CopyState extends CopyOptions {
  signal: AbortSignal;
  progress: CopyProgress;
  /** How many events were there before; null if not known yet. */
  present: number | null;
}

/** Finds how far the server is, copies up to the journal's end, and makes the server the log. */
async function copyAll(state: CopyState): Promise<CopyResult | null> {
  const { sql, store, streamPrefix = '', signal, onProgress = () => undefined } = state;
  const compare = async (db: Db, progress: CopyProgress, phase: CopyPhase) => {
    const head = await journalHead(db);
    await compareCopy(db, store, progress, {
      streamPrefix,
      signal,
      onCompared: (position) => onProgress(phase, position, Math.max(head, position)),
    });
  };
  const copyRound = async (db: Db, progress: CopyProgress) => {
    await writeAndCompare(db, state, progress);
    await compare(db, progress, 'compare');
  };
  await compare(sql, state.progress, state.present === null ? 'look' : 'compare');
  state.present ??= state.progress.position;
  for (
    let round = 0;
    round < MAX_ROUNDS && !signal.aborted && (await journalHead(sql)) - state.progress.position > FEW;
    round++
  )
    await copyRound(sql, state.progress);
  // If the transaction fails, its writes to the journal are undone: the progress is then as before.
  const final = forkProgress(state.progress);
  await sql.begin(async (tx) => {
    // Stops appends until this transaction ends.
    await tx`select pg_advisory_xact_lock(${advisoryLocks.space}, ${advisoryLocks.appends})`;
    await copyRound(tx, final);
    if (!signal.aborted) await moveLog(tx, final);
  });
  return signal.aborted
    ? null
    : { events: final.position, present: state.present, hash: final.targetHash.digest() };
}

/**
 * Writes the journal's events after `progress`, and compares meanwhile: writing one append after the other
 * mostly waits for answers.
 */
async function writeAndCompare(db: Db, state: CopyState, progress: CopyProgress): Promise<void> {
  const { store, streamPrefix = '', onProgress = () => undefined } = state;
  const head = await journalHead(db);
  const stop = new AbortController();
  const signal = AbortSignal.any([state.signal, stop.signal]);
  let written = progress.position;
  let writing = true;
  let wake: () => void = () => undefined;
  const onWritten = (events: number) => {
    written += events;
    onProgress('write', written, head);
    wake();
  };
  const ended = () => {
    writing = false;
    wake();
  };
  const options = { streamPrefix, signal, onWritten };
  const done = writeEvents(db, store, progress.position, head, options).finally(ended);
  done.catch(() => undefined);
  try {
    while (writing) {
      if (written - progress.position < BESIDE)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      else await compareCopy(db, store, progress, { streamPrefix, signal, upTo: written });
    }
  } catch (error) {
    stop.abort();
    await done.catch(() => undefined);
    throw error;
  }
  await done;
}

/** Makes EventStoreDB the log, once both sides are proven equal. */
async function moveLog(tx: Transaction, progress: CopyProgress): Promise<void> {
  const head = await journalHead(tx);
  const [copied] = await tx<{ events: number }[]>`
    select count(*) as events from journal where source_position is not null`;
  const [journalHash, targetHash] = [progress.journalHash.digest(), progress.targetHash.digest()];
  if (progress.position !== head || copied?.events !== head || journalHash !== targetHash) {
    throw new CopyRefused(
      `The copy is not the journal: ${progress.position} of ${head} events ` +
        `(hash ${targetHash}, the journal's ${journalHash}). Copy into an empty EventStoreDB.`,
    );
  }
  const scanned = progress.scanned === null ? null : String(progress.scanned);
  await tx`
    update journal_source
    set kind = 'eventstoredb', scanned = ${scanned}, moved_at = ${head}, updated_at = now()`;
}

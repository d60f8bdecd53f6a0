import { setTimeout as delay } from 'node:timers/promises';
import { silentLogger, type Logger } from '../../runtime/logger.ts';
import { AccessRefused, LogUnavailable } from '../event-log.ts';
import { LogMismatch, wipedOrRestored } from '../log-mismatch.ts';
import type { EventStore } from './client.ts';
import { troubleOf } from './errors.ts';
import { readToEnd, silentFor, subscribe, type Feed } from './feed.ts';
import { EventBuffer, type FollowedBatch } from './event-buffer.ts';

export type { FollowedBatch, FollowedEvent } from './event-buffer.ts';

export interface FollowOptions {
  /** The consumer's last position; null: from the log's start. */
  after: bigint | null;
  /** Follows only streams with this prefix, which is cut from their names. Default: all. */
  streamPrefix?: string;
  /** Ends the iteration, without an error. */
  signal?: AbortSignal;
  logger?: Logger;
  /**
   * Checks, at the start and before each resumption, that this is still the same log. Its errors end the
   * following, except passing trouble.
   */
  onResume?: () => Promise<void>;
}

const FIRST_WAIT_MS = 50;
/** Short, since what clients write after an outage can be read only once the journal goes on. */
const LAST_WAIT_MS = 1_000;
/** If the last read took longer, its end is too old to subscribe from. */
const FRESH_MS = 1_000;
/** After so many failures at the stored position it is taken for another log's. */
const FAILURES_AT_POSITION = 3;
/** A read may be silent for so many deadlines: it has to find its place first. */
const READ_DEADLINES = 3;
/** After so many failed reads of the log's end a silent subscription is given up. */
const FAILED_ENDS = 2;
/** How often to check a cluster's end that seems to lie before ours: a newly elected node may lag behind. */
const CLUSTER_END_CHECKS = 5;

/**
 * Follows the whole log: every event of this ledger after a position, once, in order, as long as it is
 * iterated. When a subscription ends (a restart, another leader, a cut connection, a slow consumer), the next
 * one begins at the last position that was handed out.
 *
 * Older events are read (`readAll`, inclusive, so that an event behind a scavenged position is not skipped);
 * a subscription begins at the log's end. A batch grows while the consumer is busy; a full one holds the
 * server back.
 *
 * @throws {LogMismatch} `after` lies beyond the log's end, or is no position in it
 * @throws {AccessRefused} the credentials do not allow it
 */
export async function* followAll(
  store: EventStore,
  options: FollowOptions,
): AsyncGenerator<FollowedBatch, void, undefined> {
  const { signal, logger = silentLogger } = options;
  const stopped = () => signal?.aborted === true;
  const buffer = new EventBuffer(options.after, options.streamPrefix ?? '', logger);
  const failures = new Failures(logger, signal);
  async function* drained(open: typeof readToEnd): AsyncGenerator<FollowedBatch, void, undefined> {
    for await (const batch of drain(
      store,
      open(store.client, buffer.scanned, buffer),
      buffer,
      open === subscribe,
      signal,
    )) {
      failures.none();
      yield batch;
    }
  }
  while (!stopped()) {
    let position: bigint | null = null;
    try {
      await refuseBeyondEnd(store, buffer.scanned);
      await options.onResume?.();
      position = buffer.scanned;
      let began: number;
      // The position to subscribe from has to be recent; the consumer's last batch may have taken long.
      do {
        began = performance.now();
        yield* drained(readToEnd);
      } while (!stopped() && performance.now() - began > FRESH_MS);
      position = null;
      if (!stopped()) yield* drained(subscribe);
      if (!stopped()) throw new LogUnavailable('the server ended the subscription');
    } catch (error) {
      await failures.another(error, position);
    }
  }
}

/** Hands on a feed's events until it ends, and closes it. */
async function* drain(
  store: EventStore,
  feed: Feed,
  buffer: EventBuffer,
  live: boolean,
  signal: AbortSignal | undefined,
): AsyncGenerator<FollowedBatch, void, undefined> {
  const stop = () => void feed.close();
  signal?.addEventListener('abort', stop, { once: true });
  const silenceMs = live ? store.deadlineMs : store.deadlineMs * READ_DEADLINES;
  // The log's end while the subscription was silent; null if it is not behind.
  let behind: bigint | null = null;
  let failedEnds = 0;
  try {
    for (;;) {
      const state = await feed.ready(silenceMs);
      if (state === 'ended' || signal?.aborted === true) return;
      if (state === 'more') {
        failedEnds = 0;
        yield buffer.take();
        feed.resume();
      } else if (!live || (behind !== null && behind > (buffer.scanned ?? 0n))) {
        throw silentFor(silenceMs);
      } else {
        // A quiet log is silent too. If the log has gone on, our subscription is lost.
        try {
          behind = await store.end();
          failedEnds = 0;
        } catch (error) {
          // A busy server may answer this late while it sends events.
          failedEnds += 1;
          if (!(error instanceof LogUnavailable) || failedEnds >= FAILED_ENDS) throw error;
        }
      }
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    await feed.close();
  }
}

/**
 * For a position beyond the log's end the server gives no error: it is silent, then sends another log's
 * events.
 */
async function refuseBeyondEnd(store: EventStore, position: bigint | null): Promise<void> {
  let end = await store.end();
  for (let check = 1; end < (position ?? 0n) && store.clustered && check < CLUSTER_END_CHECKS; check++) {
    await delay(store.deadlineMs / CLUSTER_END_CHECKS);
    end = await store.end();
  }
  if (end >= (position ?? 0n)) return;
  throw new LogMismatch(
    `the position to go on from (${position}) lies beyond the end of the event log (${end}). ` +
      wipedOrRestored,
  );
}

/** Counts failures in a row, with a growing wait after each. */
class Failures {
  readonly #logger: Logger;
  readonly #signal: AbortSignal | undefined;
  #unknown = 0;
  #wait = FIRST_WAIT_MS;

  constructor(logger: Logger, signal: AbortSignal | undefined) {
    this.#logger = logger;
    this.#signal = signal;
  }

  none(): void {
    this.#unknown = 0;
    this.#wait = FIRST_WAIT_MS;
  }

  /**
   * Waits before the next try, or throws an error that another try does not mend.
   * @param reading the position whose reading failed; null: another step failed
   */
  async another(error: unknown, reading: bigint | null): Promise<void> {
    if (this.#signal?.aborted === true) return;
    const trouble = error instanceof LogUnavailable ? 'unavailable' : troubleOf(error);
    if (trouble === 'denied')
      throw new AccessRefused(
        'following the event log: EventStoreDB refuses the credentials of its connection string',
        { cause: error },
      );
    if (trouble !== 'unavailable' && trouble !== 'unknown') throw error;
    this.#unknown = trouble === 'unknown' ? this.#unknown + 1 : 0;
    if (reading !== null && this.#unknown >= FAILURES_AT_POSITION) {
      throw new LogMismatch(
        `the event log cannot be read at the position to go on from (${reading}): ` +
          'it is no position of this log',
        { cause: error },
      );
    }
    // Normal: a subscription that is too slow is dropped.
    this.#logger.debug({ err: error }, 'following the event log was interrupted; it is resumed');
    await delay(this.#wait, undefined, this.#signal === undefined ? {} : { signal: this.#signal }).catch(
      () => undefined,
    );
    this.#wait = Math.min(this.#wait * 2, LAST_WAIT_MS);
  }
}

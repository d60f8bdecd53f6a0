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
  /** The last position that the consumer has; null: from the log's start. */
  after: bigint | null;
  /** Only streams with this prefix are followed; their names come without it. Default: all. */
  streamPrefix?: string;
  /** Ends the following; the iteration then ends without an error. */
  signal?: AbortSignal;
  logger?: Logger;
  /**
   * Runs at the start and before each resumption, to check that this is still the same log. What it throws
   * ends the following, except passing trouble.
   */
  onResume?: () => Promise<void>;
}

const FIRST_WAIT_MS = 50;
/** At most so long: what clients write after an outage cannot be read before the journal goes on. */
const LAST_WAIT_MS = 1_000;
/** The longest that a read to the log's end may take, if its last position is to be subscribed from. */
const FRESH_MS = 1_000;
/** How often a server may fail at the stored position before the position is taken for another log's. */
const FAILURES_AT_POSITION = 3;
/** A read has to find its place in the log first: it may be silent for so many times the deadline. */
const READ_DEADLINES = 3;
/** How many questions for the log's end in a row may fail before a silent subscription is given up. */
const FAILED_ENDS = 2;
/**
 * How often a cluster is asked for its end, when it seems to lie before ours: a node that was just elected
 * may lag behind.
 */
const CLUSTER_END_CHECKS = 5;

/**
 * Follows the whole log: every event of ours after a position, once, in order, for as long as it is iterated.
 * Whatever ends a subscription (a restart, another leader, a cut connection, a consumer that was too slow) is
 * followed by another one from the last position that was handed out; positions never run ahead of the
 * batches that hold them.
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
      // The position to subscribe from has to be recent: the consumer's last batch may have taken long.
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

/** Hands on a feed's events until it ends, and ends its call in any case. */
async function* drain(
  store: EventStore,
  feed: Feed,
  buffer: EventBuffer,
  live: boolean,
  signal: AbortSignal | undefined,
): AsyncGenerator<FollowedBatch, void, undefined> {
  const stop = () => {
    void feed.close();
  };
  signal?.addEventListener('abort', stop, { once: true });
  const silenceMs = live ? store.deadlineMs : store.deadlineMs * READ_DEADLINES;
  // The log's end as seen while the subscription was silent; null while the subscription is not behind.
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
        // A quiet log is silent too. A log that has gone on meanwhile has lost our subscription.
        try {
          behind = await store.end();
          failedEnds = 0;
        } catch (error) {
          // A busy server answers this late, and may still be sending events.
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
 * The server gives no error for a position beyond the log's end, but silence and then another log's events.
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

/** Counts failures in a row, and waits longer after each. */
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
   * Waits before the next try, or throws what another try does not mend.
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
    // Being dropped as too slow is how a subscription ends in normal operation.
    this.#logger.debug({ err: error }, 'following the event log was interrupted; it is resumed');
    await delay(this.#wait, undefined, this.#signal === undefined ? {} : { signal: this.#signal }).catch(
      () => undefined,
    );
    this.#wait = Math.min(this.#wait * 2, LAST_WAIT_MS);
  }
}

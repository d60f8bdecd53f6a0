import type { NewEvent, StreamEvent } from '../events/define.ts';

/** The expected revision of a stream that must not exist yet. */
export const NO_STREAM = -1;

/** The most bytes of data and metadata that one append may hold, on every log (EventStoreDB refuses more). */
export const MAX_APPEND_BYTES = 1_000_000;

/** The default milliseconds that a log waits for an answer, over all attempts. */
export const ANSWER_WITHIN_MS = 10_000;

/** One append among others: the arguments of {@link EventLog.append}. */
export interface StreamAppend {
  stream: string;
  events: readonly NewEvent[];
  expectedRevision: number;
}

export interface Appended {
  /** Revision of the last event of this append. */
  revision: number;
  /** The last event's place in this log, the second half of a `Ledger-Position`. */
  position: string;
}

/** The stream is at another revision than the append expected. */
export class WrongExpectedRevision extends Error {
  readonly stream: string;
  readonly expected: number;
  readonly actual: number;

  constructor(stream: string, expected: number, actual: number) {
    super(`stream ${stream} is at revision ${actual}, expected ${expected}`);
    this.name = 'WrongExpectedRevision';
    this.stream = stream;
    this.expected = expected;
    this.actual = actual;
  }
}

/** An append that no log takes: empty, or over {@link MAX_APPEND_BYTES}. */
export class InvalidAppend extends Error {
  override readonly name = 'InvalidAppend';
}

/** The log can't be reached right now; the outcome of an append under way is unknown. */
export class LogUnavailable extends Error {
  override readonly name: string = 'LogUnavailable';
}

/** The log is too busy to send this call in time; nothing of it is stored. */
export class LogBusy extends LogUnavailable {
  override readonly name: string = 'LogBusy';
}

/** The events have moved to another log (`arcadia log copy`); this process needs a restart. */
export class LogMoved extends Error {
  override readonly name = 'LogMoved';
}

/** The stream was tombstoned outside the ledger: it can never be read or appended to again. */
export class StreamTombstoned extends Error {
  override readonly name = 'StreamTombstoned';
}

/** The log's server refuses our credentials, or they do not allow the call. */
export class AccessRefused extends Error {
  override readonly name = 'AccessRefused';
}

/**
 * The event log. Two implementations, one contract suite (`test/journal/contract.ts`).
 *
 * - Every append names the exact revision it expects ({@link NO_STREAM} for a new stream).
 * - The same events (by id) appended again at that revision get the same answer and write nothing.
 * - An append is atomic. A reader never sees a gap that fills later.
 *
 * A log that is away is tried again. `until`, on the clock of `performance.now()`, is when the caller stops
 * waiting, so that the calls of a request share a deadline; default {@link ANSWER_WITHIN_MS} from the call
 * on.
 */
export interface EventLog {
  /** Names this log, the first half of a `Ledger-Position`. */
  readonly id: string;
  /** How many appends of a large batch to have under way at once. */
  readonly concurrency: number;
  /**
   * @throws {WrongExpectedRevision} the stream has moved on
   * @throws {InvalidAppend} no events, or too large
   * @throws {LogUnavailable} outcome unknown; retry with the same ids and revision
   * @throws {LogBusy} it was not sent
   * @throws {LogMoved} this log takes no events any more
   */
  append(
    stream: string,
    events: readonly NewEvent[],
    expectedRevision: number,
    until?: number,
  ): Promise<Appended>;
  /**
   * Makes many appends at less cost than one by one. Each stands by itself: one that fails keeps no other
   * from being stored, except that those that have not begun when the log can't be reached fail with it.
   * @param until called when an append begins: when its caller stops waiting
   * @returns for each append, in order, what `append` answers, or the error that it throws
   */
  appendEach(appends: readonly StreamAppend[], until?: () => number): Promise<(Appended | Error)[]>;
  /** The stream's events from `fromRevision` on, in order; empty for a stream that does not exist. */
  read(stream: string, fromRevision?: number, until?: number): Promise<StreamEvent[]>;
  /** The log's end, at or beyond all that was acknowledged before the call. */
  head(until?: number): Promise<string>;
  /** Whether a text is a position of a log of this kind. */
  isPosition(text: string): boolean;
  /**
   * The journal position that holds everything up to a position of this log; waits for a journal that follows
   * the log.
   * @returns null when the journal is not there within the time
   */
  journaled(position: string, timeoutMs: number): Promise<number | null>;
}

import type { NewEvent, StreamEvent } from '../events/define.ts';

/** The expected revision of a stream that must not exist yet. */
export const NO_STREAM = -1;

/** The most bytes of data and metadata that one append may hold, on every log (EventStoreDB refuses more). */
export const MAX_APPEND_BYTES = 1_000_000;

/** Where an append ended up. */
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
  override readonly name = 'LogUnavailable';
}

/** The stream was deleted for good by somebody else: it can be neither read nor appended to, ever again. */
export class StreamTombstoned extends Error {
  override readonly name = 'StreamTombstoned';
}

/** The log's server does not take our credentials, or they may not do this. */
export class AccessRefused extends Error {
  override readonly name = 'AccessRefused';
}

/**
 * The event log. Two implementations, one contract suite (`test/log/contract.ts`).
 *
 * - Every append names the exact revision it expects ({@link NO_STREAM} for a new stream): the log has no "any".
 * - The same events (by id) appended again at the same expected revision answer as the first time and write nothing.
 * - An append is atomic. A reader never sees a gap that fills later.
 */
export interface EventLog {
  /** Names this log, the first half of a `Ledger-Position`. */
  readonly id: string;
  /**
   * @throws {WrongExpectedRevision} the stream has moved on
   * @throws {InvalidAppend} no events, or too large
   * @throws {LogUnavailable} outcome unknown; retry with the same ids and revision
   */
  append(stream: string, events: readonly NewEvent[], expectedRevision: number): Promise<Appended>;
  /** The stream's events from `fromRevision` on, in order; empty for a stream that does not exist. */
  read(stream: string, fromRevision?: number): Promise<StreamEvent[]>;
  /** The log's end: at or beyond everything that was acknowledged before the call. */
  head(): Promise<string>;
  /** Whether a text is a position of a log of this kind. */
  isPosition(text: string): boolean;
  /**
   * The journal position up to which the projections have to come to show everything up to a position of this log; where
   * the journal follows the log, once it has come there.
   * @returns null when it has not within the time
   */
  journaled(position: string, timeoutMs: number): Promise<number | null>;
}

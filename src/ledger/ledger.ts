import type { Actor, RecordedEvent, StreamEvent } from '../events/define.ts';
import type { BoundCommand, DecidedEvent } from './command.ts';
import type { Db } from '../database/db.ts';
import type { LogDeadline } from '../journal/log-deadline.ts';

/** The actor of a command, and the ids that it runs under. */
export interface CommandMeta {
  actor: Actor;
  /** Id of the request or job run: everything it causes carries it. */
  correlationId: string;
  /** Fresh for each execution; event ids derive from it, so a retry of the same execution never doubles. */
  commandId: string;
  /** Scope-hashed Idempotency-Key. */
  idempotencyKey?: string;
}

/** What a command answered. */
export interface CommandOutcome<Result> {
  result: Result;
  /** The `Ledger-Position` after the command: `<log id>:<position>`. */
  position: string;
  /** How many events this execution appended; 0 when nothing had to change. */
  appended: number;
}

/** The ledger as HTTP, CLI and jobs see it: commands in, consistent reads out. */
export interface Ledger {
  /**
   * The same ledger for one request: all its commands and reads share the deadline. Without it each command
   * and each read has a deadline of its own.
   */
  withDeadline(deadline: LogDeadline): Ledger;
  /**
   * Runs one command: waits for its context, loads the stream, decides, appends, and retries on a lost race.
   * @throws {Refused} with the command's refusal
   */
  execute<Input, Result>(
    bound: BoundCommand<Input, Result>,
    input: Input,
    meta: CommandMeta,
  ): Promise<CommandOutcome<Result>>;
  /** Runs one statement, which is a snapshot of its own: the fast path for reads that need no more. */
  query<T>(query: (db: Db) => Promise<T>): Promise<T>;
  /** Runs queries in one repeatable-read snapshot of the read models. */
  read<T>(query: (db: Db) => Promise<T>): Promise<T>;
  /**
   * Like `read`, after the projections have reached the log's head as of now: for commands and jobs that
   * decide from read models. `position` is the journal position that the snapshot stands at.
   */
  readLatest<T>(query: (db: Db, position: number) => Promise<T>): Promise<T>;
  /**
   * Appends a set of content-named parts (`src/ledger/content-parts.ts`) on a stream of their own. A set that
   * exists is left as it is, and one that was cut off is completed.
   */
  storeParts(stream: string, events: readonly DecidedEvent[], meta: CommandMeta): Promise<void>;
  /**
   * Waits until the read models have reached a `Ledger-Position` (at most 5 s).
   * @throws {Refused} `stale-read` when they have not by then, `invalid-input` for text that is no position
   * of this log
   */
  waitFor(position: string): Promise<void>;
  /** The events of a stream from the log, up to this moment: to decide from them. */
  events(stream: string): Promise<StreamEvent[]>;
  /** The events of a stream as far as the journal has them: to show them beside the read models. */
  recorded(stream: string): Promise<RecordedEvent[]>;
  /** The `Ledger-Position` of the log's head now. */
  position(): Promise<string>;
  /** ISO instant. */
  now(): string;
  /** A fresh id. */
  newId(): string;
  /** ISO currency of the ledger. */
  readonly currency: string;
  /** How many commands a batch of a thousand runs at once: as many as keep the event log busy. */
  readonly concurrency: number;
}

import type { Actor, RecordedEvent, StreamEvent } from '../events/define.ts';
import type { BoundCommand, DecidedEvent } from './command.ts';
import type { Db } from '../database/db.ts';
import type { LogDeadline } from '../journal/log-deadline.ts';
import type { Refusal } from './refusal.ts';

/** The actor of a command, and the ids that it runs under. */
export interface CommandMeta {
  actor: Actor;
  /** Id of the request or job run: everything it causes carries it. */
  correlationId: string;
  /** Fresh for each execution. Event ids derive from it, so a retry of an execution writes nothing twice. */
  commandId: string;
  /** Scope-hashed Idempotency-Key. */
  idempotencyKey?: string;
  /** Id of the event that caused the command; default: the execution itself is the cause of its events. */
  causationId?: string;
}

/** What a command answered. */
export interface CommandOutcome<Result> {
  result: Result;
  /** The `Ledger-Position` after the command: `<log id>:<position>`. */
  position: string;
  /** How many events this execution appended; 0 when nothing changed. */
  appended: number;
}

/** Content-named parts (`content-parts.ts`), one or more, on a stream of their own. */
export interface PartSet {
  stream: string;
  events: readonly DecidedEvent[];
}

/** The ledger as HTTP, CLI and jobs see it: commands in, consistent reads out. */
export interface Ledger {
  /**
   * The same ledger for one request, whose commands and reads share the deadline. Otherwise each has its own.
   */
  withDeadline(deadline: LogDeadline): Ledger;
  /**
   * Runs one command.
   * @throws {Refused} with the command's refusal
   */
  execute<Input, Result>(
    bound: BoundCommand<Input, Result>,
    input: Input,
    meta: CommandMeta,
  ): Promise<CommandOutcome<Result>>;
  /**
   * Runs one command for each of many inputs, with the answer of each, in order, as if it ran by itself. Each
   * wait on the log has a time limit of its own; the first that is not answered in time ends the batch.
   * @param meta its command id is for this batch alone: the caller makes it anew
   * @returns an outcome, or the command's refusal
   */
  executeEach<Input, Result>(
    bound: BoundCommand<Input, Result>,
    inputs: readonly Input[],
    meta: CommandMeta,
  ): Promise<(CommandOutcome<Result> | Refusal)[]>;
  /** Runs one statement, without a transaction: the fast path for reads that need no more. */
  query<T>(query: (db: Db) => Promise<T>): Promise<T>;
  /** Runs queries in one repeatable-read snapshot of the read models. */
  read<T>(query: (db: Db) => Promise<T>): Promise<T>;
  /**
   * Like `read`, once the projections have reached the log's head as of the call: for decisions from read
   * models. `position` is the snapshot's journal position.
   */
  readLatest<T>(query: (db: Db, position: number) => Promise<T>): Promise<T>;
  /** Appends sets of parts. A complete set is left as it is, an incomplete one is completed. */
  storeParts(sets: readonly PartSet[], meta: CommandMeta): Promise<void>;
  /**
   * Waits, at most 5 s, until the read models have reached a `Ledger-Position`.
   * @throws {Refused} `stale-read` when they have not; `invalid-input` when it is no position of this log
   */
  waitFor(position: string): Promise<void>;
  /** A stream's events from the log, up to date: to decide from. */
  events(stream: string): Promise<StreamEvent[]>;
  /** A stream's events as far as the journal has them: to show beside the read models. */
  recorded(stream: string): Promise<RecordedEvent[]>;
  /** The `Ledger-Position` of the log's head now. */
  position(): Promise<string>;
  /** ISO instant. */
  now(): string;
  /** A fresh id. */
  newId(): string;
  /** ISO currency of the ledger. */
  readonly currency: string;
}

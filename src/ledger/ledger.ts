import type { Actor, RecordedEvent, StreamEvent } from '../events/define.ts';
import type { BoundCommand, DecidedEvent } from './command.ts';
import type { Db } from '../database/db.ts';
import type { LogDeadline } from '../journal/log-deadline.ts';

/** Who asks for a command, and under which ids it runs. */
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
  /** How many events are this execution's; 0 when all was already so. */
  appended: number;
}

/** The ledger as HTTP, CLI and jobs see it: commands in, consistent reads out. */
export interface Ledger {
  /**
   * The same ledger for one request, all of whose commands and reads wait for the event log no longer than
   * this together. By itself each command, and each read, waits as long as the log does.
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
   * Appends a set of content-named parts (see `engine/parts.ts`) on a stream of their own; a set that is
   * there already is left as it is, a set whose storing was cut off is completed.
   */
  storeParts(stream: string, events: readonly DecidedEvent[], meta: CommandMeta): Promise<void>;
  /**
   * Waits until the read models have reached a `Ledger-Position` (at most 5 s).
   * @throws {Refused} `stale-read` when they have not by then, `invalid-input` for text that is no position
   * of this log
   */
  waitFor(position: string): Promise<void>;
  /** The events of a stream from the log, up to this moment: for who decides from them. */
  events(stream: string): Promise<StreamEvent[]>;
  /** The events of a stream as far as the journal has them: for who shows them beside the read models. */
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

import type { Actor } from '../events/define.ts';
import type { Db } from '../database/db.ts';
import type { Refusal } from './refusal.ts';

/** What an aggregate's file exports: how its state follows from its events. */
export interface Aggregate<State, Event> {
  name: string;
  initialState: State;
  /** Pure, exhaustive (no `default`), and it returns a new state. */
  evolve(state: State, event: Event): State;
}

/** Limits that decisions keep, by configuration. */
export interface CommandLimits {
  /**
   * Days back from now that a usage report may lie (`USAGE_MAX_AGE_DAYS`): a wrong date reaches no invoice.
   */
  maxAgeDays: number;
  /** The highest charge of one report of the LLM gateway, in plain cents (`LLM_MAX_CHARGE_CENTS`). */
  maxChargeCents: string;
  /** Days after which a trial that a tenant starts by itself ends at the latest (`TRIAL_DAYS`). */
  trialDays: number;
}

/** The limits of an environment that sets none. */
export const defaultLimits: CommandLimits = { maxAgeDays: 400, maxChargeCents: '1000000', trialDays: 14 };

/** Facts of the execution that every decision may use. */
export interface Execution {
  /** ISO instant, read once a command. */
  now: string;
  /** UTC day of `now`. */
  today: string;
  actor: Actor;
  /** Fresh for each execution; a new aggregate's id may derive from it. */
  commandId: string;
  /** ISO currency of the ledger (`BILLING_CURRENCY`). */
  currency: string;
  limits: CommandLimits;
}

/** Any event a decision yields. */
export interface DecidedEvent {
  type: string;
  data: unknown;
  effective_at?: string;
}

/**
 * A command: a pure decision over one stream. It yields events (none when nothing has to change) or a
 * refusal.
 *
 * `Context` is what it needs of read models, loaded in one snapshot at or beyond the log's head as of the
 * command's start. After a lost race it is loaded anew.
 */
export interface Command<Input, State, Event extends DecidedEvent, Context, Result> {
  name: string;
  aggregate: Aggregate<State, Event>;
  stream(input: Input): string;
  /**
   * True for a command that nearly always creates its stream: it is first decided against the initial state
   * and appended without a read; a conflict or a refusal reads the stream and decides again.
   */
  assumesNew?: boolean;
  decide(state: State, input: Input, context: Context, execution: Execution): Event[] | Refusal;
  /** The answer, from the state after the command; also for a repeated request with its Idempotency-Key. */
  result(state: State, input: Input): Result;
}

/** Declares a command, so that its types are inferred. */
export function defineCommand<Input, State, Event extends DecidedEvent, Result, Context = undefined>(
  command: Command<Input, State, Event, Context, Result>,
): Command<Input, State, Event, Context, Result> {
  return command;
}

/**
 * Loads a command's context in one snapshot of the read models at journal position `position`.
 * @throws {Refused} a name in the input does not exist
 */
export type LoadContext<Input, Context> = (
  db: Db,
  input: Input,
  execution: Execution,
  position: number,
) => Promise<Context>;

/** A command with its context loader: what the command table (`src/processes/commands.ts`) holds. */
export interface BoundCommand<Input, Result> {
  readonly name: string;
  /** Its types are erased: only `handleCommand` calls it. */
  readonly command: Command<Input, unknown, DecidedEvent, unknown, Result>;
  readonly load: LoadContext<Input, unknown> | undefined;
  /** Whether an input needs the context: without that the command does not wait for the read models. */
  readonly needs: (input: Input, execution: Execution) => boolean;
}

/** Binds a command that needs no read model. */
export function bind<Input, State, Event extends DecidedEvent, Result>(
  command: Command<Input, State, Event, undefined, Result>,
): BoundCommand<Input, Result>;
/**
 * Binds a command to the query that loads its context.
 * @param needs the inputs for which it is loaded, default all; the context of others is undefined
 */
export function bind<Input, State, Event extends DecidedEvent, Context, Result>(
  command: Command<Input, State, Event, Context, Result>,
  load: LoadContext<Input, Context>,
  needs?: (input: Input, execution: Execution) => boolean,
): BoundCommand<Input, Result>;
export function bind<Input, State, Event extends DecidedEvent, Context, Result>(
  command: Command<Input, State, Event, Context, Result>,
  load?: LoadContext<Input, Context>,
  needs: (input: Input, execution: Execution) => boolean = () => true,
): BoundCommand<Input, Result> {
  return { name: command.name, command, load, needs };
}

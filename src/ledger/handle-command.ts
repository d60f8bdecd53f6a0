import { schemaOfEvent, schemaVersion, type EventType } from '../events/index.ts';
import type { EventMetadata, NewEvent, StreamEvent } from '../events/define.ts';
import { NO_STREAM, WrongExpectedRevision, type Appended, type EventLog } from '../journal/event-log.ts';
import type { BoundCommand, DecidedEvent, Execution, CommandLimits } from './command.ts';
import { foldStream } from './fold-stream.ts';
import type { CommandMeta, CommandOutcome } from './ledger.ts';
import { idsWithin } from './ids.ts';
import { logDeadline, type LogDeadline } from '../journal/log-deadline.ts';
import { isRefusal, refuse, Refused } from './refusal.ts';

/** How often a command decides before it gives up after lost races. */
const MAX_ATTEMPTS = 20;

type ContextLoader = NonNullable<BoundCommand<unknown, unknown>['load']>;

/** What `handleCommand` needs. */
export interface CommandHost {
  log: EventLog;
  now(): string;
  currency: string;
  limits: CommandLimits;
  /** Runs the command's loader in a snapshot that has reached the log's head as of now. */
  loadContext(
    load: ContextLoader,
    input: unknown,
    execution: Execution,
    deadline: LogDeadline,
  ): Promise<unknown>;
}

interface Loaded {
  state: unknown;
  revision: number;
  events: StreamEvent[];
}

/**
 * Runs one command: load, decide, append, and again when another append came first.
 *
 * Event ids derive from the execution's id, the stream and the revision: a retry of one execution writes the
 * same events, and two executions never share an id.
 * @param deadline for all waits on the event log together
 * @param assumesNew false where the stream is known to exist; default: what the command says
 * @throws {Refused} with the decision's refusal
 */
export async function handleCommand<Input, Result>(
  host: CommandHost,
  bound: BoundCommand<Input, Result>,
  input: Input,
  meta: CommandMeta,
  deadline: LogDeadline = logDeadline(),
  assumesNew: boolean = bound.command.assumesNew === true,
): Promise<CommandOutcome<Result>> {
  const { command } = bound;
  const stream = command.stream(input);
  for (let attempt = 1; ; attempt++) {
    const execution = executionOf(host, meta);
    const { now } = execution;
    const loader = bound.load as ContextLoader | undefined;
    const isNeeded = loader !== undefined && bound.needs(input, execution);
    const context = isNeeded ? await host.loadContext(loader, input, execution, deadline) : undefined;
    const assumed = assumesNew && attempt === 1;
    const current = assumed
      ? empty(command.aggregate.initialState)
      : await load(host.log, bound, stream, deadline);

    const done =
      meta.idempotencyKey === undefined ? undefined : resultOfKey(bound, input, current, meta.idempotencyKey);
    if (done !== undefined) return { ...done, position: `${host.log.id}:${done.position}` };

    const decision = command.decide(current.state, input, context, execution);
    if (isRefusal(decision)) {
      // The state on the stream may lead to another answer, such as that nothing has to change.
      if (assumed) continue;
      throw new Refused(decision);
    }
    if (decision.length === 0)
      return {
        result: command.result(current.state, input),
        position: `${host.log.id}:${current.events.at(-1)?.position ?? 0}`,
        appended: 0,
      };

    const events = decision.map((event, index) =>
      newEvent(event, stream, current.revision + 1 + index, { ...meta, command: command.name }, now),
    );
    let appended: Appended;
    try {
      appended = await host.log.append(stream, events, current.revision, deadline.until());
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision)) throw error;
      if (attempt < MAX_ATTEMPTS) continue;
      throw new Refused(
        refuse('conflict', `${command.name}: others kept changing the same object; try again`),
      );
    }
    const state = decision.reduce((folded, event) => command.aggregate.evolve(folded, event), current.state);
    return {
      result: command.result(state, input),
      position: `${host.log.id}:${appended.position}`,
      appended: events.length,
    };
  }
}

/** The facts of an execution that begins now. */
export function executionOf(host: CommandHost, { actor, commandId }: CommandMeta): Execution {
  const now = host.now();
  const { currency, limits } = host;
  return { now, today: now.slice(0, 10), actor, commandId, currency, limits };
}

const empty = (state: unknown): Loaded => ({ state, revision: NO_STREAM, events: [] });

async function load<Input, Result>(
  log: EventLog,
  { command }: BoundCommand<Input, Result>,
  stream: string,
  deadline: LogDeadline,
): Promise<Loaded> {
  const events = await log.read(stream, 0, deadline.until());
  return {
    state: foldStream(command.aggregate, events),
    revision: events.at(-1)?.revision ?? NO_STREAM,
    events,
  };
}

/**
 * The answer of the command that ran before under this Idempotency-Key, from the state after its last event.
 */
function resultOfKey<Input, Result>(
  { command }: BoundCommand<Input, Result>,
  input: Input,
  { events }: Loaded,
  key: string,
) {
  // One request may run several commands on a stream: only this command's events count.
  const last = events.findLastIndex(
    (event) => event.metadata.idempotency_key === key && event.metadata.command === command.name,
  );
  if (last < 0) return undefined;
  return {
    result: command.result(foldStream(command.aggregate, events.slice(0, last + 1)), input),
    position: (events[last] as StreamEvent).position,
    appended: 0,
  };
}

/** Ids of events, by name. */
export const eventId = idsWithin('0d3c7d9c-1b0e-5a55-8f0e-0e5a6b8f2f64');

type EventMeta = CommandMeta & { command: string };

/** Makes an event ready for the log, its data checked against its schema. */
export function newEvent(
  event: DecidedEvent,
  stream: string,
  revision: number,
  meta: EventMeta,
  now: string,
): NewEvent {
  checkData(event);
  return {
    id: eventId(JSON.stringify([meta.commandId, stream, revision])),
    type: event.type,
    data: event.data,
    metadata: metadataOf(event, meta, now),
  };
}

/** @throws when an event's data does not match the schema of its type */
export function checkData({ type, data }: DecidedEvent): void {
  schemaOfEvent(type as EventType).parse(data);
}

/** The metadata of an event. */
export function metadataOf(
  { type, effective_at }: DecidedEvent,
  meta: EventMeta,
  now: string,
): EventMetadata {
  return {
    actor: meta.actor,
    correlation_id: meta.correlationId,
    causation_id: meta.causationId ?? meta.commandId,
    command: meta.command,
    ...(meta.idempotencyKey === undefined ? {} : { idempotency_key: meta.idempotencyKey }),
    schema_version: schemaVersion(type as EventType),
    recorded_at: now,
    ...(effective_at === undefined ? {} : { effective_at }),
  };
}

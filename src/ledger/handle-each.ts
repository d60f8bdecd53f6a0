import { logDeadline } from '../journal/log-deadline.ts';
import { NO_STREAM, WrongExpectedRevision, type StreamAppend } from '../journal/event-log.ts';
import { groupBy } from '../runtime/group-by.ts';
import { mapBounded } from '../runtime/map-bounded.ts';
import { batchEvents } from './batch-events.ts';
import type { BoundCommand, DecidedEvent } from './command.ts';
import { executionOf, handleCommand, type CommandHost } from './handle-command.ts';
import type { NewId } from './ids.ts';
import type { CommandMeta, CommandOutcome } from './ledger.ts';
import { isRefusal, Refused, type Refusal } from './refusal.ts';

/** An input of a batch: its place, and the stream that its command names. */
interface Item<Input> {
  place: number;
  input: Input;
  stream: string;
}

/**
 * Runs a command for each of many inputs, with the answers that each would get by itself, in order.
 *
 * Where the command nearly always creates its stream, all inputs are one execution: each is decided against
 * the initial state, and all are appended at once. An input whose stream exists or occurred before in the
 * batch, and one that is refused, is then run by itself, as an execution of its own.
 *
 * Each wait on the event log has a time limit of its own, as thousands of them take longer than one request
 * may wait. The first that the log does not answer in time ends the batch.
 */
export async function handleEach<Input, Result>(
  host: CommandHost & { newId: NewId },
  bound: BoundCommand<Input, Result>,
  inputs: readonly Input[],
  meta: CommandMeta,
): Promise<(CommandOutcome<Result> | Refusal)[]> {
  const { command } = bound;
  const answers: (CommandOutcome<Result> | Refusal)[] = [];
  const items = inputs.map((input, place) => ({ place, input, stream: command.stream(input) }));
  const batches = command.assumesNew === true && bound.load === undefined;
  const apart = batches ? await appendNew(host, bound, items, meta, answers) : items;
  // What was not appended at once is known, or has to be looked for, before it is decided again.
  const assumesNew = batches ? false : undefined;
  await mapBounded(
    [...groupBy(apart, ({ stream }) => stream).values()],
    async (sameStream) => {
      for (const { place, input } of sameStream) {
        const own = { ...meta, commandId: host.newId() };
        try {
          answers[place] = await handleCommand(host, bound, input, own, logDeadline(), assumesNew);
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          answers[place] = error.refusal;
        }
      }
    },
    host.log.concurrency,
  );
  return answers;
}

/**
 * Appends what inputs decide on new streams, at once.
 * @returns the others, to be run by themselves
 */
async function appendNew<Input, Result>(
  host: CommandHost,
  bound: BoundCommand<Input, Result>,
  items: readonly Item<Input>[],
  meta: CommandMeta,
  answers: (CommandOutcome<Result> | Refusal)[],
): Promise<Item<Input>[]> {
  const { command } = bound;
  const { initialState } = command.aggregate;
  const execution = executionOf(host, meta);
  const newEvent = batchEvents({ ...meta, command: command.name }, execution.now);
  const streams = new Set<string>();
  const apart: Item<Input>[] = [];
  const sent: { item: Item<Input>; decided: readonly DecidedEvent[] }[] = [];
  const appends: StreamAppend[] = [];
  for (const item of items) {
    const { input, stream } = item;
    const decided = streams.has(stream) ? [] : command.decide(initialState, input, undefined, execution);
    streams.add(stream);
    if (isRefusal(decided) || decided.length === 0) {
      apart.push(item);
      continue;
    }
    sent.push({ item, decided });
    appends.push({ stream, events: decided.map(newEvent), expectedRevision: NO_STREAM });
  }
  const appended = await host.log.appendEach(appends, () => logDeadline().until());
  for (const answer of appended)
    if (answer instanceof Error && !(answer instanceof WrongExpectedRevision)) throw answer;
  for (const [index, { item, decided }] of sent.entries()) {
    const answer = appended[index];
    if (answer === undefined || answer instanceof Error) {
      apart.push(item);
      continue;
    }
    const state = decided.reduce((folded, event) => command.aggregate.evolve(folded, event), initialState);
    answers[item.place] = {
      result: command.result(state, item.input),
      position: `${host.log.id}:${answer.position}`,
      appended: decided.length,
    };
  }
  return apart.sort((a, b) => a.place - b.place);
}

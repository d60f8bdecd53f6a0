import type { StreamEvent } from '../events/define.ts';
import { upcast } from '../events/index.ts';
import type { Aggregate, DecidedEvent } from './command.ts';

/** The state of an aggregate after events of its stream, in order; they may be of earlier schema versions. */
export function foldStream<State, Event extends DecidedEvent>(
  aggregate: Aggregate<State, Event>,
  events: readonly StreamEvent[],
): State {
  return events.reduce(
    (state, event) => aggregate.evolve(state, upcast(event) as DecidedEvent as Event),
    aggregate.initialState,
  );
}

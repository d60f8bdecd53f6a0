import type { RecordedEvent } from '../../src/events/define.ts';

/**
 * A view into the past: `asOf` by when things were true, `knownAt` by when they were recorded. Each a day or
 * an instant.
 */
export interface AsOf {
  as_of?: string | undefined;
  known_at?: string | undefined;
}

/** The last instant that a day or instant stands for: a day means its end. */
export function endOf(moment: string): string {
  return moment.length === 10 ? `${moment}T23:59:59.999Z` : new Date(moment).toISOString();
}

/** The first instant that a day or instant stands for: a day means its beginning. */
export function startOf(moment: string): string {
  return moment.length === 10 ? `${moment}T00:00:00.000Z` : new Date(moment).toISOString();
}

/** The instant from which an event is true; a day counts from its beginning. */
export function effectiveInstant({
  metadata: { effective_at, recorded_at },
}: Pick<RecordedEvent, 'metadata'>): string {
  const from = effective_at ?? recorded_at;
  return from.length === 10 ? `${from}T00:00:00.000Z` : from;
}

/**
 * The events of one stream that were effective by `as_of` and recorded by `known_at`: with `as_of` in order
 * of effective time and position, without it in the order of the stream. The first event makes the object
 * that all others are about: it counts from the earliest of them.
 */
export function eventsAsOf<Event extends Pick<RecordedEvent, 'metadata' | 'position'>>(
  events: readonly Event[],
  { as_of, known_at }: AsOf,
): Event[] {
  const knownBy = known_at === undefined ? null : endOf(known_at);
  const known = events.filter((event) => knownBy === null || event.metadata.recorded_at <= knownBy);
  if (as_of === undefined) return known;
  const trueBy = endOf(as_of);
  const dated = known.map((event) => ({ event, from: effectiveInstant(event) }));
  const [first] = dated;
  if (first !== undefined)
    first.from = dated.reduce((earliest, { from }) => (from < earliest ? from : earliest), first.from);
  return dated
    .filter(({ from }) => from <= trueBy)
    .sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : a.event.position - b.event.position))
    .map(({ event }) => event);
}

import type { RecordedEvent } from '../../src/events/define.ts';

/**
 * A past view: `asOf` by when facts were effective, `knownAt` by when they were recorded. Each a day or an
 * instant.
 */
export interface AsOf {
  as_of?: string | undefined;
  known_at?: string | undefined;
}

/** The last instant of a day; an instant itself. */
export function endOf(moment: string): string {
  return moment.length === 10 ? `${moment}T23:59:59.999Z` : new Date(moment).toISOString();
}

/** The first instant of a day; an instant itself. */
export function startOf(moment: string): string {
  return moment.length === 10 ? `${moment}T00:00:00.000Z` : new Date(moment).toISOString();
}

/** The instant from which an event is effective; a day starts at its first instant. */
function effectiveInstant({
  metadata: { effective_at, recorded_at },
}: Pick<RecordedEvent, 'metadata'>): string {
  const from = effective_at ?? recorded_at;
  return from.length === 10 ? `${from}T00:00:00.000Z` : from;
}

/**
 * The events of one stream that were effective by `as_of` and recorded by `known_at`. With `as_of` they are
 * in the order in which months are billed: by the UTC day of their effective time, then by position, for a
 * change that is dated back follows what was recorded for its day before. Without it they are in the order of
 * the stream. The first event creates the object: it comes first, and counts from the earliest effective time
 * of all.
 */
export function eventsAsOf<Event extends Pick<RecordedEvent, 'metadata' | 'position'>>(
  events: readonly Event[],
  { as_of, known_at }: AsOf,
): Event[] {
  const knownBy = known_at === undefined ? null : endOf(known_at);
  const known = events.filter((event) => knownBy === null || event.metadata.recorded_at <= knownBy);
  if (as_of === undefined) return known;
  const trueBy = endOf(as_of);
  const [first, ...later] = known
    .map((event) => ({ event, from: effectiveInstant(event) }))
    .filter(({ from }, index) => index === 0 || from <= trueBy);
  if (first === undefined || (first.from > trueBy && later.length === 0)) return [];
  const dated = later.map(({ event, from }) => ({ event, day: from.slice(0, 10) }));
  dated.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : a.event.position - b.event.position));
  return [first.event, ...dated.map(({ event }) => event)];
}

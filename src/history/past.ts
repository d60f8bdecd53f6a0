import { resource, seenResource } from '../../commands/inventory/resource.ts';
import type { KnownResource } from '../../commands/inventory/resource.ts';
import { endOf, eventsAsOf } from '../../projections/deployments/as-of.ts';
import type { AsOf } from '../../projections/deployments/as-of.ts';
import type { HeldRange } from '../../projections/inventory/tie-history.ts';
import type { Recorded } from '../events/define.ts';
import type { RecordedLedgerEvent } from '../events/index.ts';
import { inventoryEvents } from '../events/inventory.ts';
import type { InventoryEvent } from '../events/inventory.ts';
import { ownerOn, ownershipAfter, unowned } from './ownership.ts';
import type { Ownership } from './ownership.ts';

export type RecordedInventoryEvent = Recorded<InventoryEvent>;

/** The viewer, and the present moment. */
export interface Viewer {
  /** Null: an admin, who sees all. */
  tenantId: string | null;
  /** ISO instant. */
  now: string;
}

export const isInventoryEvent = (event: RecordedLedgerEvent): event is RecordedInventoryEvent =>
  Object.hasOwn(inventoryEvents, event.type);
export const isTie = ({ type }: RecordedLedgerEvent): boolean =>
  type === 'ResourceTied' || type === 'ResourceUntied';
const stateTypes: ReadonlySet<string> = new Set([
  'ResourceDiscovered',
  'ResourceChanged',
  'BucketMeasured',
  'ResourceMissed',
  'ResourceWentStale',
  'ResourceReturned',
]);

/** The ownership after all of these events. */
export const ownershipOf = (events: readonly RecordedLedgerEvent[]): Ownership =>
  events.reduce(ownershipAfter, unowned);

/** A resource at a past moment, by its events. */
export interface Past {
  /** All events of the resource, whenever recorded. */
  stream: RecordedInventoryEvent[];
  /** Those of the moment, in order of effect. */
  then: RecordedInventoryEvent[];
  /** The same in the stream's order, without ties; `state` is folded from them. */
  stateEvents: RecordedInventoryEvent[];
  state: KnownResource;
  /** The ties that were known. */
  ties: HeldRange[];
  /** The UTC day of the moment. */
  day: string;
}

/** A resource at a past moment, for any viewer; null when it did not exist then. */
export function pastOf(events: readonly RecordedLedgerEvent[], when: AsOf, now: string): Past | null {
  const stream = events.filter(isInventoryEvent);
  const discovered = stream.find(({ type }) => type === 'ResourceDiscovered');
  if (discovered === undefined) return null;
  // The resource exists from its sighting on, which comes first even where a project walk placed it before.
  const then = eventsAsOf([discovered, ...stream.filter((event) => event !== discovered)], when);
  const stateEvents = then.filter((event) => !isTie(event)).sort((a, b) => a.position - b.position);
  if (!stateEvents.includes(discovered)) return null;
  const state = stateOf(stateEvents);
  if (state === null) return null;
  const ties = [...ownershipOf(eventsAsOf(stream, { known_at: when.known_at })).ties];
  return {
    stream,
    then,
    stateEvents,
    state,
    ties,
    day: (when.as_of === undefined ? now : endOf(when.as_of)).slice(0, 10),
  };
}

/** The state after these events; null before a sighting. */
export const stateOf = (stateEvents: readonly RecordedInventoryEvent[]): KnownResource | null =>
  seenResource(stateEvents.reduce((folded, event) => resource.evolve(folded, event), resource.initialState));

/**
 * Whether the resource still had its state after `stateEvents` when the tenant was known to own it.
 * @param types the events that change that state; default: what a sweep sees
 */
export function wasShown(
  stream: readonly RecordedInventoryEvent[],
  stateEvents: readonly RecordedInventoryEvent[],
  { tenantId, now }: { tenantId: string; now: string },
  types = stateTypes,
): boolean {
  const last = stateEvents.findLast(({ type }) => types.has(type));
  let ownership = unowned;
  let current: RecordedInventoryEvent | undefined;
  for (const [index, event] of stream.entries()) {
    ownership = ownershipAfter(ownership, event);
    if (types.has(event.type)) current = event;
    if (current !== last) continue;
    // An owner also changes without an event, when a tie ends.
    const until = stream[index + 1]?.metadata.recorded_at ?? now;
    if (
      [event.metadata.recorded_at, until].some(
        (moment) => ownerOn(ownership, moment.slice(0, 10)) === tenantId,
      )
    )
      return true;
  }
  return false;
}

import { defineCommand } from '../../src/ledger/command.ts';
import { contentHash, splitIntoParts } from '../../src/ledger/content-parts.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { MeteringEvent, Observation, Unmetered } from '../../src/events/usage.ts';
import { deploymentDay, meteringStream, type DeploymentDayState, type OpenSet } from './deployment-day.ts';

/** The most observations and unmetered resources of one part. */
export const MAX_PART_ITEMS = 500;

/** The most bytes of parts in one append: the log's 1 MB less generous room for the parts' metadata. */
const MAX_APPEND_DATA_BYTES = 750_000;

/**
 * All usage of one deployment on one UTC day, and the resources without a record. Without both the day is
 * cleared.
 */
export interface MeterDeploymentDay {
  deployment_id: string;
  tenant_id: string;
  day: string;
  observations: Observation[];
  unmetered?: Unmetered[] | undefined;
}

/** What a set holds of a resource: a record, or that it has none. */
type Item = Observation | Unmetered;

const isObservation = (item: Item): item is Observation => 'qty' in item;

/** Items in the order in which their content is hashed. */
function ordered<One extends Item>(items: readonly One[]): One[] {
  const hourOf = (item: Item): number => (isObservation(item) ? (item.hour ?? -1) : -1);
  const keyOf = (item: Item): string =>
    [item.resource_id, item.resource_kind, String(hourOf(item)).padStart(2, '0')].join('\u0000');
  return items
    .map((item) => ({ item, key: keyOf(item) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ item }) => item);
}

/** Names a set by its content, whatever the order of its members. */
export function setHashOf(observations: readonly Observation[], without: readonly Unmetered[] = []): string {
  const records = ordered(observations);
  // A set in which every resource has records is hashed from these alone, as all sets were before resources
  // without records were stored.
  return contentHash(without.length === 0 ? records : { observations: records, unmetered: ordered(without) });
}

const emptySetHash = setHashOf([]);

/**
 * Whether the stored parts of an incomplete set are the first of these parts, so that it can be completed.
 */
function isBeginningOf(open: OpenSet | null, hash: string, parts: readonly Item[][]): open is OpenSet {
  if (open?.set_hash !== hash || open.parts !== parts.length) return false;
  return (
    open.stored_items === parts.slice(0, open.stored_parts).reduce((count, part) => count + part.length, 0)
  );
}

/** Whether the day's usage is the set of this hash already. A day without a set has an empty one. */
function holds(state: DeploymentDayState, hash: string): boolean {
  return (state.complete?.set_hash ?? emptySetHash) === hash;
}

/**
 * Meters a deployment's day: its whole usage as one set, which replaces the set before it (spec 9). Equal
 * content adds nothing. A set that is larger than one append is stored by several executions of this command,
 * until `result.complete`. An incomplete set is completed while the content is the same; other content
 * supersedes it with a new number.
 */
export const meterDeploymentDay = defineCommand({
  name: 'meter-deployment-day',
  aggregate: deploymentDay,
  stream: (input: MeterDeploymentDay) => meteringStream(input.deployment_id, input.day),
  decide(state, input, _context: undefined, { today }): MeteringEvent[] | Refusal {
    if (input.day >= today) return refuse('day-not-ended', `${input.day} has not ended yet`);
    const set_hash = setHashOf(input.observations, input.unmetered);
    if (holds(state, set_hash)) return [];
    const parts = splitIntoParts<Item>(
      [...ordered(input.observations), ...ordered(input.unmetered ?? [])],
      MAX_PART_ITEMS,
    );
    const continued = isBeginningOf(state.open, set_hash, parts) ? state.open : null;
    const set_no = continued?.set_no ?? state.last_set_no + 1;
    const { deployment_id, tenant_id, day: meteredDay } = input;
    const events = parts.map((part, index): MeteringEvent => {
      const without = part.filter((item): item is Unmetered => !isObservation(item));
      const set = {
        set_no,
        set_hash,
        part: index + 1,
        parts: parts.length,
        observations: part.filter(isObservation),
      };
      const data = {
        deployment_id,
        tenant_id,
        day: meteredDay,
        ...set,
        ...(without.length === 0 ? {} : { unmetered: without }),
      };
      return { type: 'UsageMetered', data };
    });
    const [append = []] = splitIntoParts(
      events.slice(continued?.stored_parts ?? 0),
      Infinity,
      MAX_APPEND_DATA_BYTES,
    );
    return append;
  },
  /** `complete`: the day's usage equals the input; false: execute again for the remaining parts. */
  result: (state, input) => ({ complete: holds(state, setHashOf(input.observations, input.unmetered)) }),
});

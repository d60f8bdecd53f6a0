import { z } from 'zod';
import { defineCommand } from '../../src/engine/command.ts';
import { contentHash, splitIntoParts } from '../../src/engine/parts.ts';
import { refuse, type Refusal } from '../../src/engine/refusal.ts';
import { observation, type MeteringEvent, type Observation } from '../../src/events/usage.ts';
import { day, text } from '../../src/events/values.ts';
import { deploymentDay, meteringStream, type DeploymentDayState, type OpenSet } from './deployment-day.ts';

/** The most observations of one part. */
export const MAX_PART_OBSERVATIONS = 500;

/** The most bytes of parts in one append: the log's 1 MB less generous room for the parts' metadata. */
const MAX_APPEND_DATA_BYTES = 750_000;

/** All usage of one deployment on one UTC day, each record once; none clears the day. */
export const meterDeploymentDayInput = z.strictObject({ deployment_id: text, tenant_id: text, day, observations: z.array(observation) });
export type MeterDeploymentDayInput = z.output<typeof meterDeploymentDayInput>;

/** Observations in the one order that names their content. */
export function ordered(observations: readonly Observation[]): Observation[] {
  return observations
    .map((item) => ({ item, key: `${item.resource_id}\u0000${item.resource_kind}\u0000${String(item.hour ?? -1).padStart(2, '0')}` }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ item }) => item);
}

/** Names a set by its content, whatever the order of its observations. */
export function setHashOf(observations: readonly Observation[]): string {
  return contentHash(ordered(observations));
}

const emptySetHash = setHashOf([]);

/** Whether a set that was cut off is a beginning of just these parts, so that it can go on. */
function isBeginningOf(open: OpenSet | null, hash: string, parts: readonly Observation[][]): open is OpenSet {
  if (open?.set_hash !== hash || open.parts !== parts.length) return false;
  return open.stored_observations === parts.slice(0, open.stored_parts).reduce((count, part) => count + part.length, 0);
}

/** Whether the day's usage is these observations already. A day without any set is an empty one. */
function holds(state: DeploymentDayState, hash: string): boolean {
  return (state.complete?.set_hash ?? emptySetHash) === hash;
}

/**
 * Meters a deployment's day: its whole usage as one set, which replaces the set before it (spec 9). Equal content adds
 * nothing. A set beyond one append is stored in several executions of this command, until `result.complete`; one that
 * was cut off goes on where it stands while the content is the same, other content supersedes it with a new number.
 */
export const meterDeploymentDay = defineCommand({
  name: 'usage.meter-deployment-day',
  aggregate: deploymentDay,
  stream: (input: MeterDeploymentDayInput) => meteringStream(input.deployment_id, input.day),
  decide(state, input, _context: undefined, { today }): MeteringEvent[] | Refusal {
    if (input.day >= today) return refuse('day-not-ended', `${input.day} has not ended yet`);
    const observations = ordered(input.observations);
    const set_hash = contentHash(observations);
    if (holds(state, set_hash)) return [];
    const parts = splitIntoParts(observations, MAX_PART_OBSERVATIONS);
    const goesOn = isBeginningOf(state.open, set_hash, parts) ? state.open : null;
    const set_no = goesOn?.set_no ?? state.last_set_no + 1;
    const { deployment_id, tenant_id, day: meteredDay } = input;
    const events = parts.map((part, index): MeteringEvent => ({
      type: 'UsageMetered', data: { deployment_id, tenant_id, day: meteredDay, set_no, set_hash, part: index + 1, parts: parts.length, observations: part },
    }));
    const [append = []] = splitIntoParts(events.slice(goesOn?.stored_parts ?? 0), Infinity, MAX_APPEND_DATA_BYTES);
    return append;
  },
  /** `complete`: the day's usage is what the input says; false: execute again for the parts that are left. */
  result: (state, input) => ({ complete: holds(state, setHashOf(input.observations)) }),
});

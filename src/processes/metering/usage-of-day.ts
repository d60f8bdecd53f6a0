import type { TiedResource } from '../../../projections/inventory/metering-queries.ts';
import type { Observation, Unmetered } from '../../events/usage.ts';
import { billingKindOf, meterResourceDay, whyUnmetered, type Granularity } from '../../pricing/metering.ts';

/** Granularity by billing kind; other kinds are metered by day. */
export type Granularities = ReadonlyMap<string, Granularity>;

/** The usage of one deployment's day. */
export interface DayUsage {
  observations: Observation[];
  /** Resources without a record, since an input of it is not known. */
  unmetered: Unmetered[];
}

/** The usage of a deployment's day, from what was tied to it at the day's end. */
export function usageOfDay(
  resources: readonly TiedResource[],
  day: string,
  granularities: Granularities,
): DayUsage {
  const usage: DayUsage = { observations: [], unmetered: [] };
  for (const resource of resources) {
    const { resource_id, kind } = resource;
    const resource_kind = billingKindOf(kind);
    if (resource_kind === null) continue;
    const reason = whyUnmetered(resource);
    if (reason !== null) usage.unmetered.push({ resource_id, resource_kind, reason });
    const granularity = granularities.get(resource_kind) ?? 'day';
    for (const record of meterResourceDay(resource, day, granularity))
      usage.observations.push({ resource_id, granularity, ...record });
  }
  return usage;
}

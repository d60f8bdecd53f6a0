import type { TiedResource } from '../../../projections/inventory/metering-queries.ts';
import type { Observation } from '../../events/usage.ts';
import { billingKindOf, meterResourceDay, type Granularity } from '../../pricing/metering.ts';

/** Granularity by billing kind; a kind that is not named is metered by day. */
export type Granularities = ReadonlyMap<string, Granularity>;

/** The usage records of a deployment's day, from what was tied to it at the day's end. */
export function observationsOf(resources: readonly TiedResource[], day: string, granularities: Granularities): Observation[] {
  return resources.flatMap((resource) => {
    const granularity = granularities.get(billingKindOf(resource.kind) ?? '') ?? 'day';
    return meterResourceDay(resource, day, granularity).map((record) => ({ resource_id: resource.resource_id, granularity, ...record }));
  });
}

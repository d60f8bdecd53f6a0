import { measureBucket } from '../../../../commands/inventory/measure-bucket.ts';
import { missResource } from '../../../../commands/inventory/miss-resource.ts';
import { observeResource } from '../../../../commands/inventory/observe-resource.ts';
import { resourceIdOf } from '../../../../src/ledger/resource-id.ts';
import type { InventoryEvent } from '../../../../src/events/inventory.ts';
import type { JsonObject } from '../../../../src/runtime/json.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { gone } from '../../../support/commands/droplet-events.ts';

const resource_id = resourceIdOf('spaces_bucket', 'media');
const kind = 'spaces_bucket';
const fields = { name: 'media', region: null, size_slug: null, status: 'active', created_at: null };
const size = { size_bytes: '5000000001', size_gigabytes: '5.000000001', objects: 2 };
const sweepAt = (time: string, day = '03') => ({
  sweep_id: `sweep at ${time}`,
  started_at: `2026-05-${day}T${time}:00.000Z`,
  ended_at: `2026-05-${day}T${time}:30.000Z`,
});
const sighting = (time: string, day?: string) => {
  const { sweep_id, started_at, ended_at } = sweepAt(time, day);
  return { sweep_id, observed_at: started_at, sweep_ended_at: ended_at };
};
const discovered: InventoryEvent = {
  type: 'ResourceDiscovered',
  data: {
    ...{ resource_id, kind, provider: 'digitalocean', provider_id: 'media', ...fields, attrs: {} },
    ...{ placeholder: true, tenant_id: 'skyai-internal', ...sighting('00:00') },
  },
};
const measuredAs = (attrs: typeof size): InventoryEvent => ({
  type: 'BucketMeasured',
  data: {
    ...{ resource_id, kind, ...fields, ...attrs, attrs, measured_at: '2026-05-03T00:30:00.000Z' },
    changed: ['attrs.objects', 'attrs.size_bytes', 'attrs.size_gigabytes'],
  },
});
const measured = measuredAs(size);
const counted = (time: string, size_bytes = size.size_bytes, objects = size.objects) => ({
  ...{ resource_id, size_bytes, objects, measured_at: `2026-05-03T${time}:00.000Z` },
});
const missed = (time: string, missed_syncs: number, seen = sighting(time)): InventoryEvent => ({
  type: missed_syncs < 3 ? 'ResourceMissed' : 'ResourceWentStale',
  data: { resource_id, kind, missed_syncs, ...seen, last_seen_at: '2026-05-03T00:00:00.000Z' },
});
const urn = (time: string, region: string | null = null) => ({
  ...{ kind, provider_id: 'media', ...fields, region, attrs: {}, placeholder: true, sweep: sweepAt(time) },
});

describe('measure-bucket', () => {
  it('leaves what is unknown or no bucket alone', () => {
    given(measureBucket, []).when(counted('00:30'), undefined).then([]);
    given(measureBucket, gone.slice(0, 1))
      .when({ ...counted('00:30'), resource_id: resourceIdOf('droplet', '1') }, undefined)
      .then([]);
  });

  it('adds the size to what is known of a bucket', () => {
    given(measureBucket, [discovered]).when(counted('00:30'), undefined).then([measured]);
  });

  it('adds no event for the same size, or for a counting that began earlier', () => {
    given(measureBucket, [discovered, measured]).when(counted('23:30'), undefined).then([]);
    given(measureBucket, [discovered, measured])
      .when(counted('00:29', '7', 1), undefined)
      .then([]);
  });

  it('records objects without bytes, and bytes beyond 2^53 exactly', () => {
    const sizes = [
      ['0', 0, '0'],
      ['0', 3, '0'],
      ['27021597764222973', 3, '27021597.764222973'],
    ] as const;
    for (const [size_bytes, objects, size_gigabytes] of sizes) {
      const attrs = { size_bytes, size_gigabytes, objects };
      given(measureBucket, [discovered])
        .when(counted('00:30', size_bytes, objects), undefined)
        .then([measuredAs(attrs)]);
    }
  });

  it('records the size of a bucket that sweeps miss, until it is stale', () => {
    const twice = [discovered, missed('00:10', 1), missed('00:20', 2)];
    given(measureBucket, twice).when(counted('00:30'), undefined).then([measured]);
    given(measureBucket, [...twice, missed('00:29', 3)])
      .when(counted('00:30'), undefined)
      .then([]);
  });
});

describe('a measured bucket', () => {
  const known = [discovered, measured];

  it('keeps its size when a project names it again, and takes a region', () => {
    given(observeResource, known).when(urn('00:45'), undefined).then([]);
    given(observeResource, known).when(urn('00:29'), undefined).then([]);
    given(observeResource, known)
      .when(urn('00:45', 'fra1'), undefined)
      .then([
        {
          type: 'ResourceChanged',
          data: {
            ...{ resource_id, kind, ...fields, region: 'fra1', attrs: size },
            ...{ ...sighting('00:45'), changed: ['region'] },
          },
        },
      ]);
  });

  it('is missed by a sweep that began before the measurement', () => {
    given(missResource, known)
      .when({ resource_id, sweep: sweepAt('00:29'), last_seen_at: null }, undefined)
      .then([missed('00:29', 1)]);
  });

  it('goes stale no earlier than it was measured', () => {
    const seen = { ...sighting('00:29'), observed_at: '2026-05-03T00:30:00.000Z' };
    given(missResource, [discovered, missed('00:10', 1), missed('00:20', 2), measured])
      .when({ resource_id, sweep: sweepAt('00:29'), last_seen_at: null }, undefined)
      .then([missed('00:29', 3, seen)]);
  });

  it('keeps its size over a strike and a short absence, and not as what may be another bucket', () => {
    const returned = (was_stale: boolean, attrs: JsonObject, day?: string): InventoryEvent => ({
      type: 'ResourceReturned',
      data: { resource_id, kind, ...fields, attrs, was_stale, ...sighting('12:00', day) },
    });
    given(observeResource, [...known, missed('00:45', 1)])
      .when(urn('12:00'), undefined)
      .then([returned(false, size)]);
    const stale = [...known, missed('00:45', 1), missed('01:00', 2), missed('01:15', 3)];
    given(observeResource, stale)
      .when(urn('12:00'), undefined)
      .then([returned(true, size)]);
    given(observeResource, stale)
      .when({ ...urn('12:00'), sweep: sweepAt('12:00', '05') }, undefined)
      .then([returned(true, {}, '05')]);
  });
});

import { expect } from 'chai';
import { acceptDrift } from '../../../commands/inventory/accept-drift.ts';
import { detectDrift } from '../../../commands/inventory/detect-drift.ts';
import { looselyEqual } from '../../../commands/inventory/loose-equality.ts';
import { provisionSpec } from '../../../commands/inventory/provision-spec.ts';
import type { InventoryEvent } from '../../../src/events/inventory.ts';
import { idFrom } from '../../../src/ledger/ids.ts';
import { given } from '../../support/commands/command-spec.ts';
import { changed, discovered, dropletId, gone, provisioned } from '../../support/commands/droplet-events.ts';

const driftId = (field: string, n = 1) => idFrom('drift', dropletId, field, n);
const found = (field: string, desired: string, actual: string, n = 1): InventoryEvent => ({
  type: 'DriftFound',
  data: { drift_id: driftId(field, n), resource_id: dropletId, field, desired, actual, spec_version: 1 },
});
const detect = { resource_id: dropletId };

describe('loose equality', () => {
  it('compares scalars by their string form and lists as sets', () => {
    expect(looselyEqual(25, '25')).to.equal(true);
    expect(looselyEqual(true, 'true')).to.equal(true);
    expect(looselyEqual(['b', 1, 'a', 'a'], ['a', 'b', '1'])).to.equal(true);
    expect(looselyEqual({ min: 1, max: [2, 3] }, { max: ['3', '2'], min: '1' })).to.equal(true);
    expect(looselyEqual(['a'], ['a', 'b'])).to.equal(false);
    expect(looselyEqual(null, 'null')).to.equal(false);
    expect(looselyEqual('25', '25.0')).to.equal(false);
  });
});

describe('provision-spec', () => {
  it('raises the version each time, and not for the same spec', () => {
    given(provisionSpec, [discovered()])
      .when({ resource_id: dropletId, spec: { size_slug: 'a' } }, undefined)
      .then([provisioned({ size_slug: 'a' })]);
    given(provisionSpec, [discovered(), provisioned({ size_slug: 'a' })])
      .when({ resource_id: dropletId, spec: { size_slug: 'b' } }, undefined)
      .then([provisioned({ size_slug: 'b' }, 2)]);
  });

  it('refuses an empty spec and an unknown resource', () => {
    given(provisionSpec, [discovered()])
      .when({ resource_id: dropletId, spec: {} }, undefined)
      .refused('invalid-input');
    given(provisionSpec)
      .when({ resource_id: dropletId, spec: { a: 1 } }, undefined)
      .refused('not-found');
  });
});

describe('detect-drift', () => {
  it('compares top-level fields before attrs, all in one decision', () => {
    const spec = { name: 'web-1', size_slug: 's-2vcpu-2gb', tags: ['b', 'a'], constructor: 'x' };
    given(detectDrift, [
      discovered(undefined, { attrs: { tags: ['a', 'b'], name: 'shadowed' } }),
      provisioned(spec),
    ])
      .when(detect, undefined)
      .then([
        found('size_slug', 's-2vcpu-2gb', 's-1vcpu-1gb'),
        {
          type: 'DriftFound',
          data: {
            drift_id: driftId('constructor'),
            resource_id: dropletId,
            field: 'constructor',
            desired: 'x',
            actual: null,
            spec_version: 1,
          },
        },
      ]);
  });

  const open = [
    discovered(),
    provisioned({ status: 'active' }),
    changed('2026-05-01T00:10:00.000Z', { status: 'off' }, ['status']),
    found('status', 'active', 'off'),
  ];

  it('adds nothing while values stay', () => {
    given(detectDrift, open).when(detect, undefined).then([]);
  });

  it('updates the open drift when the live value moves', () => {
    given(detectDrift, [...open, changed('2026-05-01T00:20:00.000Z', { status: 'archive' }, ['status'])])
      .when(detect, undefined)
      .then([
        {
          type: 'DriftChanged',
          data: {
            drift_id: driftId('status'),
            resource_id: dropletId,
            field: 'status',
            desired: 'active',
            actual: 'archive',
            spec_version: 1,
          },
        },
      ]);
  });

  it('closes a drift that is no more, and opens another one later', () => {
    const back = [...open, changed('2026-05-01T00:20:00.000Z', {}, ['status'])];
    const closed: InventoryEvent = {
      type: 'DriftWentStale',
      data: { drift_id: driftId('status'), resource_id: dropletId, field: 'status' },
    };
    given(detectDrift, back).when(detect, undefined).then([closed]);
    given(detectDrift, [...back, closed, changed('2026-05-01T00:30:00.000Z', { status: 'off' }, ['status'])])
      .when(detect, undefined)
      .then([found('status', 'active', 'off', 2)]);
  });

  it('closes a drift of a field that the spec dropped', () => {
    given(detectDrift, [...open, provisioned({ name: 'web-1' }, 2)])
      .when(detect, undefined)
      .then([
        {
          type: 'DriftWentStale',
          data: { drift_id: driftId('status'), resource_id: dropletId, field: 'status' },
        },
      ]);
  });

  it('leaves stale resources alone', () => {
    given(detectDrift, [...gone, provisioned({ status: 'off' })])
      .when(detect, undefined)
      .then([]);
  });

  it('accepts a drift: the live value is the desired one', () => {
    const accept = { drift_id: driftId('status'), resource_id: dropletId };
    const accepted: InventoryEvent = {
      type: 'DriftAccepted',
      data: { ...accept, field: 'status', actual: 'off', spec_version: 2, spec: { status: 'off' } },
    };
    given(acceptDrift, open).when(accept, undefined).then([accepted]);
    given(acceptDrift, [...open, accepted])
      .when(accept, undefined)
      .refused('drift-closed');
    given(acceptDrift, open)
      .when({ ...accept, drift_id: 'other' }, undefined)
      .refused('not-found');
    given(detectDrift, [...open, accepted])
      .when(detect, undefined)
      .then([]);
  });
});

import { detectDrift } from '../../../../commands/inventory/detect-drift.ts';
import type { InventoryEvent } from '../../../../src/events/inventory.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { changed, discovered, dropletId, provisioned } from '../../../support/commands/droplet-events.ts';
import { driftId, driftFound, detectInput, openDrift } from '../../../support/commands/drift-events.ts';

describe('detect-drift', () => {
  it('compares top-level fields before attrs, all in one decision', () => {
    const spec = { name: 'web-1', size_slug: 's-2vcpu-2gb', tags: ['b', 'a'], constructor: 'x' };
    given(detectDrift, [
      discovered(undefined, { attrs: { tags: ['a', 'b'], name: 'shadowed' } }),
      provisioned(spec),
    ])
      .when(detectInput, undefined)
      .then([
        driftFound('size_slug', 's-2vcpu-2gb', 's-1vcpu-1gb'),
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

  it('opens another drift when the value differs again', () => {
    const back = [...openDrift, changed('2026-05-01T00:20:00.000Z', {}, ['status'])];
    const closed: InventoryEvent = {
      type: 'DriftWentStale',
      data: { drift_id: driftId('status'), resource_id: dropletId, field: 'status' },
    };
    given(detectDrift, [...back, closed, changed('2026-05-01T00:30:00.000Z', { status: 'off' }, ['status'])])
      .when(detectInput, undefined)
      .then([driftFound('status', 'active', 'off', 2)]);
  });
});

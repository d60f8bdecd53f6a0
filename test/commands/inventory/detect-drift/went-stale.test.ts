import { detectDrift } from '../../../../commands/inventory/detect-drift.ts';
import type { InventoryEvent } from '../../../../src/events/inventory.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { changed, dropletId, provisioned } from '../../../support/commands/droplet-events.ts';
import { driftId, detectInput, openDrift } from '../../../support/commands/drift-events.ts';

describe('detect-drift', () => {
  it('closes a drift that has ended', () => {
    const back = [...openDrift, changed('2026-05-01T00:20:00.000Z', {}, ['status'])];
    const closed: InventoryEvent = {
      type: 'DriftWentStale',
      data: { drift_id: driftId('status'), resource_id: dropletId, field: 'status' },
    };
    given(detectDrift, back).when(detectInput, undefined).then([closed]);
  });

  it('closes the drift of a field that the spec no longer has', () => {
    given(detectDrift, [...openDrift, provisioned({ name: 'web-1' }, 2)])
      .when(detectInput, undefined)
      .then([
        {
          type: 'DriftWentStale',
          data: { drift_id: driftId('status'), resource_id: dropletId, field: 'status' },
        },
      ]);
  });
});

import { detectDrift } from '../../../../commands/inventory/detect-drift.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { changed, dropletId } from '../../../support/commands/droplet-events.ts';
import { driftId, detectInput, openDrift } from '../../../support/commands/drift-events.ts';

describe('detect-drift', () => {
  it('updates the open drift when the live value changes', () => {
    given(detectDrift, [...openDrift, changed('2026-05-01T00:20:00.000Z', { status: 'archive' }, ['status'])])
      .when(detectInput, undefined)
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
});

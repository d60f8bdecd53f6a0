import { acceptDrift } from '../../../../commands/inventory/accept-drift.ts';
import type { InventoryEvent } from '../../../../src/events/inventory.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { dropletId } from '../../../support/commands/droplet-events.ts';
import { driftId, openDrift } from '../../../support/commands/drift-events.ts';

describe('accept-drift', () => {
  it('refuses a drift that is closed', () => {
    const accept = { drift_id: driftId('status'), resource_id: dropletId };
    const accepted: InventoryEvent = {
      type: 'DriftAccepted',
      data: { ...accept, field: 'status', actual: 'off', spec_version: 2, spec: { status: 'off' } },
    };
    given(acceptDrift, [...openDrift, accepted])
      .when(accept, undefined)
      .refused('drift-closed');
  });

  it('refuses an unknown drift', () => {
    const accept = { drift_id: driftId('status'), resource_id: dropletId };
    given(acceptDrift, openDrift)
      .when({ ...accept, drift_id: 'other' }, undefined)
      .refused('not-found');
  });
});

import { acceptDrift } from '../../../../commands/inventory/accept-drift.ts';
import type { InventoryEvent } from '../../../../src/events/inventory.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { dropletId } from '../../../support/commands/droplet-events.ts';
import { driftId, openDrift } from '../../../support/commands/drift-events.ts';

describe('accept-drift', () => {
  it('makes the live value the desired one', () => {
    const accept = { drift_id: driftId('status'), resource_id: dropletId };
    const accepted: InventoryEvent = {
      type: 'DriftAccepted',
      data: { ...accept, field: 'status', actual: 'off', spec_version: 2, spec: { status: 'off' } },
    };
    given(acceptDrift, openDrift).when(accept, undefined).then([accepted]);
  });
});

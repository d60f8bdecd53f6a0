import { detectDrift } from '../../../../commands/inventory/detect-drift.ts';
import type { InventoryEvent } from '../../../../src/events/inventory.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { dropletId, gone, provisioned } from '../../../support/commands/droplet-events.ts';
import { driftId, detectInput, openDrift } from '../../../support/commands/drift-events.ts';

describe('detect-drift', () => {
  it('adds nothing while the values stay', () => {
    given(detectDrift, openDrift).when(detectInput, undefined).then([]);
  });

  it('leaves stale resources alone', () => {
    given(detectDrift, [...gone, provisioned({ status: 'off' })])
      .when(detectInput, undefined)
      .then([]);
  });

  it('adds nothing after the drift was accepted', () => {
    const accept = { drift_id: driftId('status'), resource_id: dropletId };
    const accepted: InventoryEvent = {
      type: 'DriftAccepted',
      data: { ...accept, field: 'status', actual: 'off', spec_version: 2, spec: { status: 'off' } },
    };
    given(detectDrift, [...openDrift, accepted])
      .when(detectInput, undefined)
      .then([]);
  });
});

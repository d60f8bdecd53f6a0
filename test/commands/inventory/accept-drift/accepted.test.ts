import { acceptDrift } from '../../../../commands/inventory/accept-drift.ts';
import type { InventoryEvent } from '../../../../src/events/inventory.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { discovered, dropletId } from '../../../support/commands/droplet-events.ts';
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

  it("makes what a template wants otherwise the resource's own spec", () => {
    const wanted: InventoryEvent = {
      type: 'DriftFound',
      data: {
        ...{ drift_id: driftId('size_slug'), resource_id: dropletId, field: 'size_slug' },
        ...{ desired: 's-2vcpu-4gb', actual: 's-1vcpu-1gb', spec_version: 0 },
      },
    };
    const accept = { drift_id: driftId('size_slug'), resource_id: dropletId };
    const spec = { size_slug: 's-1vcpu-1gb' };
    given(acceptDrift, [discovered(), wanted])
      .when(accept, undefined)
      .then([
        {
          type: 'DriftAccepted',
          data: { ...accept, field: 'size_slug', actual: 's-1vcpu-1gb', spec_version: 1, spec },
        },
      ]);
  });

  it('makes one beyond the wanted number wanted beside the template', () => {
    const surplus: InventoryEvent = {
      type: 'DriftFound',
      data: {
        ...{ drift_id: driftId('count'), resource_id: dropletId, field: 'count' },
        ...{ desired: 2, actual: 3, spec_version: 0 },
      },
    };
    const accept = { drift_id: driftId('count'), resource_id: dropletId };
    given(acceptDrift, [discovered(), surplus])
      .when(accept, undefined)
      .then([
        {
          type: 'DriftAccepted',
          data: { ...accept, field: 'count', actual: 3, spec_version: 1, spec: { count: 3 } },
        },
      ]);
  });
});

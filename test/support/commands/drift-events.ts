/** Drifts of the droplet in `droplet-events.ts`. */
import { idFrom } from '../../../src/ledger/ids.ts';
import { dropletId, discovered, provisioned, changed } from './droplet-events.ts';
import type { InventoryEvent } from '../../../src/events/inventory.ts';

export const driftId = (field: string, n = 1) => idFrom('drift', dropletId, field, n);

export const driftFound = (field: string, desired: string, actual: string, n = 1): InventoryEvent => ({
  type: 'DriftFound',
  data: { drift_id: driftId(field, n), resource_id: dropletId, field, desired, actual, spec_version: 1 },
});

export const detectInput = { resource_id: dropletId, wish: null };

export const openDrift = [
  discovered(),
  provisioned({ status: 'active' }),
  changed('2026-05-01T00:10:00.000Z', { status: 'off' }, ['status']),
  driftFound('status', 'active', 'off'),
];

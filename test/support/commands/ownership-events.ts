/** Who has a resource: its project, its tenant, and the sweeps that see it. */
import type { InventoryEvent, ProjectEvent, SweepEvent } from '../../../src/events/inventory.ts';
import { dropletId, sweepAt } from './droplet-events.ts';

export const attributed = (cloud_project_id: string | null, tenant_id: string): InventoryEvent => ({
  type: 'ResourceAttributed',
  data: { resource_id: dropletId, cloud_project_id, tenant_id },
});

export const assigned = {
  type: 'ResourceAssigned',
  data: { resource_id: dropletId, tenant_id: 'acme' },
} satisfies InventoryEvent;

export const place = (cloud_project_id: string | null, project_tenant_id: string | null) => ({
  resource_id: dropletId,
  cloud_project_id,
  project_tenant_id,
});

export const projectFields = {
  name: 'pilot',
  description: '',
  purpose: '',
  environment: '',
  is_default: false,
  created_at: null,
};

export const projectDiscovered = {
  type: 'ProjectDiscovered',
  data: { project_id: 'p1', ...projectFields },
} satisfies ProjectEvent;

export const sweepInput = (at: string) => ({
  ...sweepAt(at),
  kind: 'droplet',
  seen: 5,
  changed: 0,
  missed: 0,
});

export const sweepRecorded = (at: string, counted: boolean): SweepEvent => ({
  type: 'SweepRecorded',
  data: { ...sweepInput(at), counted },
});

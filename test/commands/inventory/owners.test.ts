import { assignProject } from '../../../commands/inventory/assign-project.ts';
import { assignResource } from '../../../commands/inventory/assign-resource.ts';
import { attributeResource } from '../../../commands/inventory/attribute-resource.ts';
import { observeResource } from '../../../commands/inventory/observe-resource.ts';
import { observeProject } from '../../../commands/inventory/observe-project.ts';
import { recordSweep } from '../../../commands/inventory/record-sweep.ts';
import { removeProject } from '../../../commands/inventory/remove-project.ts';
import type { InventoryEvent, ProjectEvent, SweepEvent } from '../../../src/events/inventory.ts';
import { given } from '../../support/commands/command-spec.ts';
import { discovered, dropletId, sweepAt, web } from '../../support/commands/droplet-events.ts';

const attributed = (cloud_project_id: string | null, tenant_id: string): InventoryEvent => ({
  type: 'ResourceAttributed',
  data: { resource_id: dropletId, cloud_project_id, tenant_id },
});
const assigned: InventoryEvent = {
  type: 'ResourceAssigned',
  data: { resource_id: dropletId, tenant_id: 'acme' },
};
const place = (cloud_project_id: string | null, project_tenant_id: string | null) => ({
  resource_id: dropletId,
  cloud_project_id,
  project_tenant_id,
});

describe('attribute-resource', () => {
  it("gives a resource to its project's tenant, or to the fallback", () => {
    given(attributeResource, [discovered()])
      .when(place('p1', 'acme'), undefined)
      .then([attributed('p1', 'acme')]);
    given(attributeResource, [discovered()])
      .when(place('p1', null), undefined)
      .then([attributed('p1', 'skyai-internal')]);
    given(attributeResource, [discovered(), attributed('p1', 'acme')])
      .when(place(null, null), undefined)
      .then([attributed(null, 'skyai-internal')]);
  });

  it('places ahead what no sweep has seen, for its discovery', () => {
    given(attributeResource)
      .when(place('p1', 'acme'), undefined)
      .then([attributed('p1', 'acme')]);
    given(attributeResource).when(place(null, null), undefined).then([]);
    given(attributeResource, [attributed('p1', 'acme')])
      .when(place('p2', null), undefined)
      .then([attributed('p2', 'skyai-internal')]);
    const seen = {
      kind: 'droplet',
      provider_id: '401',
      placeholder: false,
      ...web,
      sweep: sweepAt('2026-05-01T00:00:00.000Z'),
    };
    given(observeResource, [attributed('p1', 'acme')])
      .when(seen, undefined)
      .then([discovered(undefined, {}, 'acme'), attributed('p1', 'acme')]);
    given(assignResource, [attributed('p1', 'acme')])
      .when({ resource_id: dropletId, tenant_id: 'acme' }, undefined)
      .refused('not-found');
  });

  it('keeps what an admin has classified', () => {
    given(attributeResource, [discovered(), assigned])
      .when(place('p1', 'other'), undefined)
      .then([attributed('p1', 'acme')]);
    given(attributeResource, [discovered(), assigned]).when(place(null, null), undefined).then([]);
  });
});

describe('assign-resource', () => {
  it('classifies once', () => {
    given(assignResource, [discovered()])
      .when({ resource_id: dropletId, tenant_id: 'acme' }, undefined)
      .then([assigned]);
    given(assignResource).when({ resource_id: dropletId, tenant_id: 'acme' }, undefined).refused('not-found');
  });

  it("classifies also what happens to be that tenant's: it is to outlast its project", () => {
    given(assignResource, [discovered(), attributed('p1', 'acme')])
      .when({ resource_id: dropletId, tenant_id: 'acme' }, undefined)
      .then([assigned]);
  });
});

describe('projects', () => {
  const fields = {
    name: 'pilot',
    description: '',
    purpose: '',
    environment: '',
    is_default: false,
    created_at: null,
  };
  const known: ProjectEvent = { type: 'ProjectDiscovered', data: { project_id: 'p1', ...fields } };
  const given1 = (event: ProjectEvent, ...more: ProjectEvent[]) => [event, ...more];

  it('are mirrored', () => {
    given(observeProject)
      .when({ project_id: 'p1', ...fields }, undefined)
      .then([known]);
    given(observeProject, [known])
      .when({ project_id: 'p1', ...fields, name: 'renamed' }, undefined)
      .then([{ type: 'ProjectChanged', data: { project_id: 'p1', ...fields, name: 'renamed' } }]);
  });

  it('go, and keep their tenant when they come back', () => {
    const removed: ProjectEvent = { type: 'ProjectRemoved', data: { project_id: 'p1' } };
    const acme: ProjectEvent = { type: 'ProjectAssigned', data: { project_id: 'p1', tenant_id: 'acme' } };
    given(removeProject, [known]).when({ project_id: 'p1' }, undefined).then([removed]);
    given(observeProject, given1(known, acme, removed))
      .when({ project_id: 'p1', ...fields }, undefined)
      .then([{ type: 'ProjectChanged', data: { project_id: 'p1', ...fields } }]);
    given(assignProject, [known]).when({ project_id: 'p1', tenant_id: 'acme' }, undefined).then([acme]);
    given(assignProject, given1(known, removed))
      .when({ project_id: 'p1', tenant_id: 'acme' }, undefined)
      .refused('not-found');
    given(assignProject).when({ project_id: 'p1', tenant_id: 'acme' }, undefined).refused('not-found');
  });
});

describe('record-sweep', () => {
  const sweep = (at: string) => ({ ...sweepAt(at), kind: 'droplet', seen: 5, changed: 0, missed: 0 });
  const recorded = (at: string, counted: boolean): SweepEvent => ({
    type: 'SweepRecorded',
    data: { ...sweep(at), counted },
  });

  it('counts a sweep that began when the last had ended', () => {
    given(recordSweep)
      .when(sweep('2026-05-01T00:00:00.000Z'), { last_counted_end: '2026-05-01T00:00:00.000Z' })
      .then([recorded('2026-05-01T00:00:00.000Z', true)]);
    given(recordSweep, [recorded('2026-05-01T00:00:00.000Z', true)])
      .when(sweep('2026-05-01T00:01:00.000Z'), { last_counted_end: null })
      .then([recorded('2026-05-01T00:01:00.000Z', true)]);
  });

  it('does not count one that ran beside it, be it of the day before', () => {
    given(recordSweep, [recorded('2026-05-01T00:00:00.000Z', true)])
      .when(sweep('2026-05-01T00:00:30.000Z'), { last_counted_end: null })
      .then([recorded('2026-05-01T00:00:30.000Z', false)]);
    given(recordSweep)
      .when(sweep('2026-05-01T00:00:00.000Z'), { last_counted_end: '2026-05-01T00:00:01.000Z' })
      .then([recorded('2026-05-01T00:00:00.000Z', false)]);
  });
});

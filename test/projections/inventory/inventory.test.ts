import { expect } from 'chai';
import { inventory } from '../../../projections/inventory/inventory.ts';
import {
  drift,
  projects,
  lastSweeps,
  resourceOwners,
  resources,
  resourceStates,
  resourceTies,
  specs,
} from '../../../projections/inventory/tables.ts';
import type { LedgerEvent } from '../../../src/events/index.ts';
import { projectTwice } from '../../support/projections/projection-spec.ts';
import {
  changed,
  discovered,
  dropletId,
  gone,
  provisioned,
  returned,
  tied,
  untied,
  web,
} from '../../support/commands/droplet-events.ts';

const only = (events: LedgerEvent[]) => projectTwice(inventory, events);

describe('the inventory projection', () => {
  it('shows a discovered resource with its first state and its provisional owner', () => {
    const rows = only([discovered(undefined, { attrs: { size_gigabytes: 4.5 } })]);
    expect(rows(resources)).to.have.length(1);
    expect(rows(resources)[0]).to.include({
      id: dropletId,
      kind: 'droplet',
      provider_id: '401',
      status: 'active',
      stale: false,
      missed_syncs: 0,
      tenant_id: 'skyai-internal',
      cloud_project_id: null,
    });
    expect(rows(resourceStates)[0]).to.include({
      resource_id: dropletId,
      at: '2026-05-01T00:00:00.000Z',
      name: 'web-1',
      size_gb: '4.5',
      gone: false,
      created_at: web.created_at,
    });
    expect(rows(resourceOwners)[0]).to.include({ tenant_id: 'skyai-internal', provisional: true });
  });

  it('adds a state where a change matters to metering or matching only', () => {
    const rows = only([
      discovered(),
      changed('2026-05-01T00:10:00.000Z', { attrs: { tags: [] } }, ['attrs.tags']),
      changed('2026-05-01T00:20:00.000Z', { status: 'off' }, ['status']),
    ]);
    expect(rows(resourceStates).map((row) => [row['at'], row['status']])).to.deep.equal([
      ['2026-05-01T00:00:00.000Z', 'active'],
      ['2026-05-01T00:20:00.000Z', 'off'],
    ]);
    expect(rows(resources)[0]).to.include({ status: 'off', last_sighted_at: '2026-05-01T00:20:00.000Z' });
  });

  it('keeps the size of each time, for list prices', () => {
    const rows = only([
      discovered(),
      changed('2026-05-01T12:00:00.000Z', { size_slug: 's-2vcpu-2gb' }, ['size_slug']),
    ]);
    expect(rows(resourceStates).map((row) => [row['at'], row['size_slug']])).to.deep.equal([
      ['2026-05-01T00:00:00.000Z', 's-1vcpu-1gb'],
      ['2026-05-01T12:00:00.000Z', 's-2vcpu-2gb'],
    ]);
    expect(only(gone)(resourceStates)[1]).to.include({ gone: true, size_slug: null });
  });

  it('marks a resource stale after three missed sweeps, and current again on its return', () => {
    expect(only(gone)(resources)[0]).to.include({
      stale: true,
      missed_syncs: 3,
      stale_at: '2026-05-01T00:30:00.000Z',
      missing_since: '2026-05-01T00:10:00.000Z',
      last_sighted_at: '2026-05-01T00:05:00.000Z',
    });
    const rows = only([...gone, returned('2026-05-01T00:40:00.000Z', true)]);
    expect(rows(resources)[0]).to.include({
      stale: false,
      missed_syncs: 0,
      stale_at: null,
      missing_since: null,
      last_sighted_at: '2026-05-01T00:40:00.000Z',
    });
    expect(rows(resourceStates).map((row) => row['gone'])).to.deep.equal([false, true, false]);
  });

  it('distinguishes attribution by the project walk from attribution by an admin', () => {
    const rows = only([
      discovered(),
      {
        type: 'ResourceAttributed',
        data: { resource_id: dropletId, cloud_project_id: 'p1', tenant_id: 'acme' },
      },
      { type: 'ResourceAssigned', data: { resource_id: dropletId, tenant_id: 'other' } },
    ]);
    expect(rows(resources)[0]).to.include({ tenant_id: 'other', cloud_project_id: 'p1', classified: true });
    expect(rows(resourceOwners).map((row) => [row['tenant_id'], row['provisional']])).to.deep.equal([
      ['skyai-internal', true],
      ['acme', false],
      ['other', false],
    ]);
  });

  it('keeps ties with their ends', () => {
    const rows = only([
      discovered(),
      tied('d1', 'acme', '2026-05-01'),
      untied('d1', 'acme', '2026-05-01', '2026-05-05'),
      tied('d2', 'other', '2026-05-05'),
    ]);
    expect(
      rows(resourceTies).map((row) => [
        row['deployment_id'],
        row['effective_from'],
        row['effective_to'],
        row['position'],
        row['untied_position'],
      ]),
    ).to.deep.equal([
      ['d1', '2026-05-01', '2026-05-05', 2, 3],
      ['d2', '2026-05-05', null, 4, null],
    ]);
  });

  it('lets a tie replace one of the same day that no longer covers any day', () => {
    const rows = only([
      discovered(),
      tied('d1', 'acme', '2026-05-01'),
      untied('d1', 'acme', '2026-05-01', '2026-05-01'),
      tied('d1', 'acme', '2026-05-01'),
    ]);
    expect(rows(resourceTies)).to.have.length(1);
    expect(rows(resourceTies)[0]).to.include({ effective_to: null, untied_position: null });
  });

  it('keeps drift with its history, and the spec that an acceptance makes', () => {
    const found = {
      drift_id: 'x',
      resource_id: dropletId,
      field: 'status',
      desired: 'active',
      actual: 'off',
      spec_version: 1,
    };
    const events: LedgerEvent[] = [
      discovered(),
      provisioned({ status: 'active' }),
      { type: 'DriftFound', data: found },
      { type: 'DriftChanged', data: { ...found, actual: 'archive' } },
    ];
    expect(only(events)(drift)[0]).to.include({ status: 'open', actual: 'archive', closed_at: null });
    const accepted = only([
      ...events,
      {
        type: 'DriftAccepted',
        data: {
          drift_id: 'x',
          resource_id: dropletId,
          field: 'status',
          actual: 'archive',
          spec_version: 2,
          spec: { status: 'archive' },
        },
      },
    ]);
    expect(accepted(drift)[0]).to.include({ status: 'accepted', closed_at: '2026-05-01T00:00:00.000Z' });
    expect(accepted(specs)[0]).to.deep.include({ spec_version: 2, spec: { status: 'archive' } });
    expect(
      only([
        ...events,
        { type: 'DriftWentStale', data: { drift_id: 'x', resource_id: dropletId, field: 'status' } },
      ])(drift)[0],
    ).to.include({ status: 'stale' });
  });

  it('mirrors projects; a removed project that returns keeps its tenant', () => {
    const fields = {
      name: 'pilot',
      description: '',
      purpose: '',
      environment: '',
      is_default: false,
      created_at: null,
    };
    const rows = only([
      { type: 'ProjectDiscovered', data: { project_id: 'p1', ...fields } },
      { type: 'ProjectAssigned', data: { project_id: 'p1', tenant_id: 'acme' } },
      { type: 'ProjectRuleSet', data: { project_id: 'p1', deployment_id: 'd1', tenant_id: 'acme' } },
      { type: 'ProjectRuleEnded', data: { project_id: 'p1', deployment_id: 'd1' } },
      { type: 'ProjectRuleSet', data: { project_id: 'p1', deployment_id: 'd2', tenant_id: 'acme' } },
      { type: 'ProjectRemoved', data: { project_id: 'p1' } },
      { type: 'ProjectChanged', data: { project_id: 'p1', ...fields, name: 'pilot 2' } },
    ]);
    const [row, ...others] = rows(projects);
    expect(others).to.deep.equal([]);
    expect(row).to.include({
      ...{ id: 'p1', ...fields, name: 'pilot 2', tenant_id: 'acme', removed: false },
      deploys: 'd2',
    });
  });

  it('keeps the last sweep that counted', () => {
    const sweep = (sweep_id: string, counted: boolean): LedgerEvent => ({
      type: 'SweepRecorded',
      data: {
        sweep_id,
        kind: 'droplet',
        started_at: '2026-05-01T00:00:00.000Z',
        ended_at: '2026-05-01T00:01:00.000Z',
        seen: 5,
        changed: 0,
        missed: 0,
        counted,
      },
    });
    expect(
      only([sweep('a', true), sweep('b', false)])(lastSweeps).map((row) => row['sweep_id']),
    ).to.deep.equal(['a']);
  });
});

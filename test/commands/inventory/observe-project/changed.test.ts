import { observeProject } from '../../../../commands/inventory/observe-project.ts';
import type { ProjectEvent } from '../../../../src/events/inventory.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { projectFields, projectDiscovered } from '../../../support/commands/ownership-events.ts';

describe('observe-project', () => {
  it('records a name that changed', () => {
    given(observeProject, [projectDiscovered])
      .when({ project_id: 'p1', ...projectFields, name: 'renamed' }, undefined)
      .then([{ type: 'ProjectChanged', data: { project_id: 'p1', ...projectFields, name: 'renamed' } }]);
  });

  it('keeps the tenant of a project that comes back', () => {
    const removed: ProjectEvent = { type: 'ProjectRemoved', data: { project_id: 'p1' } };
    const acme: ProjectEvent = { type: 'ProjectAssigned', data: { project_id: 'p1', tenant_id: 'acme' } };
    given(observeProject, [projectDiscovered, acme, removed])
      .when({ project_id: 'p1', ...projectFields }, undefined)
      .then([{ type: 'ProjectChanged', data: { project_id: 'p1', ...projectFields } }]);
  });
});

import { assignProject } from '../../../../commands/inventory/assign-project.ts';
import type { ProjectEvent } from '../../../../src/events/inventory.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { projectDiscovered } from '../../../support/commands/ownership-events.ts';

describe('assign-project', () => {
  it('refuses a project that is removed or unknown', () => {
    const removed: ProjectEvent = { type: 'ProjectRemoved', data: { project_id: 'p1' } };
    given(assignProject, [projectDiscovered, removed])
      .when({ project_id: 'p1', tenant_id: 'acme' }, undefined)
      .refused('not-found');
    given(assignProject).when({ project_id: 'p1', tenant_id: 'acme' }, undefined).refused('not-found');
  });
});

import { assignProject } from '../../../../commands/inventory/assign-project.ts';
import type { ProjectEvent } from '../../../../src/events/inventory.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { projectDiscovered } from '../../../support/commands/ownership-events.ts';

describe('assign-project', () => {
  it('assigns a project to a tenant', () => {
    const acme: ProjectEvent = { type: 'ProjectAssigned', data: { project_id: 'p1', tenant_id: 'acme' } };
    given(assignProject, [projectDiscovered])
      .when({ project_id: 'p1', tenant_id: 'acme' }, undefined)
      .then([acme]);
  });
});

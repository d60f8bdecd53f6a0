import { removeProject } from '../../../../commands/inventory/remove-project.ts';
import type { ProjectEvent } from '../../../../src/events/inventory.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { projectDiscovered } from '../../../support/commands/ownership-events.ts';

describe('remove-project', () => {
  it('removes a project', () => {
    const removed: ProjectEvent = { type: 'ProjectRemoved', data: { project_id: 'p1' } };
    given(removeProject, [projectDiscovered]).when({ project_id: 'p1' }, undefined).then([removed]);
  });
});

import { observeProject } from '../../../../commands/inventory/observe-project.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { projectFields, projectDiscovered } from '../../../support/commands/ownership-events.ts';

describe('observe-project', () => {
  it('discovers a project', () => {
    given(observeProject)
      .when({ project_id: 'p1', ...projectFields }, undefined)
      .then([projectDiscovered]);
  });
});

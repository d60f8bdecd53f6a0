import { provisionSpec } from '../../../../commands/inventory/provision-spec.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { discovered, dropletId, provisioned } from '../../../support/commands/droplet-events.ts';

describe('provision-spec', () => {
  it('raises the version for each spec that differs', () => {
    given(provisionSpec, [discovered()])
      .when({ resource_id: dropletId, spec: { size_slug: 'a' } }, undefined)
      .then([provisioned({ size_slug: 'a' })]);
    given(provisionSpec, [discovered(), provisioned({ size_slug: 'a' })])
      .when({ resource_id: dropletId, spec: { size_slug: 'b' } }, undefined)
      .then([provisioned({ size_slug: 'b' }, 2)]);
  });
});

import { assignResource } from '../../../../commands/inventory/assign-resource.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { dropletId } from '../../../support/commands/droplet-events.ts';
import { attributed } from '../../../support/commands/ownership-events.ts';

describe('assign-resource', () => {
  it('refuses a resource that was placed and not seen', () => {
    given(assignResource, [attributed('p1', 'acme')])
      .when({ resource_id: dropletId, tenant_id: 'acme' }, undefined)
      .refused('not-found');
  });

  it('refuses an unknown resource', () => {
    given(assignResource).when({ resource_id: dropletId, tenant_id: 'acme' }, undefined).refused('not-found');
  });
});

import { assignResource } from '../../../../commands/inventory/assign-resource.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { discovered, dropletId } from '../../../support/commands/droplet-events.ts';
import { attributed, assigned } from '../../../support/commands/ownership-events.ts';

describe('assign-resource', () => {
  it('assigns a resource to a tenant', () => {
    given(assignResource, [discovered()])
      .when({ resource_id: dropletId, tenant_id: 'acme' }, undefined)
      .then([assigned]);
  });

  it('assigns a resource also to the tenant of its project, to outlast a change of project', () => {
    given(assignResource, [discovered(), attributed('p1', 'acme')])
      .when({ resource_id: dropletId, tenant_id: 'acme' }, undefined)
      .then([assigned]);
  });
});

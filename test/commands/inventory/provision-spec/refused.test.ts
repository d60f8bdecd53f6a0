import { provisionSpec } from '../../../../commands/inventory/provision-spec.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { discovered, dropletId } from '../../../support/commands/droplet-events.ts';

describe('provision-spec', () => {
  it('refuses an empty spec', () => {
    given(provisionSpec, [discovered()])
      .when({ resource_id: dropletId, spec: {} }, undefined)
      .refused('invalid-input');
  });

  it('refuses an unknown resource', () => {
    given(provisionSpec)
      .when({ resource_id: dropletId, spec: { a: 1 } }, undefined)
      .refused('not-found');
  });
});

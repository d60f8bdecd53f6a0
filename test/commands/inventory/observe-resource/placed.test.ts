import { observeResource } from '../../../../commands/inventory/observe-resource.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { discovered, sweepAt, web } from '../../../support/commands/droplet-events.ts';
import { attributed } from '../../../support/commands/ownership-events.ts';

describe('observe-resource', () => {
  it('discovers a resource in the project and with the tenant that it was placed with', () => {
    const seen = {
      kind: 'droplet',
      provider_id: '401',
      placeholder: false,
      ...web,
      sweep: sweepAt('2026-05-01T00:00:00.000Z'),
    };
    given(observeResource, [attributed('p1', 'acme')])
      .when(seen, undefined)
      .then([discovered(undefined, {}, 'acme'), attributed('p1', 'acme')]);
  });
});

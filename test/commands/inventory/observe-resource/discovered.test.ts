import { observeResource } from '../../../../commands/inventory/observe-resource.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { discovered } from '../../../support/commands/droplet-events.ts';
import { see } from '../../../support/commands/sightings.ts';

describe('observe-resource', () => {
  it('discovers a resource that is not known', () => {
    given(observeResource).when(see('2026-05-01T00:00:00.000Z'), undefined).then([discovered()]);
  });
});

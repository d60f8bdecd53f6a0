import { missResource } from '../../../../commands/inventory/miss-resource.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { gone } from '../../../support/commands/droplet-events.ts';
import { miss } from '../../../support/commands/sightings.ts';

describe('miss-resource', () => {
  it('makes the resource stale at the third strike', () => {
    given(missResource, gone.slice(0, 3)).when(miss('2026-05-01T00:30:00.000Z'), undefined).then([gone[3]!]);
  });
});

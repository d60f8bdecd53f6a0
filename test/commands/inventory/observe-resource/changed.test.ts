import { observeResource } from '../../../../commands/inventory/observe-resource.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { changed, discovered } from '../../../support/commands/droplet-events.ts';
import { see } from '../../../support/commands/sightings.ts';

describe('observe-resource', () => {
  it('names the fields that differ', () => {
    given(observeResource, [discovered()])
      .when(see('2026-05-01T00:10:00.000Z', { status: 'off', attrs: { tags: ['a'] } }), undefined)
      .then([
        changed('2026-05-01T00:10:00.000Z', { status: 'off', attrs: { tags: ['a'] } }, [
          'status',
          'attrs.tags',
        ]),
      ]);
  });
});

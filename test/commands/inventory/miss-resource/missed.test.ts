import { missResource } from '../../../../commands/inventory/miss-resource.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { discovered, gone, returned, struck } from '../../../support/commands/droplet-events.ts';
import { miss } from '../../../support/commands/sightings.ts';

describe('miss-resource', () => {
  it('counts a strike, and remembers when the resource was last seen', () => {
    given(missResource, [discovered()])
      .when(miss('2026-05-01T00:10:00.000Z'), undefined)
      .then([struck('2026-05-01T00:10:00.000Z', 1, '2026-05-01T00:05:00.000Z')]);
  });

  it('takes the last sighting on the stream where no counted sweep is younger', () => {
    given(missResource, [discovered()])
      .when(miss('2026-05-01T00:10:00.000Z', null), undefined)
      .then([struck('2026-05-01T00:10:00.000Z', 1, '2026-05-01T00:00:00.000Z')]);
  });

  it('counts from one again after a return', () => {
    given(missResource, [...gone, returned('2026-05-01T00:40:00.000Z', true)])
      .when(miss('2026-05-01T00:50:00.000Z'), undefined)
      .then([struck('2026-05-01T00:50:00.000Z', 1, '2026-05-01T00:40:00.000Z')]);
  });
});

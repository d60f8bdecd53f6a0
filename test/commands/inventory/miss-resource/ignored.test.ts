import { missResource } from '../../../../commands/inventory/miss-resource.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { discovered, gone, sweepAt } from '../../../support/commands/droplet-events.ts';
import { miss } from '../../../support/commands/sightings.ts';

describe('miss-resource', () => {
  it('adds nothing for a stale resource', () => {
    given(missResource, gone).when(miss('2026-05-01T00:40:00.000Z'), undefined).then([]);
  });

  it('counts one strike a sweep', () => {
    given(missResource, gone.slice(0, 2))
      .when(
        {
          ...miss('2026-05-01T00:20:00.000Z'),
          sweep: { ...sweepAt('2026-05-01T00:20:00.000Z'), sweep_id: 'sweep of 2026-05-01T00:10:00.000Z' },
        },
        undefined,
      )
      .then([]);
  });

  it('does not count a sweep that began before the last strike or sighting had ended', () => {
    given(missResource, gone.slice(0, 2)).when(miss('2026-05-01T00:10:59.999Z'), undefined).then([]);
    given(missResource, [discovered()]).when(miss('2026-05-01T00:00:59.999Z'), undefined).then([]);
  });
});

import { observeResource } from '../../../../commands/inventory/observe-resource.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { gone, returned, tied, untied } from '../../../support/commands/droplet-events.ts';
import { see } from '../../../support/commands/sightings.ts';

describe('observe-resource', () => {
  it('takes back the strikes', () => {
    given(observeResource, gone.slice(0, 3))
      .when(see('2026-05-01T00:30:00.000Z'), undefined)
      .then([returned('2026-05-01T00:30:00.000Z', false)]);
  });

  it('keeps the tie of a resource that was stale for a day', () => {
    given(observeResource, [...gone, tied('d1', 'acme', '2026-04-01')])
      .when(see('2026-05-02T00:30:00.000Z'), undefined)
      .then([returned('2026-05-02T00:30:00.000Z', true)]);
  });

  it('ends the tie of a resource that was stale for longer, on the day of its return', () => {
    given(observeResource, [...gone, tied('d1', 'acme', '2026-04-01')])
      .when(see('2026-05-02T00:30:00.001Z'), undefined)
      .then([
        returned('2026-05-02T00:30:00.001Z', true),
        untied('d1', 'acme', '2026-04-01', '2026-05-02', 'returned-after-stale'),
      ]);
  });
});

import { observeResource } from '../../../../commands/inventory/observe-resource.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { changed, discovered } from '../../../support/commands/droplet-events.ts';
import { see } from '../../../support/commands/sightings.ts';

describe('observe-resource', () => {
  it('adds nothing for the same fields, in any order of the attributes', () => {
    given(observeResource, [discovered(undefined, { attrs: { a: 1, b: { x: 1, y: 2 } } })])
      .when(see('2026-05-01T00:10:00.000Z', { attrs: { b: { y: 2, x: 1 }, a: 1 } }), undefined)
      .then([]);
  });

  it('leaves aside a sweep that began before the last one', () => {
    given(observeResource, [discovered(), changed('2026-05-01T00:10:00.000Z', { status: 'off' }, ['status'])])
      .when(see('2026-05-01T00:09:00.000Z'), undefined)
      .then([]);
  });
});

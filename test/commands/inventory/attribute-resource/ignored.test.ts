import { attributeResource } from '../../../../commands/inventory/attribute-resource.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { discovered } from '../../../support/commands/droplet-events.ts';
import { assigned, place } from '../../../support/commands/ownership-events.ts';

describe('attribute-resource', () => {
  it('adds nothing for a resource without a project that no sweep has seen', () => {
    given(attributeResource).when(place(null, null), undefined).then([]);
  });

  it('adds nothing for an assigned resource without a project', () => {
    given(attributeResource, [discovered(), assigned]).when(place(null, null), undefined).then([]);
  });
});

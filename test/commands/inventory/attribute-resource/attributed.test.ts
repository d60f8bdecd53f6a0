import { attributeResource } from '../../../../commands/inventory/attribute-resource.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { discovered } from '../../../support/commands/droplet-events.ts';
import { attributed, assigned, place } from '../../../support/commands/ownership-events.ts';

describe('attribute-resource', () => {
  it('gives a resource to the tenant of its project, or to the fallback tenant', () => {
    given(attributeResource, [discovered()])
      .when(place('p1', 'acme'), undefined)
      .then([attributed('p1', 'acme')]);
    given(attributeResource, [discovered()])
      .when(place('p1', null), undefined)
      .then([attributed('p1', 'skyai-internal')]);
    given(attributeResource, [discovered(), attributed('p1', 'acme')])
      .when(place(null, null), undefined)
      .then([attributed(null, 'skyai-internal')]);
  });

  it('places a resource that no sweep has seen', () => {
    given(attributeResource)
      .when(place('p1', 'acme'), undefined)
      .then([attributed('p1', 'acme')]);
    given(attributeResource, [attributed('p1', 'acme')])
      .when(place('p2', null), undefined)
      .then([attributed('p2', 'skyai-internal')]);
  });

  it('keeps the tenant that an admin has assigned', () => {
    given(attributeResource, [discovered(), assigned])
      .when(place('p1', 'other'), undefined)
      .then([attributed('p1', 'acme')]);
  });
});

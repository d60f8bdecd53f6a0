import { detectDrift } from '../../../../commands/inventory/detect-drift.ts';
import type { TemplateWish } from '../../../../commands/inventory/template-wish.ts';
import type { InventoryEvent } from '../../../../src/events/inventory.ts';
import type { JsonValue } from '../../../../src/runtime/json.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { driftId } from '../../../support/commands/drift-events.ts';
import {
  discovered,
  dropletId,
  provisioned,
  struck,
  tied,
} from '../../../support/commands/droplet-events.ts';

const inSite = [discovered(), tied('site', 'acme', '2026-05-01')];
const wishOf = (changes: Partial<TemplateWish> = {}): TemplateWish => ({
  deployment_id: 'site',
  fields: { size_slug: 's-2vcpu-4gb', region: 'syd1' },
  surplus: null,
  ...changes,
});
const surplus = { surplus: { wanted: 2, tied: 3 }, fields: { size_slug: null, region: null } };
const input = (wish: TemplateWish | null) => ({ resource_id: dropletId, wish });
const found = (field: string, desired: JsonValue, actual: JsonValue, spec_version = 0): InventoryEvent => ({
  type: 'DriftFound',
  data: { drift_id: driftId(field), resource_id: dropletId, field, desired, actual, spec_version },
});
const closed = (field: string): InventoryEvent => ({
  type: 'DriftWentStale',
  data: { drift_id: driftId(field), resource_id: dropletId, field },
});
const sizeFound = found('size_slug', 's-2vcpu-4gb', 's-1vcpu-1gb');

describe('detect-drift, against a template', () => {
  it('finds each field that the template wants otherwise, once', () => {
    given(detectDrift, inSite).when(input(wishOf()), undefined).then([sizeFound]);
    given(detectDrift, [...inSite, sizeFound])
      .when(input(wishOf()), undefined)
      .then([]);
    given(detectDrift, inSite)
      .when(input(wishOf({ fields: { size_slug: null, region: 'fra1' } })), undefined)
      .then([found('region', 'fra1', 'syd1')]);
  });

  it('lets the own spec of the resource win, field by field', () => {
    given(detectDrift, [...inSite, provisioned({ size_slug: 's-1vcpu-1gb', name: 'web-2' })])
      .when(input(wishOf({ fields: { size_slug: 's-2vcpu-4gb', region: 'fra1' } })), undefined)
      .then([found('name', 'web-2', 'web-1', 1), found('region', 'fra1', 'syd1')]);
  });

  it('finds one beyond the wanted number, with the numbers as they change', () => {
    given(detectDrift, inSite)
      .when(input(wishOf(surplus)), undefined)
      .then([found('count', 2, 3)]);
    const data = { drift_id: driftId('count'), resource_id: dropletId, field: 'count', spec_version: 0 };
    given(detectDrift, [...inSite, found('count', 2, 3)])
      .when(input(wishOf({ ...surplus, surplus: { wanted: 2, tied: 4 } })), undefined)
      .then([{ type: 'DriftChanged', data: { ...data, desired: 2, actual: 4 } }]);
  });

  it('closes what the template wants no more: untied, ended, or as it is', () => {
    given(detectDrift, [...inSite, sizeFound])
      .when(input(null), undefined)
      .then([closed('size_slug')]);
    given(detectDrift, [...inSite, sizeFound])
      .when(input(wishOf({ fields: { size_slug: null, region: null } })), undefined)
      .then([closed('size_slug')]);
    given(detectDrift, [...inSite, found('count', 2, 3)])
      .when(input(wishOf()), undefined)
      .then([sizeFound, closed('count')]);
  });

  it('knows no wish for the deployment of another day', () => {
    given(detectDrift, [discovered(), tied('other', 'acme', '2026-05-01')])
      .when(input(wishOf()), undefined)
      .then([]);
    given(detectDrift, [discovered(), tied('site', 'acme', '2026-05-02')])
      .when(input(wishOf()), undefined)
      .then([]);
  });

  it('closes it of a resource that is gone; what its own spec says waits', () => {
    const specced = [
      ...inSite,
      provisioned({ name: 'web-2' }),
      found('name', 'web-2', 'web-1', 1),
      sizeFound,
    ];
    const strikes = [1, 2, 3].map((n) =>
      struck(`2026-05-01T00:${n}0:00.000Z`, n, '2026-05-01T00:05:00.000Z'),
    );
    given(detectDrift, [...specced, ...strikes])
      .when(input(null), undefined)
      .then([closed('size_slug')]);
  });

  it('compares no number that was accepted, and one that is an attribute', () => {
    given(detectDrift, [...inSite, provisioned({ count: 3 })])
      .when(input(wishOf(surplus)), undefined)
      .then([]);
    const cluster = discovered(undefined, { attrs: { count: 2 } });
    given(detectDrift, [cluster, provisioned({ count: 3 })])
      .when(input(null), undefined)
      .then([found('count', 3, 2, 1)]);
  });
});

import { expect } from 'chai';
import { catalog } from '../../../projections/catalog/catalog.ts';
import {
  addons,
  fxRates,
  plans,
  planVersions,
  resourcePrices,
  templates,
} from '../../../projections/catalog/tables.ts';
import { shop, templateDefined } from '../../support/commands/template-events.ts';
import { projectTwice, recorded } from '../../support/projections/projection-spec.ts';

const items = [
  {
    resource_kind: 'dns_zones',
    included_qty: '3',
    overage_unit: 'zone',
    overage_price_cents: 50,
    hard_cap_qty: null,
  },
];
const drafted = (version: number) => ({
  type: 'PlanVersionDrafted' as const,
  data: { plan_code: 'studio', version, base_price_cents: 5000 + version, currency: 'AUD', items },
});

describe('catalog projection', () => {
  it('keeps every version, one of them active', () => {
    const rows = projectTwice(catalog, [
      recorded({ type: 'PlanCreated', data: { plan_code: 'studio', name: 'Studio' } }, { position: 1 }),
      recorded(drafted(1), { position: 2 }),
      recorded(
        { type: 'PlanVersionPublished', data: { plan_code: 'studio', version: 1, retires: null } },
        { position: 3, recorded_at: '2026-05-01T00:00:00.000Z' },
      ),
      recorded(drafted(2), { position: 4 }),
      recorded(
        { type: 'PlanVersionPublished', data: { plan_code: 'studio', version: 2, retires: 1 } },
        { position: 5, recorded_at: '2026-05-02T00:00:00.000Z' },
      ),
      recorded(drafted(3), { position: 6 }),
    ]);
    expect(rows(plans)).to.deep.equal([{ code: 'studio', name: 'Studio', active_version: 2 }]);
    expect(
      rows(planVersions).map((row) => [
        row['version'],
        row['status'],
        row['base_price_cents'],
        row['published_at'],
        row['retired_at'],
        row['position'],
      ]),
    ).to.deep.equal([
      [1, 'retired', 5001, '2026-05-01T00:00:00.000Z', '2026-05-02T00:00:00.000Z', 2],
      [2, 'active', 5002, '2026-05-02T00:00:00.000Z', null, 4],
      [3, 'draft', 5003, null, null, 6],
    ]);
  });

  it("keeps an addon's latest terms, and all prices and rates ever set", () => {
    const addon = { code: 'zones', name: 'Zones', resource_kind: 'dns_zones', qty: '10', price_cents: 400 };
    const price = {
      resource_kind: 'backup_gb_month',
      unit: 'gb',
      price_cents: 5,
      effective_from: '2026-05-01',
    };
    const rows = projectTwice(catalog, [
      { type: 'AddonDefined', data: addon },
      { type: 'AddonDefined', data: { ...addon, price_cents: 500 } },
      { type: 'ResourcePriceSet', data: price },
      { type: 'ResourcePriceSet', data: { ...price, price_cents: 6 } },
      { type: 'FxRateSet', data: { from: 'USD', to: 'AUD', rate: '1.5', effective_from: '2026-05-01' } },
    ]);
    expect(rows(addons)).to.deep.equal([{ ...addon, price_cents: 500 }]);
    expect(rows(resourcePrices)).to.deep.equal([
      { ...price, position: 3 },
      { ...price, price_cents: 6, position: 4 },
    ]);
    expect(rows(fxRates)).to.deep.equal([
      {
        from_currency: 'USD',
        to_currency: 'AUD',
        rate: '1.5',
        effective_from: '2026-05-01',
        position: 5,
        recorded_at: '2026-05-01T00:00:00.000Z',
      },
    ]);
  });

  it('keeps every version of a template, in the order in which they were defined', () => {
    const rows = projectTwice(catalog, [
      templateDefined({ version: '2' }),
      templateDefined({ version: '10', addons: [] }),
      templateDefined({ code: 'blog', specs: [] }),
    ]);
    const defined_at = '2026-05-01T00:00:00.000Z';
    expect(rows(templates)).to.deep.equal([
      { ...shop, code: 'blog', specs: [], position: 3, defined_at },
      { ...shop, version: '10', addons: [], position: 2, defined_at },
      { ...shop, version: '2', position: 1, defined_at },
    ]);
  });
});

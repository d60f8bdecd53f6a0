import { defineProjection, patch, upsert } from '../../src/read-models/projection.ts';
import {
  addons,
  catalogModel,
  fxRates,
  plans,
  planVersions,
  resourcePrices,
  taxRates,
  templates,
} from './tables.ts';

/** Plans, addons, templates, resource prices, exchange rates and tax rates, past and present. */
export const catalog = defineProjection(
  catalogModel,
  [plans, planVersions, addons, templates, resourcePrices, fxRates, taxRates],
  {
    PlanCreated: ({ data }) => upsert(plans, { code: data.plan_code, name: data.name, active_version: null }),
    PlanVersionDrafted: ({ data, position }) =>
      upsert(planVersions, { ...data, status: 'draft', position, published_at: null, retired_at: null }),
    PlanVersionPublished: ({ data: { plan_code, version, retires }, metadata: { recorded_at } }) => [
      patch(planVersions, { plan_code, version }, { status: 'active', published_at: recorded_at }),
      ...(retires === null
        ? []
        : [
            patch(
              planVersions,
              { plan_code, version: retires },
              { status: 'retired', retired_at: recorded_at },
            ),
          ]),
      patch(plans, { code: plan_code }, { active_version: version }),
    ],
    AddonDefined: ({ data }) => upsert(addons, data),
    TemplateVersionDefined: ({ data, position, metadata: { recorded_at } }) =>
      upsert(templates, { ...data, position, defined_at: recorded_at }),
    ResourcePriceSet: ({ data, position }) => upsert(resourcePrices, { ...data, position }),
    FxRateSet: ({ data: { from, to, rate, effective_from }, position, metadata: { recorded_at } }) =>
      upsert(fxRates, { from_currency: from, to_currency: to, effective_from, position, rate, recorded_at }),
    TaxRateSet: ({ data: { tenant_id, ...rate }, position, metadata: { recorded_at } }) =>
      upsert(taxRates, { ...rate, tenant_id: tenant_id ?? '', position, recorded_at }),
  },
);

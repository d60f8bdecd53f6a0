import { defineTable } from '../../src/read-models/projection.ts';

export const catalogModel = { name: 'catalog', version: 3 };

export const plans = defineTable(catalogModel, {
  name: 'plans',
  columns: { code: 'text', name: 'text', active_version: 'bigint?' },
  key: ['code'],
});

/** All versions. `items` is the list of `planItem`. Terms never change once drafted, only `status` does. */
export const planVersions = defineTable(catalogModel, {
  name: 'plan_versions',
  columns: {
    plan_code: 'text',
    version: 'bigint',
    base_price_cents: 'bigint',
    currency: 'text',
    status: 'text',
    items: 'jsonb',
    position: 'bigint',
    published_at: 'timestamptz?',
    retired_at: 'timestamptz?',
  },
  key: ['plan_code', 'version'],
});

/** Addons on sale, with today's terms. */
export const addons = defineTable(catalogModel, {
  name: 'addons',
  columns: { code: 'text', name: 'text', resource_kind: 'text', qty: 'numeric', price_cents: 'bigint' },
  key: ['code'],
});

/** All versions of the templates. `addons` is a list of codes, `specs` the list of `wantedSpec`. */
export const templates = defineTable(catalogModel, {
  name: 'templates',
  columns: {
    code: 'text',
    version: 'text',
    /** Versions count in the order in which they were defined. */
    position: 'bigint',
    plan_code: 'text',
    addons: 'jsonb',
    llm_mode: 'text',
    specs: 'jsonb',
    defined_at: 'timestamptz',
  },
  key: ['code', 'version'],
});

/** Every resource price ever set; for one `effective_from` the highest position holds. */
export const resourcePrices = defineTable(catalogModel, {
  name: 'resource_prices',
  columns: {
    resource_kind: 'text',
    effective_from: 'date',
    position: 'bigint',
    unit: 'text',
    price_cents: 'bigint',
  },
  key: ['resource_kind', 'effective_from', 'position'],
});

/** Every exchange rate ever set; for one `effective_from` the highest position holds. */
export const fxRates = defineTable(catalogModel, {
  name: 'fx_rates',
  columns: {
    from_currency: 'text',
    to_currency: 'text',
    effective_from: 'date',
    position: 'bigint',
    rate: 'numeric',
    recorded_at: 'timestamptz',
  },
  key: ['from_currency', 'to_currency', 'effective_from', 'position'],
});

/**
 * Every tax rate ever set; for one `effective_from` the highest position holds. `tenant_id` is empty for the
 * general rates: no tenant has an empty id.
 */
export const taxRates = defineTable(catalogModel, {
  name: 'tax_rates',
  columns: {
    tenant_id: 'text',
    effective_from: 'date',
    position: 'bigint',
    name: 'text',
    rate: 'numeric',
    reason: 'text?',
    recorded_at: 'timestamptz',
  },
  key: ['tenant_id', 'effective_from', 'position'],
});

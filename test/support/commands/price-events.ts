/** An addon, a price and an exchange rate, with the events that set them. */
import type { AddonEvent, ResourcePriceEvent, FxEvent } from '../../../src/events/catalog.ts';

export const addonTerms = {
  code: 'storage_50gb',
  name: 'Storage',
  resource_kind: 'spaces_gb_month',
  qty: '50',
  price_cents: 750,
};

export const addonDefined = { type: 'AddonDefined', data: addonTerms } satisfies AddonEvent;

export const price = {
  resource_kind: 'backup_gb_month',
  unit: 'gb',
  price_cents: 5,
  effective_from: '2026-05-01',
};

export const priceSet = { type: 'ResourcePriceSet', data: price } satisfies ResourcePriceEvent;

export const rate = { from: 'USD', to: 'AUD', rate: '1.5', effective_from: '2026-05-01' };

export const rateSet = { type: 'FxRateSet', data: rate } satisfies FxEvent;

/** Generators for the property tests of this folder: everything within the ledger's input limits. */
import fc from 'fast-check';
import { addDays, daysInMonth } from '../../../src/pricing/calendar.ts';
import type {
  AddonTerms,
  PlanItemTerms,
  PlanTerms,
  ResourcePrice,
  Usage,
} from '../../../src/pricing/types.ts';

const limits = fc
  .tuple(fc.stringMatching(/^\d{1,15}$/), fc.stringMatching(/^\d{1,12}$/))
  .map(([whole, part]) => `${whole}.${part}`);

/**
 * Decimals that stay safe cents when a few of them are priced and added: up to 13 digits before the point.
 */
export const quantity: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 5000 }).map(String) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.integer({ min: 0, max: 5000 }), fc.stringMatching(/^\d{1,12}$/))
      .map(([whole, part]) => `${String(whole)}.${part}`),
  },
  { weight: 1, arbitrary: limits.map((text) => text.slice(Math.max(0, text.indexOf('.') - 13))) },
);

/** Plain decimals of at most 15 digits before and 12 after the point, mostly small, some at the limits. */
export const decimal: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: quantity },
  { weight: 1, arbitrary: limits },
);

export const cents = fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 100_000_000 }));

const kinds = [
  'droplet_hours',
  'spaces_gb_month',
  'snapshot_gb_month',
  'bandwidth_gb',
  'dns_zones',
  'llm_tokens',
  'constructor',
];
/** A billing kind; one is named like a member of every object (`constructor`). */
export const kind = fc.constantFrom(...kinds);
const unit = fc.constantFrom('hour', 'gb', 'zone', '1k_tokens');
/** Small enough that seven amounts of 13-digit quantities still add up to safe cents. */
const unitPrice = fc.integer({ min: 0, max: 9 });

const item: fc.Arbitrary<PlanItemTerms> = fc.record({
  resource_kind: kind,
  included_qty: quantity,
  overage_unit: unit,
  overage_price_cents: unitPrice,
  hard_cap_qty: fc.option(quantity, { nil: null }),
});

export const plan: fc.Arbitrary<PlanTerms> = fc.record({
  plan_code: fc.constantFrom('starter', 'studio', 'pro'),
  plan_version: fc.integer({ min: 1, max: 3 }),
  base_price_cents: cents,
  currency: fc.constant('AUD'),
  items: fc.uniqueArray(item, { selector: ({ resource_kind }) => resource_kind, maxLength: 6 }),
});

export const addon: fc.Arbitrary<AddonTerms> = fc.record({
  code: fc.constantFrom('storage_50gb', 'storage_250gb', 'llm_1m_tokens'),
  resource_kind: kind,
  qty: quantity,
  packs: fc.integer({ min: 1, max: 4 }),
  price_cents: cents,
});

export const usage: fc.Arbitrary<Usage> = fc.dictionary(kind, quantity, { noNullPrototype: true });

/** A day of 2024 to 2026, a leap year among them. */
export const day = fc.integer({ min: 0, max: 365 * 3 }).map((offset) => addDays('2024-01-01', offset));

export const period = fc
  .tuple(fc.integer({ min: 2024, max: 2026 }), fc.integer({ min: 1, max: 12 }))
  .map(([year, month]) => `${String(year)}-${String(month).padStart(2, '0')}-01`);

export const price: fc.Arbitrary<ResourcePrice> = fc.record({
  resource_kind: kind,
  unit,
  price_cents: unitPrice,
  effective_from: day,
});

/** A whole number of days of a period. */
export function dayNumberOf(month: string): fc.Arbitrary<number> {
  return fc.integer({ min: 1, max: daysInMonth(month) });
}

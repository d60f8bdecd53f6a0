import { quote } from '../../src/pricing/quote.ts';
import type { AddonTerms, PlanTerms, ResourcePrice, Usage } from '../../src/pricing/types.ts';
import { referenceQuote } from '../support/pricing/reference-quote.ts';
import type { OpenPair } from './context.ts';
import { secondsOf } from './figure.ts';

const units = ['hour', 'gb', 'zone', '1k_tokens'];
const kinds = Array.from({ length: 10 }, (_, n) => `kind_${n}`);
const plan: PlanTerms = {
  plan_code: 'bench',
  plan_version: 1,
  base_price_cents: 12_000,
  currency: 'AUD',
  items: kinds.map((resource_kind, n) => ({
    resource_kind,
    included_qty: String(100 * n),
    overage_unit: units[n % 4] as string,
    overage_price_cents: n + 1,
    hard_cap_qty: n % 3 === 0 ? '5000' : null,
  })),
};
const addons: AddonTerms[] = [
  { code: 'more', resource_kind: 'kind_1', qty: '50', packs: 2, price_cents: 750 },
];
const prices: ResourcePrice[] = [
  { resource_kind: 'other', unit: 'gb', price_cents: 3, effective_from: '2026-01-01' },
];
const usages: Usage[] = Array.from({ length: 64 }, (_, n) =>
  Object.fromEntries([
    ...kinds.map(
      (kind, k) =>
        [kind, `${(n * 37 + k * 211) % 3_000}.${String((n * k) % 1_000).padStart(3, '0')}`] as const,
    ),
    ['other', '12.5'] as const,
  ]),
);

/**
 * The quote of a plan with ten items, against the same rules written plainly in decimal.js; results are
 * compared first.
 */
export async function openQuote(): Promise<OpenPair> {
  for (const usage of usages) {
    const at = { startsOn: '2026-05-20', prices };
    if (
      JSON.stringify(quote(plan, addons, usage, at)) !==
      JSON.stringify(referenceQuote(plan, addons, usage, at))
    )
      throw new Error('the quote differs from its reference');
  }
  const rate = (count: number, compute: (usage: Usage) => unknown) => async () =>
    count /
    (await secondsOf(async () => {
      for (let n = 0; n < count; n++) compute(usages[n % usages.length] as Usage);
    }));
  const at = { startsOn: '2026-05-20', prices };
  return {
    pair: {
      name: 'quote',
      unit: 'quotes/s',
      aim: 5,
      floorName: 'the same rules in decimal.js',
      value: rate(100_000, (usage) => quote(plan, addons, usage, at)),
      floor: rate(10_000, (usage) => referenceQuote(plan, addons, usage, at)),
    },
  };
}

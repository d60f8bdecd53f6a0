import { expect } from 'chai';
import fc from 'fast-check';
import { quote } from '../../src/pricing/quote.ts';
import type { PlanTerms, ResourcePrice } from '../../src/pricing/types.ts';
import { addon, day, plan, price, usage } from '../support/pricing/arbitraries.ts';
import { referenceQuote } from '../support/pricing/reference-quote.ts';
import { storage50, studio } from '../support/pricing/sample-terms.ts';

const options = { startsOn: '2026-05-20', prices: [] };

function withCap(cap: string): PlanTerms {
  return { ...studio, items: studio.items.map((item) => ({ ...item, hard_cap_qty: cap })) };
}

describe('quote', () => {
  it('golden: studio alone is 5000 without overage', () => {
    const { recurring, overage, all_in_monthly_cents } = quote(
      studio,
      [],
      {},
      { ...options, startsOn: '2026-05-01' },
    );
    expect([recurring.total_cents, overage, all_in_monthly_cents]).to.deep.equal([
      5000,
      { lines: [], total_cents: 0 },
      5000,
    ]);
  });

  it('golden: studio with storage_50gb from 2026-05-20', () => {
    const usageOfMay = { llm_tokens: '1500000', spaces_gb_month: '200', droplet_hours: '1488' };
    const result = quote(studio, [storage50], usageOfMay, options);
    expect(result.recurring.total_cents).to.equal(5750);
    expect(result.recurring.lines.map((line) => line.description)).to.deep.equal([
      'Plan: studio (version 1)',
      'Addon: storage_50gb',
    ]);
    expect(result.first_invoice).to.include({ days_remaining: 12, days_in_month: 31, total_cents: 2225 });
    expect(result.first_invoice.lines.map((line) => line.amount_cents)).to.deep.equal([1935, 290]);
    expect(
      result.overage.lines.map((line) => [line.resource_kind, line.qty, line.unit, line.amount_cents]),
    ).to.deep.equal([
      ['spaces_gb_month', '50', 'gb', 100],
      ['llm_tokens', '500', '1k_tokens', 500],
    ]);
    expect([result.overage.total_cents, result.all_in_monthly_cents, result.unpriced]).to.deep.equal([
      600,
      6350,
      [],
    ]);
  });

  it('equals the plain decimal.js reference for any plan, addons, usage and prices', () => {
    fc.assert(
      fc.property(
        plan,
        fc.array(addon, { maxLength: 4 }),
        usage,
        day,
        fc.array(price, { maxLength: 6 }),
        (terms, addons, used, startsOn, prices) => {
          expect(quote(terms, addons, used, { startsOn, prices })).to.deep.equal(
            referenceQuote(terms, addons, used, { startsOn, prices }),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is exact up to the largest safe integer', () => {
    const dear = {
      ...studio,
      items: studio.items.map((item) => ({ ...item, overage_price_cents: 999_983 })),
    };
    const used = {
      spaces_gb_month: '4503599627.370497123457',
      llm_tokens: '999999999999.999999999999',
      dns_zones: '0.0000000000001',
    };
    const big = { ...storage50, qty: '0.123456789012', packs: 123_457 };
    expect(quote(dear, [big], used, options)).to.deep.equal(referenceQuote(dear, [big], used, options));
  });

  it('never charges overage above the hard cap, which counts the overage itself', () => {
    const used = { droplet_hours: '2000', llm_tokens: '9000000' };
    const lines = quote(withCap('500.5'), [], used, options).overage.lines;
    expect(lines.map((line) => line.meta['overage_qty'])).to.deep.equal(['500.5', '500.5']);
    expect(lines.map((line) => line.amount_cents)).to.deep.equal([501, 1]);
    expect(quote(withCap('0'), [], used, options).overage.lines).to.deep.equal([]);
    expect(quote(withCap('512'), [], used, options).overage.lines[0]?.amount_cents).to.equal(512);
  });

  it('prices kinds outside the plan above their addons, at the price of the last day of the period', () => {
    const prices: ResourcePrice[] = [
      { resource_kind: 'backup_gb_month', unit: 'gb', price_cents: 5, effective_from: '2026-01-01' },
      { resource_kind: 'backup_gb_month', unit: 'gb', price_cents: 7, effective_from: '2026-05-31' },
      { resource_kind: 'backup_gb_month', unit: 'gb', price_cents: 9, effective_from: '2026-06-01' },
    ];
    const backups = { ...storage50, code: 'backups', resource_kind: 'backup_gb_month', qty: '10', packs: 2 };
    const used = { backup_gb_month: '30.5' };
    const total = (extra: object): number =>
      quote(studio, [backups], used, { ...options, prices, ...extra }).overage.total_cents;
    expect(total({})).to.equal(74);
    expect(total({ period: '2026-04-01' })).to.equal(53);
    expect(total({ period: '2026-06-01' })).to.equal(95);
    expect(
      total({ prices: [...prices, { ...prices[1], price_cents: 8 }] }),
      'the later of two for one day',
    ).to.equal(84);
    expect(
      quote(studio, [backups], { backup_gb_month: '20' }, { ...options, prices }).overage.lines,
    ).to.deep.equal([]);
  });

  it('leaves unpriced kinds free and reports them', () => {
    const used = { volume_gb_month: '10', droplet_hours: '1', managed_db_hours: '0', backup_gb_month: '1' };
    const result = quote(studio, [], used, options);
    expect([result.overage.lines, result.unpriced]).to.deep.equal([
      [],
      ['backup_gb_month', 'volume_gb_month'],
    ]);
  });

  it('counts packs in the price and in the allowance', () => {
    const packs = { ...storage50, packs: 3 };
    const result = quote(studio, [packs, storage50], { spaces_gb_month: '301' }, options);
    expect(result.recurring.total_cents).to.equal(5000 + 2250 + 750);
    expect(result.overage.lines[0]?.meta).to.include({
      addon_qty: '200',
      allowance: '300',
      overage_qty: '1',
    });
  });

  it('refuses malformed input instead of pricing it', () => {
    expect(() => quote(studio, [], { droplet_hours: '-5' }, options)).to.throw(RangeError);
    expect(() => quote(studio, [], { anything: '1e9' }, options)).to.throw(RangeError);
    expect(() => quote(studio, [], {}, { ...options, startsOn: '2026-02-30' })).to.throw(
      RangeError,
      'not a day',
    );
    const oddUnit = { ...studio, items: [{ ...studio.items[0]!, overage_unit: 'parsec' }] };
    expect(() => quote(oddUnit, [], { droplet_hours: '1' }, options)).to.throw(RangeError, 'parsec');
    const absurd = { ...studio, base_price_cents: Number.MAX_SAFE_INTEGER };
    expect(() => quote(absurd, [storage50], {}, options)).to.throw(RangeError, 'safe integer');
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { accrue } from '../../src/pricing/accrue.ts';
import { addDays, daysInMonth, lastDay, nthDay } from '../../src/pricing/calendar.ts';
import { forecastTenant } from '../../src/pricing/forecast.ts';
import { compareDecimals } from '../../src/pricing/money.ts';
import { segmentsInPeriod } from '../../src/pricing/segments.ts';
import { addon, period, plan } from '../support/pricing/arbitraries.ts';
import { history, journal, started } from '../support/pricing/history.ts';
import { seenOn, tenantOf, wholeMonth, type Steady } from '../support/pricing/steady-month.ts';

/** Up to 12 places, as reports may have. */
const daily = fc
  .tuple(fc.nat({ max: 3000 }), fc.stringMatching(/^\d{1,12}$/))
  .map(([whole, part]) => `${String(whole)}.${part}`);
/** A size as the provider gives it. */
const size = fc
  .tuple(fc.nat({ max: 3000 }), fc.stringMatching(/^\d\d$/))
  .map(([gb, part]) => `${gb}.${part}`);

const month = fc.record({
  month: period,
  terms: plan,
  later: plan,
  addons: fc.array(addon, { maxLength: 2 }),
  usage: fc.record({
    bandwidth_gb: daily,
    droplet_hours: fc.nat({ max: 2000 }).map(String),
    constructor: daily,
  }),
  accrued: fc.record({ spaces_gb_month: size, dns_zones: fc.nat({ max: 60 }).map(String) }),
  tokens: fc.nat({ max: 9_000_000 }).map(String),
  charge_cents: daily,
  share: fc.constantFrom('0', '0.5', '1'),
  begins: fc.integer({ min: -40, max: 25 }),
  today: fc.integer({ min: 2, max: 31 }),
  changes: fc.nat({ max: 30 }),
  mode_since: fc.nat({ max: 60 }),
  lag: fc.nat({ max: 3 }),
});

describe('a forecast of a month whose usage is the same every day', () => {
  it('is what the month then comes to, to the cent, on every day and at either pace', () => {
    fc.assert(
      fc.property(month, (given) => {
        const first = given.month;
        const today = nthDay(first, Math.min(given.today, daysInMonth(first)));
        const begins = addDays(first, Math.min(given.begins, Number(today.slice(8)) - 2));
        const change = addDays(begins, given.changes % 20);
        const modeSince = addDays(first, given.mode_since - 20);
        const steady: Steady = {
          ...given,
          facts: journal(
            started(begins, given.terms, ...given.addons),
            ...(change <= today ? [{ type: 'plan_changed' as const, day: change, plan: given.later }] : []),
          ),
          allowance_days:
            modeSince <= today ? [{ from: modeSince < first ? first : modeSince, to: lastDay(first) }] : [],
          // At least one day of either pace is metered.
          unmetered_from:
            [addDays(today, -given.lag), addDays(begins, 1), addDays(first, 1)].sort().at(-1) ?? today,
        };
        const seen = seenOn(today, steady);
        const forecast = forecastTenant(tenantOf(first, seen.inputs), () => seen.recent, seen.calendar);
        const whole = accrue(tenantOf(first, wholeMonth(first, steady)))[0]?.total_cents;
        expect(forecast.not_billable).to.equal(null);
        expect(forecast.subscriptions.map((one) => one.forecast)).to.deep.equal([
          { so_far_cents: whole, last_7_days_cents: whole },
        ]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a forecast over any history', () => {
  it('is never below what is used, and is the accrual where nothing is to come', () => {
    const any = fc.record({
      facts: history,
      today: fc.integer({ min: 1, max: 30 }),
      qty: daily,
      charge_cents: daily,
      at_rest: fc.boolean(),
    });
    fc.assert(
      fc.property(any, ({ facts, today: n, qty, charge_cents, at_rest }) => {
        const today = nthDay('2026-04-01', n);
        const steady: Steady = { facts, usage: { bandwidth_gb: qty }, charge_cents, share: '0.5' };
        const { inputs, recent, calendar } = seenOn(today, { ...steady, recent: { at_rest } });
        const tenant = tenantOf('2026-04-01', inputs);
        const { subscriptions, not_billable } = forecastTenant(tenant, () => recent, calendar);
        expect(not_billable).to.equal(null);
        expect(
          subscriptions.map(({ forecast: _f, llm_forecast: _l, kinds: _k, ...accrued }) => accrued),
        ).to.deep.equal(accrue(tenant));
        const over = !segmentsInPeriod(facts, '2026-04-01').some(({ to }) => to >= today);
        for (const { total_cents, forecast, kinds } of subscriptions) {
          for (const cents of [forecast.so_far_cents, forecast.last_7_days_cents]) {
            if (cents !== null) expect(cents).to.be.at.least(total_cents);
            if (over && at_rest) expect(cents).to.equal(total_cents);
          }
          for (const { used_qty, forecast: at } of kinds()) {
            const known = [at.so_far_qty, at.last_7_days_qty].filter((text) => text !== null);
            expect(known.filter((text) => compareDecimals(text, used_qty) < 0)).to.deep.equal([]);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

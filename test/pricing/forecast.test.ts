import { expect } from 'chai';
import { forecastTenant, type ForecastSubscription } from '../../src/pricing/forecast.ts';
import type { SubscriptionFact } from '../../src/pricing/subscription-terms.ts';
import { journal, started, state } from '../support/pricing/history.ts';
import { oneOff } from '../support/pricing/inputs.ts';
import { storage50, studio } from '../support/pricing/sample-terms.ts';
import { seenOn, tenantOf, type Steady } from '../support/pricing/steady-month.ts';

const facts = journal(started('2026-01-01', studio));

function on(today: string, steady: Partial<Steady>): ForecastSubscription {
  const { inputs, recent, calendar } = seenOn(today, { facts, usage: {}, ...steady });
  const [one] = forecastTenant(tenantOf(calendar.period, inputs), () => recent, calendar).subscriptions;
  if (one === undefined) throw new Error('no such subscription');
  return one;
}

const kind = ({ kinds }: ForecastSubscription, name: string) =>
  kinds().find(({ resource_kind }) => resource_kind === name)?.forecast;

const cents = ({ forecast }: ForecastSubscription) => [forecast.so_far_cents, forecast.last_7_days_cents];

describe('the pace of a forecast', () => {
  it('is not pulled down by the part of today', () => {
    const one = on('2026-04-11', { usage: { bandwidth_gb: '100' }, share: '0.25' });
    expect(kind(one, 'bandwidth_gb')).to.deep.equal({
      so_far_qty: '3000',
      so_far_overage_cents: 1000,
      last_7_days_qty: '3000',
      last_7_days_overage_cents: 1000,
    });
    expect(one.kinds().find(({ resource_kind }) => resource_kind === 'bandwidth_gb')).to.deep.include({
      used_qty: '1025',
      allowance_qty: '2000',
    });
  });

  it('never brings less than what is used already', () => {
    const { inputs, recent, calendar } = seenOn('2026-04-30', { facts, usage: { bandwidth_gb: '10' } });
    const today = { resource_kind: 'bandwidth_gb', qty: '5000', from: '2026-04-30', to: '2026-04-30' };
    const burst = { ...inputs, usage: [...inputs.usage, today] };
    const { subscriptions } = forecastTenant(
      tenantOf('2026-04-01', burst),
      () => ({ ...recent, usage: [...recent.usage, today] }),
      calendar,
    );
    expect(subscriptions.flatMap(cents)).to.deep.equal([5000 + 3290, 5000 + 3290]);
  });

  it('is missing on the first of a month, unless the days before it have one', () => {
    const one = on('2026-03-01', { usage: { bandwidth_gb: '100' }, charge_cents: '1.5' });
    // 31 days of 100 GB and of 1.5 cents.
    expect(cents(one)).to.deep.equal([null, 5000 + 1100 + 47]);
    expect(one.llm_forecast).to.deep.equal({ so_far_cents: null, last_7_days_cents: 47 });
    expect(kind(one, 'bandwidth_gb')).to.deep.equal({
      so_far_qty: null,
      so_far_overage_cents: null,
      last_7_days_qty: '3100',
      last_7_days_overage_cents: 1100,
    });
    const young = on('2026-03-01', { facts: journal(started('2026-03-01', studio)), usage: {} });
    expect(cents(young)).to.deep.equal([null, null]);
  });

  it('converts the share that a day has of a monthly quantity from a month of another length', () => {
    for (const today of ['2028-02-01', '2028-03-02', '2026-03-04', '2026-04-01', '2027-01-01']) {
      const one = on(today, { accrued: { dns_zones: '13', snapshot_gb_month: '50.25' } });
      // 3 zones are 150 cents; 0.25 GB are 1.5 cents.
      expect(one.forecast.last_7_days_cents, today).to.equal(5152);
      expect(kind(one, 'dns_zones')?.last_7_days_qty, today).to.equal('13');
    }
  });

  it('counts days in force only, and fewer than seven where there are no more', () => {
    const since = journal(started('2026-04-09', studio, storage50));
    const one = on('2026-04-12', { facts: since, usage: { bandwidth_gb: '100' } });
    // 22 days of 100 GB; 22 of 30 days of the allowance.
    expect(kind(one, 'bandwidth_gb')).to.deep.include({ so_far_qty: '2200', last_7_days_qty: '2200' });
    expect(one.kinds().find(({ resource_kind }) => resource_kind === 'spaces_gb_month')).to.deep.include({
      used_qty: '0',
      allowance_qty: '110',
    });
  });

  it('is applied to the days that are in force by what is known', () => {
    const until = (...later: Parameters<typeof journal>): SubscriptionFact[] =>
      journal(started('2026-01-01', studio), ...later);
    const qty = (known: SubscriptionFact[]) =>
      kind(on('2026-04-11', { facts: known, usage: { bandwidth_gb: '100' } }), 'bandwidth_gb')?.so_far_qty;
    expect(qty(until({ type: 'cancelled', day: '2026-04-11' }))).to.equal('1000');
    expect(qty(until({ type: 'paused', day: '2026-04-11' }))).to.equal('1000');
    expect(qty(until(state('2026-04-11', 'suspended')))).to.equal('3000');
    // Paused for the first five days: five days of pace, and twenty to come.
    expect(
      qty(until({ type: 'paused', day: '2026-04-01' }, { type: 'resumed', day: '2026-04-06' })),
    ).to.equal('2500');
    // A further subscription from the 21st on, after a cancellation of the 16th.
    const again = until({ type: 'cancelled', day: '2026-04-16' }, started('2026-04-21', studio));
    expect(qty(again)).to.equal('2500');
  });

  it('is missing of a subscription that is still to start', () => {
    const one = on('2026-04-11', { facts: journal(started('2026-04-21', studio)), usage: {} });
    expect([one.total_cents, ...cents(one)]).to.deep.equal([1667, null, null]);
  });
});

describe('the forecast of metered usage', () => {
  it('has the days that are not metered yet before it, as days to come', () => {
    const usage = { droplet_hours: '60', bandwidth_gb: '100' };
    expect(cents(on('2026-04-11', { usage, unmetered_from: '2026-04-09' }))).to.deep.equal(
      cents(on('2026-04-11', { usage })),
    );
  });

  it('does not wait for days that no schedule meters', () => {
    const late = { unmetered_from: '2026-04-09', recent: { awaitsMetering: () => false } };
    const one = on('2026-04-11', { usage: { droplet_hours: '60' }, ...late });
    // 8 metered days and 20 to come.
    expect(kind(one, 'droplet_hours')?.so_far_qty).to.equal('1680');
  });

  it('is missing while no day is metered, for deployments with metered resources alone', () => {
    const none = { usage: { bandwidth_gb: '100' }, unmetered_from: '2026-04-01' };
    expect(cents(on('2026-04-03', none))).to.deep.equal([6000, 6000]);
    const tied = on('2026-04-03', { ...none, recent: { tied: true, isMetered: () => false } });
    expect(cents(tied)).to.deep.equal([null, null]);
    expect(kind(tied, 'droplet_hours')?.so_far_qty).to.equal(null);
    expect(kind(tied, 'bandwidth_gb')?.so_far_qty).to.equal('3000');
  });
});

describe('the forecast of what the gateway reports', () => {
  const llm = { tokens: '100000', charge_cents: '10.25' };

  it('counts tokens or charges by the mode of each day, at the pace of all reports', () => {
    const since = [{ from: '2026-04-11', to: '2026-04-30' }];
    const one = on('2026-04-11', { ...llm, allowance_days: since });
    // 10 days of charges; 20 days of tokens, of which one million is included.
    expect(one.llm_forecast).to.deep.equal({ so_far_cents: 103, last_7_days_cents: 103 });
    expect(kind(one, 'llm_tokens')).to.deep.equal({
      so_far_qty: '2000000',
      so_far_overage_cents: 1000,
      last_7_days_qty: '2000000',
      last_7_days_overage_cents: 1000,
    });
    expect(cents(one)).to.deep.equal([6103, 6103]);
  });

  it('goes on in a trial and without a subscription, and ends with the deployment', () => {
    const trial = journal(state('2000-01-01', 'trial'), started('2026-04-01', studio));
    expect(cents(on('2026-04-11', { ...llm, facts: trial }))).to.deep.equal([308, 308]);
    const recent = (more: Partial<NonNullable<Steady['recent']>>) =>
      cents(on('2026-04-11', { ...llm, facts: [], recent: more }));
    expect(recent({})).to.deep.equal([308, 308]);
    expect(recent({ at_rest: true })).to.deep.equal([103, 103]);
    const paused = journal(started('2026-01-01', studio), state('2026-04-11', 'paused'));
    expect(on('2026-04-11', { ...llm, facts: paused }).llm_forecast.so_far_cents).to.equal(103);
  });

  it('has its pace from the day on which the deployment was created, or was used before', () => {
    const { inputs, recent, calendar } = seenOn('2026-04-11', { facts: [], usage: {}, ...llm });
    const since = (llmRuns: typeof recent.llm, charges: readonly string[]) =>
      forecastTenant(
        tenantOf('2026-04-01', { ...inputs, llm_charges: charges }),
        () => ({ ...recent, created_on: '2026-04-06', llm: llmRuns }),
        calendar,
      ).subscriptions.map(({ forecast }) => forecast.so_far_cents);
    const lately = recent.llm.filter(({ from }) => from >= '2026-04-06' && from < '2026-04-11');
    // 5 days of 10.25, and 20 more; or 10 days.
    expect(since(lately, ['51.25'])).to.deep.equal([256]);
    expect(since(recent.llm, ['102.5'])).to.deep.equal([308]);
  });
});

describe('the forecast of a tenant', () => {
  it('has recurring lines and one-off charges as the accrual has them', () => {
    const { inputs, recent, calendar } = seenOn('2026-04-11', { facts, usage: {} });
    const charged = { ...inputs, charges: [oneOff(1, '2026-04-02', -700), oneOff(2, '2026-04-28', 50)] };
    const { subscriptions } = forecastTenant(tenantOf('2026-04-01', charged), () => recent, calendar);
    expect(subscriptions.map(({ total_cents }) => total_cents)).to.deep.equal([4350]);
    expect(subscriptions.flatMap(cents)).to.deep.equal([4350, 4350]);
  });

  it('names the pace at which its month comes to more than can be billed, and keeps the accrual', () => {
    const { inputs, recent, calendar } = seenOn('2026-04-02', {
      facts,
      usage: {},
      charge_cents: '100000000000',
    });
    const { subscriptions, not_billable } = forecastTenant(
      tenantOf('2026-04-01', inputs),
      () => recent,
      calendar,
    );
    expect(subscriptions.map(({ total_cents }) => total_cents)).to.deep.equal([100_000_005_000]);
    expect(subscriptions.flatMap(cents)).to.deep.equal([null, null]);
    expect(not_billable?.tenant_id).to.equal('t1');
    expect(not_billable?.reason).to.match(
      /^at the pace so far: the month comes to .*; at the pace of the last 7 days: the month comes to /,
    );
  });
});

import { expect } from 'chai';
import { addDays } from '../../src/pricing/calendar.ts';
import { dailyGrowth, trailingDays } from '../../src/pricing/daily-growth.ts';

const at = (day: string, usage: number, time = '10:00') => ({
  generated_at: `${day}T${time}:00.000Z`,
  month_to_date_usage_cents: usage,
});

/** A snapshot on each day from the first day on. */
const daily = (first: string, ...usages: number[]) =>
  usages.map((usage, index) => at(addDays(first, index), usage));

describe('the growth of a day', () => {
  it('is compared with the median of the days before', () => {
    expect(dailyGrowth([...daily('2026-05-05', 0, 100, 200, 300, 400), at('2026-05-10', 900)])).to.deep.equal(
      { day: '2026-05-10', growth_cents: 500, median_cents: 100, days: 4 },
    );
  });

  it('begins again with the month, and the days of the month before still count', () => {
    expect(dailyGrowth([at('2026-04-30', 9000), at('2026-05-01', 40)])?.growth_cents).to.equal(40);
    const first = dailyGrowth([...daily('2026-04-27', 1000, 1100, 1200, 1300), at('2026-05-01', 90)]);
    expect(first).to.deep.equal({ day: '2026-05-01', growth_cents: 90, median_cents: 100, days: 3 });
    // The first day of the year begins a month as well.
    expect(dailyGrowth([at('2026-12-31', 9000), at('2027-01-01', 7)])?.growth_cents).to.equal(7);
  });

  it('is unknown after a day without a snapshot, and such days do not count', () => {
    expect(dailyGrowth([at('2026-05-02', 10), at('2026-05-04', 40)])?.growth_cents).to.equal(null);
    const days = [...daily('2026-05-02', 10, 20, 30), ...daily('2026-05-06', 900, 910, 920)];
    // Days 2 and 6 grow from a day without a snapshot.
    expect(dailyGrowth(days)).to.deep.equal({
      day: '2026-05-08',
      growth_cents: 10,
      median_cents: 10,
      days: 3,
    });
    expect(dailyGrowth([])).to.equal(null);
  });

  it('has no median of fewer than three days, and takes no more than the 14 before', () => {
    expect(dailyGrowth(daily('2026-05-01', 10, 20, 900))?.median_cents).to.equal(null);
    expect(dailyGrowth(daily('2026-05-01', 10, 20, 30, 900))?.median_cents).to.equal(10);
    const dear = Array.from({ length: 10 }, (_, day) => (day + 1) * 1000);
    const cheap = Array.from({ length: trailingDays }, (_, day) => 10_000 + (day + 1) * 10);
    const growth = dailyGrowth(daily('2026-05-01', ...dear, ...cheap, 10_150));
    expect(growth).to.include({ growth_cents: 10, median_cents: 10, days: trailingDays });
  });

  it('counts the last snapshot of a day, in whatever order they come', () => {
    const days = [at('2026-05-03', 70, '23:00'), at('2026-05-02', 10), at('2026-05-03', 20, '01:00')];
    expect(dailyGrowth(days)?.growth_cents).to.equal(60);
    // Of two with one time, the one that was recorded later.
    expect(dailyGrowth([at('2026-05-02', 10), at('2026-05-02', 30), at('2026-05-03', 40)])).to.include({
      growth_cents: 10,
    });
  });

  it('is below zero on the day of a credit, and a mean of two middles is rounded once', () => {
    expect(dailyGrowth(daily('2026-05-04', 500, 300))?.growth_cents).to.equal(-200);
    expect(dailyGrowth(daily('2026-05-03', 0, -100, -200, -201, -201, 0))?.median_cents).to.equal(-51);
    expect(dailyGrowth(daily('2026-05-03', 0, 1, 3, 6, 10, 11))?.median_cents).to.equal(3);
  });
});

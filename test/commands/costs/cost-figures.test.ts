import { expect } from 'chai';
import { dailyGrowth } from '../../../commands/costs/daily-growth.ts';
import { expectedUsage } from '../../../commands/costs/expected-usage.ts';
import { addDays } from '../../../src/pricing/calendar.ts';

const at = (day: string, usage: number) => ({
  generated_at: `${day}T10:00:00.000Z`,
  month_to_date_usage_cents: usage,
});

describe('the growth of a day', () => {
  it('is compared with the median of the days before', () => {
    const days = [0, 1, 2, 3, 4].map((index) => at(addDays('2026-05-05', index), index * 100));
    expect(dailyGrowth([...days, at('2026-05-10', 900)])).to.deep.equal({
      day: '2026-05-10',
      growth_cents: 500,
      median_cents: 100,
      days: 4,
    });
  });

  it('begins again with the month, and is unknown after a day without a snapshot', () => {
    expect(dailyGrowth([at('2026-04-30', 9000), at('2026-05-01', 40)])?.growth_cents).to.equal(40);
    expect(dailyGrowth([at('2026-05-02', 10), at('2026-05-04', 40)])?.growth_cents).to.equal(null);
    expect(dailyGrowth([])).to.equal(null);
  });
});

describe('the expected usage of a month', () => {
  const droplet = {
    resource_id: 'd1',
    kind: 'droplet',
    name: 'web',
    size_slug: 's',
    alive_from: '2026-04-01T00:00:00.000Z',
    alive_to: null,
  };
  const price = { slug: 's', effective_from: '2026-01-01', monthly_cents: 600, hourly: '0.00893' };

  it('prices a droplet by the hour, at most a month, and each day at the price of the day', () => {
    const on = (instant: string, ...prices: (typeof price)[]) =>
      expectedUsage(instant, [droplet], prices, []).droplets_cents;
    expect(on('2026-05-02T00:00:00.000Z', price)).to.equal(21);
    expect(on('2026-05-31T23:00:00.000Z', price)).to.equal(600);
    const dearer = { ...price, effective_from: '2026-05-02', hourly: '0.10' };
    expect(on('2026-05-03T00:00:00.000Z', price, dearer), '21.43 and 240').to.equal(261);
    expect(on('2026-05-01T00:00:00.000Z', price)).to.equal(0);
  });

  it('takes other kinds and backups from the last invoice, and names what has no price', () => {
    const volume = { ...droplet, resource_id: 'v1', kind: 'volume', size_slug: null };
    const other = { ...volume, resource_id: 'v2', name: 'data' };
    const month = { from: '2026-04-01T00:00:00.000Z', to: '2026-05-01T00:00:00.000Z' };
    const costs = [
      { resource_id: 'v1', kind: 'volume', amount_cents: 300, ...month },
      { resource_id: 'd1', kind: 'droplet', amount_cents: 600, ...month },
      { resource_id: 'd1', kind: 'droplet_backup', amount_cents: 120, ...month },
    ];
    expect(expectedUsage('2026-05-11T00:00:00.000Z', [droplet, volume, other], [price], costs)).to.deep.equal(
      {
        droplets_cents: 214,
        others_cents: 140,
        expected_cents: 354,
        unpriced: [{ resource_id: 'v2', kind: 'volume', name: 'data' }],
      },
    );
  });
});

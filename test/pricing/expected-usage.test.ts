import { expect } from 'chai';
import { expectedUsage, type LivingResource } from '../../src/pricing/expected-usage.ts';

const droplet: LivingResource = {
  resource_id: 'd1',
  kind: 'droplet',
  name: 'web',
  alive_from: '2026-04-01T00:00:00.000Z',
  alive_to: null,
  sizes: [{ at: '2026-04-02T00:00:00.000Z', size_slug: 's' }],
};
const price = { slug: 's', effective_from: '2026-01-01', monthly_cents: 600, hourly: '0.00893' };
const large = { slug: 'l', effective_from: '2026-01-01', monthly_cents: 6720, hourly: '0.10' };
const monthEnd = '2026-05-31T23:59:59.000Z';

describe('the expected usage of a month', () => {
  const usage = (at: string, changes: Partial<LivingResource> = {}, prices = [price, large]) =>
    expectedUsage(at, [{ ...droplet, ...changes }], prices, []);
  const cents = (...from: Parameters<typeof usage>) => usage(...from).droplets_cents;

  it('prices a droplet by the hour, at most a month, and each day at the price of the day', () => {
    expect(cents('2026-05-02T00:00:00.000Z')).to.equal(21);
    expect(cents('2026-05-31T23:00:00.000Z')).to.equal(600);
    const dearer = { ...price, effective_from: '2026-05-02', hourly: '0.10' };
    expect(cents('2026-05-03T00:00:00.000Z', {}, [dearer, price]), '21.43 and 240').to.equal(261);
    expect(cents('2026-05-01T00:00:00.000Z')).to.equal(0);
  });

  it('takes the first price for days before it', () => {
    const later = { ...price, effective_from: '2026-05-20' };
    expect(cents('2026-05-02T00:00:00.000Z', {}, [later])).to.equal(21);
  });

  it('prices each hour at the size of the hour', () => {
    const sizes = [...droplet.sizes, { at: '2026-05-02T12:00:00.000Z', size_slug: 'l' }];
    // 36 hours at 0.00893 and 12 at 0.10.
    expect(cents('2026-05-03T00:00:00.000Z', { sizes })).to.equal(32 + 120);
    const back = [...sizes, { at: '2026-05-02T18:00:00.000Z', size_slug: 's' }];
    expect(cents('2026-05-03T00:00:00.000Z', { sizes: back })).to.equal(38 + 60);
    const nextMonth = [...droplet.sizes, { at: '2026-06-01T00:00:00.000Z', size_slug: 'l' }];
    expect(cents(monthEnd, { sizes: nextMonth })).to.equal(600);
  });

  it('holds each size at its own price of a month', () => {
    const sizes = [...droplet.sizes, { at: '2026-05-30T00:00:00.000Z', size_slug: 'l' }];
    expect(cents('2026-05-31T00:00:00.000Z', { sizes })).to.equal(600 + 240);
    const back = [...sizes, { at: '2026-05-30T01:00:00.000Z', size_slug: 's' }];
    expect(cents(monthEnd, { sizes: back }), 'both times at a size are one').to.equal(600 + 10);
  });

  it('prices a droplet from its creation until it went, at least a minute and a cent', () => {
    const life = { alive_from: '2026-05-04T00:00:00.000Z', alive_to: '2026-05-04T10:00:00.000Z' };
    expect(cents(monthEnd, { ...life, sizes: [{ at: life.alive_to, size_slug: 'l' }] })).to.equal(100);
    const brief = { ...life, alive_to: '2026-05-04T00:00:10.000Z' };
    expect(cents(monthEnd, brief)).to.equal(1);
    const dear = { ...large, hourly: '30.00', monthly_cents: 2_000_000 };
    const sizes = [{ at: life.alive_from, size_slug: 'l' }];
    expect(cents(monthEnd, { ...brief, sizes }, [dear]), 'a minute').to.equal(50);
    const free = { ...price, hourly: '0', monthly_cents: 0 };
    expect(cents(monthEnd, life, [free])).to.equal(0);
    const before = { alive_from: '2026-03-01T00:00:00.000Z', alive_to: '2026-04-30T23:59:59.000Z' };
    expect(cents(monthEnd, before)).to.equal(0);
  });

  it('names the size of a droplet that is not listed', () => {
    const sizes = [...droplet.sizes, { at: '2026-05-02T00:00:00.000Z', size_slug: 'odd' }];
    expect(usage('2026-05-03T00:00:00.000Z', { sizes })).to.deep.equal({
      droplets_cents: 21,
      others_cents: 0,
      expected_cents: 21,
      unpriced: [{ resource_id: 'd1', kind: 'droplet', name: 'web', size_slug: 'odd' }],
    });
    const gone = [{ at: '2026-04-01T00:00:00.000Z', size_slug: 'odd' }, ...droplet.sizes];
    expect(usage('2026-05-03T00:00:00.000Z', { sizes: gone }).unpriced).to.deep.equal([]);
    expect(usage('2026-05-03T00:00:00.000Z', { sizes: [] }).unpriced).to.have.length(1);
  });

  const april = { from: '2026-04-01T00:00:00.000Z', to: '2026-05-01T00:00:00.000Z' };

  it('takes other kinds and backups from the last invoice, and names what has no price', () => {
    const volume = { ...droplet, resource_id: 'v1', kind: 'volume', sizes: [] };
    const other = { ...volume, resource_id: 'v2', name: 'data' };
    const costs = [
      { resource_id: 'v1', kind: 'volume', amount_cents: 300, ...april },
      { resource_id: 'd1', kind: 'droplet', amount_cents: 600, ...april },
      { resource_id: 'd1', kind: 'droplet_backup', amount_cents: 120, ...april },
    ];
    expect(expectedUsage('2026-05-11T00:00:00.000Z', [droplet, volume, other], [price], costs)).to.deep.equal(
      {
        droplets_cents: 214,
        others_cents: 140,
        expected_cents: 354,
        unpriced: [{ resource_id: 'v2', kind: 'volume', name: 'data', size_slug: null }],
      },
    );
  });

  it('takes the last invoice for the time at a size that is not listed', () => {
    const sizes = [
      { at: april.from, size_slug: 'odd' },
      { at: '2026-05-02T00:00:00.000Z', size_slug: 's' },
    ];
    const costs = [{ resource_id: 'd1', kind: 'droplet', amount_cents: 3000, ...april }];
    const at = '2026-05-03T00:00:00.000Z';
    expect(expectedUsage(at, [{ ...droplet, sizes }], [price], costs)).to.deep.include({
      droplets_cents: 100 + 21,
      unpriced: [],
    });
  });

  it('counts a line of nothing, of a credit and without a length', () => {
    const volume = { ...droplet, resource_id: 'v1', kind: 'volume', sizes: [] };
    const of = (amount_cents: number, time = april) =>
      expectedUsage(
        '2026-05-16T00:00:00.000Z',
        [volume],
        [],
        [{ resource_id: 'v1', kind: 'volume', amount_cents, ...time }],
      );
    expect(of(0)).to.deep.include({ others_cents: 0, unpriced: [] });
    expect(of(-300).expected_cents).to.equal(-150);
    expect(of(300, { from: april.from, to: april.from }).expected_cents).to.equal(0);
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { daysFrom, lastDay } from '../../src/pricing/calendar.ts';
import {
  accrueDay,
  accrueStep,
  billingKindOf,
  displayQty,
  meterResourceDay,
  meteredBillingKinds,
  sizeGbOf,
  whyUnmetered,
} from '../../src/pricing/metering.ts';
import type { MeteredState } from '../../src/pricing/metering.ts';
import { canonicalDecimal, sumDecimals } from '../../src/pricing/money.ts';
import { day, decimal, period } from '../support/pricing/arbitraries.ts';

function droplet(status: string): MeteredState {
  return { kind: 'droplet', status, size_gb: null };
}

function snapshot(size: string | null): MeteredState {
  return { kind: 'snapshot', status: 'available', size_gb: size };
}

const zone: MeteredState = { kind: 'dns_zone', status: null, size_gb: null };

describe('metering a day', () => {
  it('golden: 2 droplets, 2 zones and 48 GB of snapshots over 10 days of a 31-day month', () => {
    const resources = [
      droplet('active'),
      droplet('active'),
      zone,
      zone,
      snapshot('4.5'),
      snapshot('12.5'),
      snapshot('31'),
    ];
    const records = daysFrom('2026-05-01', '2026-05-10').flatMap((date) =>
      resources.flatMap((one) => meterResourceDay(one, date, 'day')),
    );
    const total = (kind: string): string =>
      sumDecimals(records.filter((one) => one.resource_kind === kind).map(({ qty }) => qty));
    expect(records).to.have.length(70);
    expect(total('droplet_hours')).to.equal('480');
    expect(displayQty(total('dns_zones'), 2)).to.equal('0.65');
    expect(displayQty(total('snapshot_gb_month'), 2)).to.equal('15.48');
  });

  it('splits a monthly quantity into days that add up exactly to it', () => {
    fc.assert(
      fc.property(decimal, period, (quantity, month) => {
        const days = daysFrom(month, lastDay(month)).map((date) => accrueDay(quantity, date));
        expect(sumDecimals(days)).to.equal(canonicalDecimal(quantity));
      }),
    );
  });

  it('splits a day over 24 hours that add up exactly to it', () => {
    const state = fc.record({
      kind: fc.constantFrom('droplet', 'snapshot', 'spaces_bucket', 'droplet_backup', 'dns_zone'),
      status: fc.constantFrom('active', 'off', null),
      size_gb: fc.option(decimal, { nil: null }),
    });
    fc.assert(
      fc.property(state, day, (resource, date) => {
        const hours = meterResourceDay(resource, date, 'hour');
        const [whole] = meterResourceDay(resource, date, 'day');
        if (whyUnmetered(resource) !== null) {
          expect([hours, whole]).to.deep.equal([[], undefined]);
          return;
        }
        expect(hours.map(({ hour }) => hour)).to.deep.equal(Array.from({ length: 24 }, (_, hour) => hour));
        expect(sumDecimals(hours.map(({ qty }) => qty))).to.equal(whole?.qty);
      }),
    );
  });

  it('records a droplet that is off with quantity 0', () => {
    expect(meterResourceDay(droplet('off'), '2026-05-01', 'day')).to.deep.equal([
      { hour: null, resource_kind: 'droplet_hours', qty: '0' },
    ]);
    expect(meterResourceDay(droplet('active'), '2026-05-01', 'hour')[23]).to.deep.equal({
      hour: 23,
      resource_kind: 'droplet_hours',
      qty: '1',
    });
  });

  it('records nothing where the size is unknown, and reports it; a size of 0 is known', () => {
    for (const kind of ['spaces_bucket', 'snapshot', 'droplet_backup']) {
      for (const granularity of ['day', 'hour'] as const) {
        expect(
          meterResourceDay({ kind, status: 'active', size_gb: null }, '2026-05-01', granularity),
          kind,
        ).to.deep.equal([]);
      }
      expect(whyUnmetered({ kind, status: 'active', size_gb: null }), kind).to.equal('unknown-size');
      expect(whyUnmetered({ kind, status: 'active', size_gb: '0' }), kind).to.equal(null);
      expect(
        meterResourceDay({ kind, status: 'active', size_gb: '0' }, '2026-05-01', 'day').map(({ qty }) => qty),
      ).to.deep.equal(['0']);
    }
  });

  it('records nothing of a droplet whose power state is unknown', () => {
    for (const status of [null, '', 'migrating', 'unknown']) {
      expect(whyUnmetered({ kind: 'droplet', status, size_gb: null }), String(status)).to.equal(
        'unknown-status',
      );
      expect(meterResourceDay({ kind: 'droplet', status, size_gb: null }, '2026-05-01', 'day')).to.deep.equal(
        [],
      );
    }
    for (const status of ['new', 'off', 'archive', 'active'])
      expect(whyUnmetered(droplet(status))).to.equal(null);
  });

  it('reports nothing unmetered for kinds that have no size, or are not metered', () => {
    for (const kind of ['dns_zone', 'volume', 'firewall', 'app'])
      expect(whyUnmetered({ kind, status: null, size_gb: null })).to.equal(null);
  });

  it('knows the billing kinds and meters nothing else', () => {
    expect(meteredBillingKinds()).to.deep.equal([
      'droplet_hours',
      'spaces_gb_month',
      'snapshot_gb_month',
      'backup_gb_month',
      'dns_zones',
    ]);
    expect(['volume', 'floating_ip', 'constructor'].map(billingKindOf)).to.deep.equal([null, null, null]);
    expect(
      meterResourceDay({ kind: 'volume', status: null, size_gb: '100' }, '2026-05-01', 'day'),
    ).to.deep.equal([]);
  });

  it('refuses steps outside the month and quantities that could not add up', () => {
    expect(() => accrueStep('1', 0, 31)).to.throw(RangeError, 'step');
    expect(() => accrueStep('1', 32, 31)).to.throw(RangeError);
    expect(() => accrueStep('0.1234567890123', 1, 31)).to.throw(RangeError, '12 places');
  });

  it('reads sizes as the provider writes them', () => {
    const sizes = [4.5, '12.50', 0, null, undefined, -1, '-1', 'big', NaN, 1e-7];
    expect(sizes.map((size) => sizeGbOf({ size_gigabytes: size }))).to.deep.equal([
      '4.5',
      '12.5',
      '0',
      null,
      null,
      null,
      null,
      null,
      null,
      '0.0000001',
    ]);
    expect(sizeGbOf({})).to.equal(null);
  });

  it('shows exactly the given number of decimal places', () => {
    expect([
      displayQty('15.5', 2),
      displayQty('480', 2),
      displayQty('0.005', 2),
      displayQty('1.5', 0),
    ]).to.deep.equal(['15.50', '480.00', '0.01', '2']);
  });
});

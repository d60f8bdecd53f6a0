import { expect } from 'chai';
import fc from 'fast-check';
import {
  addDays,
  addMonths,
  dayOf,
  dayOfMonth,
  daysBetween,
  daysFrom,
  daysInMonth,
  isValidDay,
  isValidPeriod,
  lastDay,
  monthOf,
  normalisePeriod,
  nthDay,
  periodsBetween,
} from '../../src/pricing/calendar.ts';
import { day } from '../support/pricing/arbitraries.ts';

describe('the calendar', () => {
  it('knows which days exist, within 2000 to 2100', () => {
    const existing = ['2000-01-01', '2024-02-29', '2000-02-29', '2100-12-31'];
    const others = [
      '2026-02-29',
      '2100-02-29',
      '2026-04-31',
      '2026-13-01',
      '2026-00-10',
      '2026-01-00',
      '1999-12-31',
      '2101-01-01',
      '2026-1-1',
      '2026-01-01T00:00:00Z',
      '',
      '20260101',
    ];
    expect(existing.filter(isValidDay)).to.deep.equal(existing);
    expect(others.filter(isValidDay)).to.deep.equal([]);
  });

  it('normalises a month or any day in it to its first day', () => {
    expect(['2026-04', '2026-04-30', '2026-04-01'].map(normalisePeriod)).to.deep.equal(
      Array(3).fill('2026-04-01'),
    );
    expect(['2026-13', '2026-04-31', '1999-12', 'April', ''].filter(isValidPeriod)).to.deep.equal([]);
    expect(() => normalisePeriod('2026-02-30')).to.throw(RangeError, 'not a calendar month');
  });

  it('measures months', () => {
    expect(['2024-02-01', '2026-02-01', '2026-04-01', '2026-12-01'].map(daysInMonth)).to.deep.equal([
      29, 28, 30, 31,
    ]);
    expect(lastDay('2026-02-10')).to.equal('2026-02-28');
    expect(nthDay('2026-02-01', 7)).to.equal('2026-02-07');
    expect(monthOf('2026-02-28')).to.equal('2026-02-01');
    expect(periodsBetween('2025-11-30', '2026-02-01')).to.deep.equal([
      '2025-11-01',
      '2025-12-01',
      '2026-01-01',
      '2026-02-01',
    ]);
    expect(periodsBetween('2026-03-01', '2026-02-01')).to.deep.equal([]);
    expect(addMonths('2026-01-01', -1)).to.equal('2025-12-01');
  });

  it('takes the day of a UTC time, and of no other', () => {
    expect(dayOf('2026-04-01T23:59:59.999Z')).to.equal('2026-04-01');
    expect(() => dayOf('2026-04-01T23:59:59+10:00')).to.throw(RangeError, 'not a UTC time');
    expect(() => dayOf('2026-04-01')).to.throw(RangeError);
  });

  it('adds and counts days consistently', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: -800, max: 800 }), (from, count) => {
        const to = addDays(from, count);
        expect(daysBetween(from, to)).to.equal(count);
        expect(isValidDay(to)).to.equal(true);
        expect(dayOfMonth(to)).to.be.within(1, daysInMonth(to));
      }),
    );
    expect(daysFrom('2026-02-27', '2026-03-01')).to.deep.equal(['2026-02-27', '2026-02-28', '2026-03-01']);
    expect(daysFrom('2026-03-01', '2026-02-27')).to.deep.equal([]);
  });
});

import { expect } from 'chai';
import { daySchema, instantSchema, momentSchema, periodSchema } from '../../src/http/schemas.ts';

const two = (n: number) => String(n).padStart(2, '0');

/** Whether a day exists, as a `Date` has it. */
function exists(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

describe('schemas of requests', () => {
  it('take the days that exist from 2000 to 2100, and no others', () => {
    for (const year of [1999, 2000, 2001, 2004, 2023, 2024, 2096, 2100, 2101])
      for (let month = 0; month <= 13; month += 1)
        for (const n of [0, 1, 28, 29, 30, 31, 32]) {
          const day = `${year}-${two(month)}-${two(n)}`;
          const expected = year >= 2000 && year <= 2100 && exists(day);
          expect(daySchema.safeParse(day).success, day).to.equal(expected);
          expect(periodSchema.safeParse(day).success, day).to.equal(expected);
          expect(momentSchema.safeParse(`${day}T23:59:59Z`).success, day).to.equal(expected);
          expect(instantSchema.safeParse(`${day}T23:59:59.9+00:00`).success, day).to.equal(expected);
        }
  });

  it('bring instants into one form', () => {
    const forms = {
      '2026-04-30T23:59:59.999Z': '2026-04-30T23:59:59.999Z',
      '2026-04-30T23:59:59Z': '2026-04-30T23:59:59.000Z',
      '2026-04-30T23:59:59.5+00:00': '2026-04-30T23:59:59.500Z',
      '2026-04-30T23:59:59.123456789Z': '2026-04-30T23:59:59.123Z',
      '2026-04-30T23:59:5Z': null,
      '2026-04-30T24:00:00.000Z': null,
      '2026-04-30T23:60:00.000Z': null,
      '2026-04-30T23:59:60.000Z': null,
      '2026-04-30T23:59:59.999z': null,
    };
    for (const [text, expected] of Object.entries(forms))
      expect(instantSchema.safeParse(text).data ?? null, text).to.equal(expected);
  });
});

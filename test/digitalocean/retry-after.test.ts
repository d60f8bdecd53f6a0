import { expect } from 'chai';
import { retryAfterMs } from '../../src/digitalocean/retry-after.ts';

describe('retryAfterMs', () => {
  const now = Date.parse('2026-05-09T15:00:00Z');
  const cases: readonly (readonly [string | null, number | null])[] = [
    [null, null],
    ['0', null],
    ['5', 5_000],
    [' 5 ', 5_000],
    ['3600', 3_600_000],
    ['86400', 3_600_000],
    ['9'.repeat(400), 3_600_000],
    ['soon', null],
    ['-5', null],
    ['1.5', null],
    ['', null],
    ['Sat, 09 May 2026 15:00:30 GMT', 30_000],
    ['Sat, 09 May 2026 14:59:30 GMT', null],
    ['Sat, 09 May 2099 14:59:30 GMT', 3_600_000],
    ['Sun, 99 May 2026 14:59:30 GMT', null],
  ];
  for (const [header, expected] of cases) {
    const given = header === null ? 'no header' : JSON.stringify(header.slice(0, 40));
    const wait = expected === null ? 'no wait' : `${String(expected)} ms`;
    it(`reads ${given} as ${wait}`, () => {
      expect(retryAfterMs(header, now)).to.equal(expected);
    });
  }
});

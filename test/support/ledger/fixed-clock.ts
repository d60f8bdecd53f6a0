import type { Clock } from '../../../src/ledger/clock.ts';

/** A clock that stands still until it is moved. */
export function fixedClock(
  start: string,
): Clock & { set(now: string): void; advance(milliseconds: number): void } {
  let current = Date.parse(start);
  return {
    now: () => new Date(current).toISOString(),
    set: (now) => {
      current = Date.parse(now);
    },
    advance: (milliseconds) => {
      current += milliseconds;
    },
  };
}

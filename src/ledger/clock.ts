/** Where the time comes from. Only the composition root makes a real one; tests pass their own. */
export interface Clock {
  /** The current instant, ISO 8601 UTC with milliseconds. */
  now(): string;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date().toISOString() };

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

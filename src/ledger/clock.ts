/** Where the time comes from. Only the composition root makes a real one; tests pass their own. */
export interface Clock {
  /** The current instant, ISO 8601 UTC with milliseconds. */
  now(): string;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date().toISOString() };

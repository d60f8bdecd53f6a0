/** The source of time; tests pass their own. */
export interface Clock {
  /** The current instant, ISO 8601 UTC with milliseconds. */
  now(): string;
}

export const systemClock: Clock = { now: () => new Date().toISOString() };

import type { RequestBudget } from './request-budget.ts';

interface TransportLogger {
  warn(fields: object, message: string): void;
}

export interface TransportOptions {
  /** The base URL of DigitalOcean's API. All requests go there; links in answers are not followed. */
  baseUrl: string;
  token: string;
  fetch?: typeof fetch;
  clock: { now(): number };
  sleep: (milliseconds: number) => Promise<void>;
  /** Uniform in [0, 1), for the jitter of the backoff. */
  random: () => number;
  budget: RequestBudget;
  logger?: TransportLogger;
  /** For one attempt, from sending to the last byte of the body. */
  timeoutMs?: number;
  /** Attempts in all, the first included. */
  maxAttempts?: number;
  /** A longer `retry-after` ends the request with an error, so that a job need not wait for it. */
  maxRetryAfterMs?: number;
}

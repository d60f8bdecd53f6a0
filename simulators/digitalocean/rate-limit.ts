import type { VirtualClock } from './clock.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Requests a token may make in any sliding minute and hour of virtual time. */
export interface SimulatedLimits {
  perMinute: number;
  perHour: number;
}

export interface RateDecision {
  allowed: boolean;
  /** Which window refused; null when allowed. */
  refusedBy: 'minute' | 'hour' | null;
  /** The ratelimit-* headers, and retry-after where the provider promises one. */
  headers: Record<string, string>;
}

export interface RateLimiter {
  /** Counts a request of a token, or refuses it; a refused request uses no quota. */
  take(token: string): RateDecision;
  /** The headers for a caller that has no quota of its own (a bad token). */
  anonymousHeaders(): Record<string, string>;
}

const epochSeconds = (ms: number): string => String(Math.ceil(ms / 1000));

/**
 * Sliding windows per token: each request expires a minute (an hour) after itself. As documented,
 * `ratelimit-reset` says when the oldest request expires, and only the refusal of the minute's window carries
 * `retry-after`.
 */
export const createRateLimiter = (clock: VirtualClock, limits: () => SimulatedLimits): RateLimiter => {
  const taken = new Map<string, number[]>();

  const headers = (times: number[], remaining: number): Record<string, string> => ({
    'ratelimit-limit': String(limits().perHour),
    'ratelimit-remaining': String(Math.max(0, remaining)),
    'ratelimit-reset': epochSeconds((times[0] ?? clock.now()) + HOUR_MS),
  });

  return {
    take: (token) => {
      const now = clock.now();
      const times = (taken.get(token) ?? []).filter((at) => at > now - HOUR_MS);
      taken.set(token, times);
      const { perMinute, perHour } = limits();
      if (times.length >= perHour) return { allowed: false, refusedBy: 'hour', headers: headers(times, 0) };
      const minute = times.filter((at) => at > now - MINUTE_MS);
      if (minute.length >= perMinute) {
        // A request is allowed again when the oldest of the last `perMinute` requests expires.
        const freesAt = (minute[minute.length - perMinute] ?? now) + MINUTE_MS;
        const retryAfter = { 'retry-after': String(Math.max(1, Math.ceil((freesAt - now) / 1000))) };
        return { allowed: false, refusedBy: 'minute', headers: { ...headers(times, 0), ...retryAfter } };
      }
      times.push(now);
      return { allowed: true, refusedBy: null, headers: headers(times, perHour - times.length) };
    },
    anonymousHeaders: () => headers([], limits().perHour),
  };
};

import type { Request, RequestHandler } from 'express';
import { Refused } from '../ledger/refusal.ts';
import type { Caller } from './caller.ts';
import { HttpProblem } from './problem.ts';
import { createRateLimit } from './rate-limit.ts';

/** The address that a request's connection comes from; headers are ignored, since a client can set them. */
export function addressOf(request: Request): string {
  return request.socket.remoteAddress ?? 'unknown';
}

/** Paths without a limit: a load balancer polls them, and may share its address with all clients. */
const alwaysAnswered: ReadonlySet<string> = new Set(['/api/health', '/api/ready']);

function tooMany(seconds: number, perMinute: number | null): HttpProblem {
  return new HttpProblem('too-many-requests', `at most ${perMinute ?? 0} requests a minute are answered`, {
    'Retry-After': String(seconds),
  });
}

/** The limits on requests a minute. */
export interface RateLimiters {
  /** For paths that need no token: by address. */
  open: RequestHandler;
  /**
   * After the token was verified: by tenant and subject.
   * @throws {HttpProblem} 429
   */
  bySubject(caller: Caller): void;
  /**
   * The answer to a request whose token was refused: the refusal, or 429 after too many from its address. A
   * valid token is not limited by the refused ones of its address.
   */
  refused(request: Request, error: unknown): unknown;
}

/** @param perMinute `RATE_LIMIT_PER_MINUTE`; null: no limit */
export function limitRequests(perMinute: number | null): RateLimiters {
  const subjects = createRateLimit(perMinute);
  const addresses = createRateLimit(perMinute);
  return {
    open(request, _response, next) {
      if (alwaysAnswered.has(request.path)) return next();
      const seconds = addresses.count(addressOf(request));
      next(seconds === null ? undefined : tooMany(seconds, perMinute));
    },
    bySubject({ tenantId, sub }) {
      if (perMinute === null) return;
      const seconds = subjects.count(JSON.stringify([tenantId, sub]));
      if (seconds !== null) throw tooMany(seconds, perMinute);
    },
    refused(request, error) {
      const isRefusal =
        error instanceof Refused || (error instanceof HttpProblem && error.code === 'unauthorized');
      const seconds = isRefusal ? addresses.count(addressOf(request)) : null;
      return seconds === null ? error : tooMany(seconds, perMinute);
    },
  };
}

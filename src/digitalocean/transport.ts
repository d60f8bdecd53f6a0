import { mostBytes } from '../runtime/read-body.ts';
import { parseJsonBody, parseTextBody } from './answer-body.ts';
import { attemptGet, type Read } from './attempt-get.ts';
import { checkToken } from './check-token.ts';
import { DigitalOceanError } from './errors.ts';
import type { RequestPriority } from './request-budget.ts';
import type { TransportOptions } from './transport-options.ts';
import { counted } from '../runtime/counted.ts';

export interface Transport {
  /**
   * The parsed JSON body of a 200; `onSize` gets its length before it is parsed. Throws DigitalOceanError.
   */
  getJson(path: string, priority: RequestPriority, onSize?: (characters: number) => void): Promise<unknown>;
  /** The body of a 200 whose content type begins with `contentType`. Throws DigitalOceanError. */
  getText(path: string, contentType: string, priority: RequestPriority): Promise<string>;
}

const backoffFirstMs = 1_000;
const backoffMaxMs = 30_000;

/** GET with time-out, budget and bounded retries. 401, 403, 404 and 422 are final and not retried. */
export function createTransport(options: TransportOptions): Transport {
  const { clock, sleep, random, budget, logger, maxAttempts = 5, maxRetryAfterMs = 120_000 } = options;
  const base = options.baseUrl.replace(/\/+$/, '');
  checkToken(options.token, 'token');

  async function get<T>(path: string, accept: string, priority: RequestPriority, read: Read<T>): Promise<T> {
    refuseLongHold(path, await budget.heldForMs(), maxRetryAfterMs, clock.now());
    for (let attempt = 1; ; attempt += 1) {
      await budget.acquire(priority);
      const result = await attemptGet(options, base, path, accept, read);
      if (result.ok) return result.value;
      const { failure } = result;
      if (!failure.retryable) throw failure.error;
      const wait = failure.retryAfterMs ?? backoffMs(attempt, random);
      const rateLimited = failure.error.code === 'rate-limited';
      if (rateLimited) budget.holdUntil(clock.now() + wait);
      if (attempt >= maxAttempts || wait > maxRetryAfterMs) {
        throw gaveUp(failure.error, attempt, new Date(clock.now() + wait).toISOString());
      }
      logger?.warn(
        { path, attempt, status: failure.error.status, code: failure.error.code, wait_ms: wait },
        failure.error.message,
      );
      await sleep(wait);
    }
  }

  return {
    getJson: (path, priority, onSize) =>
      get(path, 'application/json', priority, {
        most: mostBytes.json,
        parse(text, type) {
          onSize?.(text.length);
          return parseJsonBody(text, type);
        },
      }),
    getText: (path, contentType, priority) =>
      get(path, contentType, priority, {
        most: mostBytes.csv,
        parse: (text, type) => parseTextBody(text, type, contentType),
      }),
  };
}

/** Refuses a request while all requests are held back for longer than one may wait: it would wait in vain. */
function refuseLongHold(path: string, heldForMs: number, maxMs: number, now: number): void {
  if (heldForMs <= maxMs) return;
  const retryAt = new Date(now + heldForMs).toISOString();
  throw new DigitalOceanError({
    code: 'rate-limited',
    message: `DigitalOcean GET ${path} not sent: rate limited until ${retryAt}`,
    path,
    retryAt,
  });
}

/**
 * Between half and all of 1, 2, 4 … 30 seconds, at least one, always with jitter. Five attempts take 8 to
 * 15 seconds in all.
 */
function backoffMs(attempt: number, random: () => number): number {
  const ceiling = Math.min(backoffMaxMs, backoffFirstMs * 2 ** (attempt - 1));
  const shortest = Math.max(backoffFirstMs, ceiling / 2);
  const longest = Math.max(backoffFirstMs * 1.5, ceiling);
  return Math.round(shortest + (longest - shortest) * random());
}

function gaveUp(error: DigitalOceanError, attempts: number, retryAt: string): DigitalOceanError {
  return new DigitalOceanError({
    code: error.code,
    message: `${error.message}; gave up after ${counted(attempts, 'attempt')}, try again at ${retryAt}`,
    status: error.status,
    path: error.path,
    requestId: error.requestId,
    providerCode: error.providerCode,
    retryAt,
    reason: error.reason,
    cause: error,
  });
}

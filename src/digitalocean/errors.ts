/** Why a request to DigitalOcean did not give what was asked for. */
export type DigitalOceanErrorCode =
  | 'unauthorized' // 401: the token is missing, wrong or revoked
  | 'forbidden' // 403, or an answer whose scope-bound fields are missing
  | 'not-found' // 404
  | 'rate-limited' // 429 that outlasted our patience
  | 'unavailable' // 5xx, transport trouble, time-outs, a listing that would not hold still
  | 'malformed' // an answer that is not what the API promises
  | 'invalid'; // 422 and other 4xx: the request itself is wrong

export interface DigitalOceanErrorDetail {
  code: DigitalOceanErrorCode;
  message: string;
  /** HTTP status of the last answer; null when there was none. */
  status?: number | null;
  /** Path and query, never the host: it is safe to log. */
  path: string;
  /** DigitalOcean's own id of the request, for their support. */
  requestId?: string | null;
  /** The `id` of DigitalOcean's JSON error body, such as `not_found`, or empty where it has none; null when the body was no JSON object. */
  providerCode?: string | null;
  /** When it makes sense to ask again: ISO 8601 UTC, or null when unknown. */
  retryAt?: string | null;
  cause?: unknown;
}

/** The one error that the DigitalOcean client throws. Its message names what failed and never holds the token. */
export class DigitalOceanError extends Error {
  readonly code: DigitalOceanErrorCode;
  readonly status: number | null;
  readonly path: string;
  readonly requestId: string | null;
  readonly providerCode: string | null;
  readonly retryAt: string | null;

  constructor(detail: DigitalOceanErrorDetail) {
    super(detail.message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'DigitalOceanError';
    this.code = detail.code;
    this.status = detail.status ?? null;
    this.path = detail.path;
    this.requestId = detail.requestId ?? null;
    this.providerCode = detail.providerCode ?? null;
    this.retryAt = detail.retryAt ?? null;
  }
}

/**
 * A 404 that DigitalOcean itself vouches for: it has the JSON error body. A 404 with an empty or an HTML body
 * comes from something in between, and says nothing about the resource.
 */
export function isConfirmedNotFound(error: unknown): boolean {
  return error instanceof DigitalOceanError && error.code === 'not-found' && error.providerCode !== null;
}

import { said } from '../runtime/quoted-text.ts';

/** Why a request to DigitalOcean did not give what was asked for. */
export type DigitalOceanErrorCode =
  | 'unauthorized' // 401: the token is missing, wrong or revoked
  | 'forbidden' // 403, or an answer whose scope-bound fields are missing
  | 'not-found' // 404
  | 'rate-limited' // 429 that outlasted our patience
  | 'unavailable' // 5xx, transport trouble, time-outs, a listing that would not hold still
  | 'malformed' // an answer that is not what the API promises
  | 'too-large' // an answer of more bytes than are read
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
  /**
   * The `id` of DigitalOcean's JSON error body, such as `not_found`, or empty where it has none; null when
   * the body was no JSON object.
   */
  providerCode?: string | null;
  /** When it makes sense to ask again: ISO 8601 UTC, or null when unknown. */
  retryAt?: string | null;
  /** The message without what differs from attempt to attempt; default: the message. */
  reason?: string;
  cause?: unknown;
}

/** What a message has room for: a path with ids, and what DigitalOcean says. */
const longestMessage = 1_000;
const longestPath = 500;
const longestId = 100;

/**
 * The one error that the DigitalOcean client throws. Its message names what failed and never holds the token.
 * Whatever came from DigitalOcean is made fit to be shown here: see {@link said}.
 */
export class DigitalOceanError extends Error {
  readonly code: DigitalOceanErrorCode;
  readonly status: number | null;
  readonly path: string;
  readonly requestId: string | null;
  readonly providerCode: string | null;
  readonly retryAt: string | null;
  /** Why it failed, in the same words each time it fails the same way. */
  readonly reason: string;

  constructor(detail: DigitalOceanErrorDetail) {
    super(
      said(detail.message, [], longestMessage),
      detail.cause === undefined ? undefined : { cause: detail.cause },
    );
    this.name = 'DigitalOceanError';
    this.code = detail.code;
    this.status = detail.status ?? null;
    this.path = said(detail.path, [], longestPath);
    this.requestId = saidOrNull(detail.requestId);
    this.providerCode = saidOrNull(detail.providerCode);
    this.retryAt = detail.retryAt ?? null;
    this.reason = detail.reason ?? this.message;
  }
}

function saidOrNull(id: string | null | undefined): string | null {
  return id === null || id === undefined ? null : said(id, [], longestId);
}

/**
 * A 404 that DigitalOcean itself vouches for: it has the JSON error body. A 404 with an empty or an HTML body
 * comes from something in between, and says nothing about the resource.
 */
export function isConfirmedNotFound(error: unknown): boolean {
  return error instanceof DigitalOceanError && error.code === 'not-found' && error.providerCode !== null;
}

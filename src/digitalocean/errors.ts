import { quotedText } from '../runtime/quoted-text.ts';

/** Why a request to DigitalOcean failed. */
export type DigitalOceanErrorCode =
  | 'unauthorized' // 401: the token is missing, wrong or revoked
  | 'forbidden' // 403, or an answer whose scope-bound fields are missing
  | 'not-found' // 404
  | 'rate-limited' // 429 after all attempts
  | 'unavailable' // 5xx, transport trouble, time-outs, a listing that kept changing
  | 'malformed' // an answer in another form than the API describes
  | 'too-large' // an answer of more bytes than are read
  | 'invalid'; // 422 and other 4xx: the request is at fault

export interface DigitalOceanErrorDetail {
  code: DigitalOceanErrorCode;
  message: string;
  /** HTTP status of the last answer; null when there was none. */
  status?: number | null;
  /** Path and query without the host: safe to log. */
  path: string;
  /** DigitalOcean's id of the request, for its support. */
  requestId?: string | null;
  /**
   * The `id` of DigitalOcean's JSON error body, such as `not_found`, or empty where it has none; null when
   * the body was no JSON object.
   */
  providerCode?: string | null;
  /** When a retry makes sense: ISO 8601 UTC; null when unknown. */
  retryAt?: string | null;
  /** The message without what differs from attempt to attempt; default: the message. */
  reason?: string;
  cause?: unknown;
}

/** The most characters of a message: a path with ids, and DigitalOcean's own words. */
const longestMessage = 1_000;
const longestPath = 500;
const longestId = 100;

/**
 * The one error that the DigitalOcean client throws. Its message names what failed and never holds the token.
 * Text from DigitalOcean is made safe to show: see `quotedText`.
 */
export class DigitalOceanError extends Error {
  readonly code: DigitalOceanErrorCode;
  readonly status: number | null;
  readonly path: string;
  readonly requestId: string | null;
  readonly providerCode: string | null;
  readonly retryAt: string | null;
  /** Why it failed: the same text for the same cause. */
  readonly reason: string;

  constructor(detail: DigitalOceanErrorDetail) {
    super(
      quotedText(detail.message, [], longestMessage),
      detail.cause === undefined ? undefined : { cause: detail.cause },
    );
    this.name = 'DigitalOceanError';
    this.code = detail.code;
    this.status = detail.status ?? null;
    this.path = quotedText(detail.path, [], longestPath);
    this.requestId = quotedOrNull(detail.requestId);
    this.providerCode = quotedOrNull(detail.providerCode);
    this.retryAt = detail.retryAt ?? null;
    this.reason = detail.reason ?? this.message;
  }
}

function quotedOrNull(id: string | null | undefined): string | null {
  return id === null || id === undefined ? null : quotedText(id, [], longestId);
}

/**
 * A 404 of DigitalOcean itself: it has the JSON error body. A 404 with an empty or an HTML body comes from a
 * proxy in between, and says nothing about the resource.
 */
export function isConfirmedNotFound(error: unknown): boolean {
  return error instanceof DigitalOceanError && error.code === 'not-found' && error.providerCode !== null;
}

/** What DigitalOcean answers; null for a confirmed 404 (see {@link isConfirmedNotFound}). */
export async function nullIfGone<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (isConfirmedNotFound(error)) return null;
    throw error;
  }
}

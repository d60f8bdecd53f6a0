import type { ApiJson } from './json.ts';

/** One request as it arrived, and its answer. */
export interface LoggedRequest {
  method: string;
  url: string;
  path: string;
  query: Record<string, string>;
  /** The page asked for; 1 where none was. */
  page: number;
  /** Status answered; null where no headers were sent. */
  status: number | null;
  /** The bearer token; null where there was none in the right form. */
  token: string | null;
  /** Virtual time, ISO in whole seconds. */
  at: string;
  /** Virtual time in milliseconds. */
  at_ms: number;
  /** The answer's retry-after, or null. */
  retry_after: string | null;
  /** Kind of the fault that hit it, or null. */
  fault: string | null;
  body?: ApiJson;
}

/**
 * The requests that came before the time of an earlier 429's retry-after for their token: a client that
 * honours it sends none. A retry-after in another form than whole seconds is not counted.
 */
export const ignoredRetryAfter = (requests: readonly LoggedRequest[]): LoggedRequest[] => {
  const waitUntil = new Map<string, number>();
  return requests.filter((request) => {
    const token = request.token ?? '';
    const ignored = request.at_ms < (waitUntil.get(token) ?? 0);
    if (request.status === 429 && /^\d+$/.test(request.retry_after ?? '')) {
      waitUntil.set(
        token,
        Math.max(waitUntil.get(token) ?? 0, request.at_ms + Number(request.retry_after) * 1000),
      );
    }
    return ignored;
  });
};

import { z } from 'zod';
import { DigitalOceanError, type DigitalOceanErrorCode } from './errors.ts';
import { retryAfterMs } from './retry-after.ts';

/** One attempt without a usable answer. */
export interface AttemptFailure {
  error: DigitalOceanError;
  retryable: boolean;
  /** The wait that the server asks for; null: the caller's own backoff. */
  retryAfterMs: number | null;
}

export interface ErrorBody {
  id: string;
  message: string;
  requestId: string | null;
}

const errorBodySchema = z.object({
  id: z.string().nullish(),
  message: z.string().nullish(),
  request_id: z.string().nullish(),
});

/** DigitalOcean's JSON error body, its `id` empty where it has none; null for other JSON. */
export function errorBodyOf(body: unknown): ErrorBody | null {
  const parsed = errorBodySchema.safeParse(body);
  if (!parsed.success) return null;
  return {
    id: parsed.data.id ?? '',
    message: parsed.data.message ?? '',
    requestId: parsed.data.request_id ?? null,
  };
}

/** The failure in an answer whose status is not 200. */
export function failedAttempt({
  path,
  response,
  problem,
  now,
  hide,
}: {
  path: string;
  response: Response;
  problem: ErrorBody | null;
  now: number;
  hide: (text: string) => string;
}): AttemptFailure {
  const { status, headers } = response;
  const code = codeOf(status);
  const reason =
    [problem?.id, problem?.message].filter((part) => part !== undefined && part !== '').join(': ') ||
    describeBody(headers);
  const hidden = (id: string | null | undefined): string | null =>
    id === null || id === undefined ? null : hide(id);
  const error = new DigitalOceanError({
    code,
    message: `DigitalOcean GET ${path} answered ${status} (${hide(reason)})`,
    status,
    path,
    requestId: hidden(headers.get('x-request-id') ?? problem?.requestId),
    providerCode: hidden(problem?.id),
  });
  return {
    error,
    retryable: code === 'rate-limited' || code === 'unavailable',
    retryAfterMs: retryAfterMs(headers.get('retry-after'), now),
  };
}

function codeOf(status: number): DigitalOceanErrorCode {
  switch (status) {
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
      return 'not-found';
    case 429:
      return 'rate-limited';
    default:
      if (status >= 500) return 'unavailable';
      // The API describes neither redirects nor successes without content.
      return status >= 400 ? 'invalid' : 'malformed';
  }
}

function describeBody(headers: Headers): string {
  const contentType = headers.get('content-type');
  return contentType === null ? 'no body that says why' : `a body of type ${contentType}`;
}

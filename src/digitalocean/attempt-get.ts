import { BodyTooLarge, discardBody, isJsonType, readBody } from '../runtime/read-body.ts';
import { quotedText } from '../runtime/quoted-text.ts';
import { hidden } from '../runtime/hide-secrets.ts';
import { UnreadableBody } from './answer-body.ts';
import { DigitalOceanError } from './errors.ts';
import { errorBodyOf, failedAttempt, type AttemptFailure, type ErrorBody } from './failed-attempt.ts';
import { parseStorableJson } from './storable-json.ts';
import { observeQuota } from './observe-quota.ts';
import type { TransportOptions } from './transport-options.ts';

/** The most bytes of an error body; a longer one is not read. */
const mostErrorBytes = 64 * 1024;

/** How the body of a 200 is read. */
export interface Read<T> {
  most: number;
  /** @throws {UnreadableBody} */
  parse(text: string, contentType: string): T;
}

/** The value of a 200, or why there is none. */
export type AttemptResult<T> = { ok: true; value: T } | { ok: false; failure: AttemptFailure };

/** One GET with a time limit. It takes note of the quota, and never throws. */
export async function attemptGet<T>(
  options: TransportOptions,
  base: string,
  path: string,
  accept: string,
  read: Read<T>,
): Promise<AttemptResult<T>> {
  const { token, clock, budget, fetch: fetchWith = fetch, timeoutMs = 30_000 } = options;
  const hide = (text: string): string => quotedText(text, [token]);
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new Error(`no complete answer within ${timeoutMs} ms`)),
    timeoutMs,
  );
  let response: Response | null = null;
  try {
    response = await fetchWith(`${base}${path}`, {
      headers: { authorization: `Bearer ${token}`, accept },
      // A redirect could carry the token to another host. DigitalOcean's API has none.
      redirect: 'manual',
      signal: controller.signal,
    });
    observeQuota(budget, response);
    const contentType = response.headers.get('content-type') ?? '';
    if (response.status !== 200) {
      const problem = errorBodyIn(await errorText(response), contentType);
      return { ok: false, failure: failedAttempt({ path, response, problem, now: clock.now(), hide }) };
    }
    const text = await readBody(response, read.most);
    // Names and descriptions are stored as they are: an echo of the token is removed here.
    return { ok: true, value: read.parse(withoutToken(text, token), contentType) };
  } catch (cause) {
    return {
      ok: false,
      failure: transportFailure(
        path,
        response,
        controller.signal.aborted ? controller.signal.reason : cause,
        hide,
      ),
    };
  } finally {
    clearTimeout(timer);
    if (response !== null) await discardBody(response);
  }
}

/** Real tokens are longer; shorter text may occur in an answer by chance. */
const shortestToken = 8;

function withoutToken(text: string, token: string): string {
  return token.length >= shortestToken && text.includes(token) ? text.replaceAll(token, hidden) : text;
}

/** The body of an answer that is no 200; empty where it is longer than an error body. */
async function errorText(response: Response): Promise<string> {
  try {
    return await readBody(response, mostErrorBytes);
  } catch (error) {
    if (error instanceof BodyTooLarge) return '';
    throw error;
  }
}

/**
 * The failure of an attempt with no answer, or one that broke off or could not be read: retryable, since it
 * says nothing about the account. An answer that is too large would be too large again.
 */
function transportFailure(
  path: string,
  response: Response | null,
  cause: unknown,
  hide: (text: string) => string,
): AttemptFailure {
  if (cause instanceof DigitalOceanError) return { error: cause, retryable: false, retryAfterMs: null };
  const isTooLarge = cause instanceof BodyTooLarge;
  const what = cause instanceof Error ? causeText(cause) : 'unknown error';
  const requestId = response?.headers.get('x-request-id') ?? null;
  const error = new DigitalOceanError({
    code: isTooLarge ? 'too-large' : cause instanceof UnreadableBody ? 'malformed' : 'unavailable',
    message: `DigitalOcean GET ${path} failed: ${hide(what)}`,
    status: response?.status ?? null,
    path,
    requestId: requestId === null ? null : hide(requestId),
    cause,
  });
  return { error, retryable: !isTooLarge, retryAfterMs: null };
}

/** fetch hides the reason ("fetch failed") in the cause. */
function causeText(error: Error): string {
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}

function errorBodyIn(text: string, contentType: string): ErrorBody | null {
  if (!isJsonType(contentType)) return null;
  try {
    return errorBodyOf(parseStorableJson(text));
  } catch {
    return null;
  }
}

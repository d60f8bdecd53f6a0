import { DigitalOceanError } from './errors.ts';
import { parseStorableJson, storableText } from './storable-json.ts';
import { failedAttempt, errorBodyOf, type AttemptFailure, type ErrorBody } from './failed-attempt.ts';
import { BodyTooLarge, discardBody, mostBytes, readBody, requireFewValues } from '../runtime/read-body.ts';
import { quotedText } from '../runtime/quoted-text.ts';
import { hidden } from '../runtime/hide-secrets.ts';
import type { RequestBudget, RequestPriority } from './request-budget.ts';

export interface TransportLogger {
  warn(fields: object, message: string): void;
}

export interface TransportOptions {
  /**
   * The base URL of DigitalOcean's API. All requests go there; links in answers are not followed.
   */
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

/** The most bytes of an error body; a longer one is not read. */
const mostErrorBytes = 64 * 1024;

/** How the body of a 200 is read. */
interface Read<T> {
  most: number;
  /** @throws {UnreadableBody} */
  parse(text: string, contentType: string): T;
}

/** GET with time-out, budget and bounded retries. 401, 403, 404 and 422 are final and not retried. */
export function createTransport(options: TransportOptions): Transport {
  const { clock, sleep, random, budget, logger, maxAttempts = 5, maxRetryAfterMs = 120_000 } = options;
  const base = options.baseUrl.replace(/\/+$/, '');
  // fetch refuses such a token too, but its message quotes it.
  if (!/^[\x21-\x7e]+$/.test(options.token))
    throw new TypeError('the DigitalOcean token is empty or has characters that no header may hold');

  async function get<T>(path: string, accept: string, priority: RequestPriority, read: Read<T>): Promise<T> {
    refuseLongHold(path, budget.heldForMs(), maxRetryAfterMs, clock.now());
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
          return readJson(text, type);
        },
      }),
    getText: (path, contentType, priority) =>
      get(path, contentType, priority, {
        most: mostBytes.csv,
        parse: (text, type) => readText(text, type, contentType),
      }),
  };
}

type AttemptResult<T> = { ok: true; value: T } | { ok: false; failure: AttemptFailure };

async function attemptGet<T>(
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
    () => controller.abort(new Error(`no complete answer within ${String(timeoutMs)} ms`)),
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
    if (response.status !== 429) budget.observe(quotaOf(response.headers));
    const contentType = response.headers.get('content-type') ?? '';
    if (response.status !== 200) {
      const problem = problemIn(await errorText(response), contentType);
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

/** A body that is not what was asked for. */
class UnreadableBody extends Error {
  constructor(message: string) {
    super(quotedText(message));
    this.name = 'UnreadableBody';
  }
}

function readJson(text: string, contentType: string): unknown {
  if (!isJson(contentType))
    throw new UnreadableBody(`expected JSON, got ${contentType === '' ? 'no content type' : contentType}`);
  requireFewValues(text);
  try {
    return parseStorableJson(text);
  } catch {
    throw new UnreadableBody(`the JSON body does not parse (${String(text.length)} characters)`);
  }
}

function readText(text: string, contentType: string, expected: string): string {
  if (!contentType.toLowerCase().startsWith(expected)) {
    throw new UnreadableBody(
      `expected ${expected}, got ${contentType === '' ? 'no content type' : contentType}`,
    );
  }
  return storableText(text);
}

function problemIn(text: string, contentType: string): ErrorBody | null {
  if (!isJson(contentType)) return null;
  try {
    return errorBodyOf(parseStorableJson(text));
  } catch {
    return null;
  }
}

function isJson(contentType: string): boolean {
  return /^application\/(?:[\w.-]+\+)?json\b/i.test(contentType.trim());
}

function quotaOf(headers: Headers): { limit: number | null; remaining: number | null } {
  return {
    limit: wholeNumber(headers.get('ratelimit-limit')),
    remaining: wholeNumber(headers.get('ratelimit-remaining')),
  };
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text.trim()) ? Number(text) : null;
}

/**
 * Refuses a request while all requests are held back for longer than one may wait: it would wait in vain.
 */
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
  const tried = `${String(attempts)} attempt${attempts === 1 ? '' : 's'}`;
  return new DigitalOceanError({
    code: error.code,
    message: `${error.message}; gave up after ${tried}, try again at ${retryAt}`,
    status: error.status,
    path: error.path,
    requestId: error.requestId,
    providerCode: error.providerCode,
    retryAt,
    reason: error.reason,
    cause: error,
  });
}

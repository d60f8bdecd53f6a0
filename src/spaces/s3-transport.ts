import { errorCode } from '../runtime/error-code.ts';
import { BodyTooLarge, readBody } from '../runtime/read-body.ts';
import { SpacesError } from './spaces-error.ts';

/** A signed request of the S3 client. */
export interface S3Request {
  method: string;
  protocol: string;
  hostname: string;
  port?: number | undefined;
  path: string;
  query?: Readonly<Record<string, string | string[] | null>> | undefined;
  headers: Readonly<Record<string, string>>;
}

/** An answer in the form that the S3 client reads. */
export interface S3Answer {
  statusCode: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

/** A page of 1,000 objects with the longest names, written in percent-encoding, has under 6 MB. */
const mostBytes = 8 * 1024 * 1024;

/** Everything but unreserved characters, as the signature has it. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );

function urlOf({ protocol, hostname, port, path, query = {} }: S3Request): string {
  const parts = Object.entries(query).flatMap(([name, value]) =>
    [value ?? ''].flat().map((one) => `${encode(name)}=${encode(one)}`),
  );
  const host = port === undefined ? hostname : `${hostname}:${port}`;
  return `${protocol}//${host}${path}${parts.length === 0 ? '' : `?${parts.join('&')}`}`;
}

/**
 * Sends a request without a body, within limits of time and bytes. A redirect is an answer: followed, it
 * could carry the signature to another host.
 * @throws {SpacesError} `unavailable` or `too-large`
 */
export async function sendToS3(
  request: S3Request,
  { fetch: fetchWith = fetch, timeoutMs }: { fetch?: typeof fetch | undefined; timeoutMs: number },
): Promise<S3Answer> {
  // Host is that of the URL; fetch sets it.
  const { host: _host, ...headers } = request.headers;
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeoutMs);
  try {
    const response = await fetchWith(urlOf(request), {
      method: request.method,
      headers,
      redirect: 'manual',
      signal: controller.signal,
    });
    const body = Buffer.from(await readBody(response, mostBytes));
    return { statusCode: response.status, headers: Object.fromEntries(response.headers), body };
  } catch (error) {
    if (controller.signal.aborted)
      throw new SpacesError('unavailable', `no complete answer within ${timeoutMs} ms`);
    if (error instanceof BodyTooLarge) throw new SpacesError('too-large', error.message);
    throw new SpacesError('unavailable', `the connection failed (${causeOf(error)})`);
  } finally {
    clearTimeout(timer);
  }
}

/** The code of a transport error, such as ECONNRESET: its text could name addresses. */
function causeOf(error: unknown): string {
  const code = errorCode(error);
  if (/^[A-Z_]{2,40}$/.test(code)) return code;
  return error instanceof Error && error.cause !== undefined ? causeOf(error.cause) : 'no answer';
}

import { expect } from 'chai';
import { adminToken } from './tokens.ts';

/** Any JSON: tests read it without a type. */
export type Json = ReturnType<typeof JSON.parse>;

/** An answer of the service. `body` is parsed JSON (undefined without one). */
export interface ApiAnswer {
  status: number;
  body: Json;
  headers: Headers;
}

export interface ApiRequest {
  /** Default: a platform admin. Null: no token. */
  token?: string | null;
  headers?: Record<string, string>;
}

/** Talks to a service over HTTP; paths are relative to `/api/v1/`, or absolute with a leading slash. */
export interface Api {
  get(path: string, request?: ApiRequest): Promise<ApiAnswer>;
  post(path: string, body?: unknown, request?: ApiRequest): Promise<ApiAnswer>;
  put(path: string, body: unknown, request?: ApiRequest): Promise<ApiAnswer>;
  patch(path: string, body: unknown, request?: ApiRequest): Promise<ApiAnswer>;
  delete(path: string, request?: ApiRequest): Promise<ApiAnswer>;
}

/**
 * Each command's `Ledger-Position` is sent with every later request, so that a test reads what it wrote.
 */
export function createApi(base: string): Api {
  let position: string | null = null;
  const send = async (
    method: string,
    path: string,
    body: unknown,
    { token = adminToken(), headers = {} }: ApiRequest = {},
  ): Promise<ApiAnswer> => {
    const response = await fetch(new URL(path.startsWith('/') ? path : `/api/v1/${path}`, base), {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(position === null ? {} : { 'ledger-position': position }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    position = response.headers.get('ledger-position') ?? position;
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
  };
  return {
    get: (path, request) => send('GET', path, undefined, request),
    post: (path, body, request) => send('POST', path, body ?? {}, request),
    put: (path, body, request) => send('PUT', path, body, request),
    patch: (path, body, request) => send('PATCH', path, body, request),
    delete: (path, request) => send('DELETE', path, undefined, request),
  };
}

/** Expects a status and returns the body; the body is in the message when it differs. */
export async function ok(answer: Promise<ApiAnswer>, status = 200): Promise<Json> {
  const { status: actual, body } = await answer;
  expect(actual, JSON.stringify(body)).to.equal(status);
  return body;
}

/** Expects a problem document of that status and code, and returns it. */
export async function problem(answer: Promise<ApiAnswer>, status: number, field?: string): Promise<Json> {
  const { status: actual, body, headers } = await answer;
  expect(actual, JSON.stringify(body)).to.equal(status);
  expect(headers.get('content-type')).to.contain('application/problem+json');
  if (field !== undefined) expect(body.errors.map((error: { path: string }) => error.path)).to.include(field);
  return body;
}

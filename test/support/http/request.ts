import { expect } from 'chai';

/** An answer, read to its end. */
export interface Received {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body; undefined unless it is JSON. */
  json: unknown;
}

/** Sends one request. `json` is sent as JSON; `raw` as it is. */
export async function send(
  url: string,
  options: {
    method?: string;
    token?: string;
    json?: unknown;
    raw?: string | Uint8Array<ArrayBuffer>;
    headers?: Record<string, string>;
  } = {},
): Promise<Received> {
  const { method = 'GET', token, json, raw, headers = {} } = options;
  const body = json === undefined ? raw : JSON.stringify(json);
  const response = await fetch(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson && text !== '' ? (JSON.parse(text) as unknown) : undefined,
  };
}

/** Expects a problem document of this status, and of this code where given. */
export function expectProblem(received: Received, status: number, code?: string): void {
  expect(received.status, received.text).to.equal(status);
  expect(received.headers.get('content-type')).to.match(/^application\/problem\+json/);
  expect(received.json).to.include({ status }).and.to.include.keys('type', 'title', 'detail');
  if (code !== undefined) expect(received.json).to.have.property('type', `urn:arcadia-cloud:problem:${code}`);
}

/** The paths of the fields that a 422 names. */
export function errorPaths(received: Received): string[] {
  const { errors = [] } = received.json as { errors?: { path: string }[] };
  return errors.map(({ path }) => path);
}

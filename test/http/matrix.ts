import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect } from 'chai';
import { createSchemaRegistry } from '../../src/http/json-schema.ts';
import type { JsonSchema } from '../../src/http/json-schema.ts';
import { openApiDocument, openApiPath } from '../../src/http/openapi.ts';
import type { Route } from '../../src/http/route.ts';
import { TEST_SECRET, adminToken, mintToken, serviceToken, tenantToken } from '../support/http/tokens.ts';
import { badTokens } from './bad-tokens.ts';
import { fakeDeps } from '../support/http/fake-deps.ts';
import { errorPaths, expectProblem, send } from '../support/http/request.ts';
import type { Received } from '../support/http/request.ts';
import { serve, testApp } from '../support/http/serve.ts';
import type { Served } from '../support/http/serve.ts';
import type { ServedApp } from '../../src/http/app.ts';

type Send = (options?: Parameters<typeof send>[1] & { path?: string; query?: string }) => Promise<Received>;

/** A path of the route whose parameters are valid. */
function samplePath(route: Route): string {
  return route.path.replaceAll(/:([a-z_]+)/g, (_whole, name: string) => {
    const schema = route.params.shape[name];
    const sample = ['x-1', '1', '018f3a5e-7c1b-7d3e-9a53-2d3a6f3f7c11', '2026-04-01'].find((text) =>
      parses(schema, text),
    );
    expect(sample, `a sample for :${name} of ${route.path}`).to.be.a('string');
    return sample ?? '';
  });
}

function parses(schema: unknown, value: unknown): boolean {
  return (schema as Route['response']).safeParse(value).success;
}

/** The branches of a body's schema: one, or those of a union. */
function branches(schema: JsonSchema): JsonSchema[] {
  const union = (schema['anyOf'] ?? schema['oneOf']) as JsonSchema[] | undefined;
  return union ? union.flatMap(branches) : [schema];
}

/** Objects with named members that would let others pass. */
function openObjects(schema: unknown, path = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own =
    'properties' in schema && !('additionalProperties' in schema && schema.additionalProperties === false)
      ? [path || '(root)']
      : [];
  return [
    ...own,
    ...Object.entries(schema).flatMap(([name, member]) => openObjects(member, `${path}/${name}`)),
  ];
}

/** For each member of an object schema that does not take everything: a value of a wrong type. */
function wrongMembers(schema: JsonSchema, definitions: Record<string, JsonSchema>): [string, unknown][] {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  return Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>).flatMap(
    ([name, member]): [string, unknown][] => {
      const takes = ajv.compile({ ...member, components: { schemas: definitions } });
      const wrong = [{ unexpected: [[]] }, 12.5, [[[]]], null].find((value) => !takes(value));
      return wrong === undefined ? [] : [[name, wrong]];
    },
  );
}

function tokenCases(route: Route, request: Send): void {
  it('401 without a token, and with a bad one', async () => {
    const without = await request();
    expectProblem(without, 401, 'unauthorized');
    expect(without.headers.get('www-authenticate')).to.match(/^Bearer /);
    for (const [what, token] of Object.entries(badTokens)) {
      const received = await request({ token });
      expect(received.status, what).to.equal(401);
    }
    expectProblem(await request({ headers: { authorization: 'Basic YTpi' } }), 401);
  });

  it('403 with a good token of the wrong role', async () => {
    const wrong: Record<string, string> = {
      'neither tenant nor role': mintToken({ secret: TEST_SECRET, sub: 'stranger', roles: ['admin'] }),
    };
    if (route.access !== 'tenant') wrong['a tenant'] = tenantToken('acme');
    if (route.access !== 'integration') wrong['a service'] = serviceToken();
    if (route.access !== 'integration')
      wrong['a service with a tenant'] = mintToken({
        secret: TEST_SECRET,
        sub: 's',
        tenant_id: 'acme',
        roles: ['service'],
      });
    for (const [what, token] of Object.entries(wrong)) {
      // Access is checked before the body is read: malformed JSON gives 403, not 422.
      const received = await request({ token, ...(route.method === 'GET' ? {} : { raw: '{' }) });
      expect(received.status, `${what}: ${received.text}`).to.equal(403);
    }
  });
}

function urlCases(route: Route, request: Send): void {
  const token = adminToken();

  it('422 for a query that is unknown, given twice or wrong; 400 for one that is malformed', async () => {
    const unknown = await request({ token, query: 'no_such_parameter=1' });
    expectProblem(unknown, 422, 'invalid-input');
    expect(errorPaths(unknown)).to.include('no_such_parameter');
    for (const name of Object.keys(route.query.shape)) {
      for (const query of [`${name}=a&${name}=b`, `${name}=%00`, `${name}=%00&no_such_parameter=1`]) {
        const received = await request({ token, query });
        expectProblem(received, 422, 'invalid-input');
        expect(errorPaths(received), query).to.include(name);
      }
    }
    if ('cursor' in route.query.shape) {
      for (const query of [
        'limit=0',
        'limit=501',
        'limit=x',
        'limit=1.5',
        'cursor=AAAA',
        `cursor=${'A'.repeat(64)}`,
      ]) {
        const received = await request({ token, query });
        expectProblem(received, 422, 'invalid-input');
        expect(errorPaths(received), query).to.include(query.split('=')[0]);
      }
    }
    expectProblem(await request({ token, query: 'a=%ZZ' }), 400, 'malformed-request');
  });

  it('405 for another method, naming those that there are', async () => {
    const received = await request({ token, method: 'PROPFIND' });
    expectProblem(received, 405, 'method-not-allowed');
    expect(received.headers.get('allow')?.split(', ')).to.include(route.method).and.not.include('PROPFIND');
  });

  if (!route.path.includes(':')) return;
  it('422 for a malformed id, 400 for a malformed path', async () => {
    const replaceFirst = (text: string): string =>
      samplePath({ ...route, path: route.path.replace(/:[a-z_]+/, '@@') }).replace('@@', text);
    for (const bad of ['%00', 'a'.repeat(201), '%ED%A0%80']) {
      const received = await request({ token, path: replaceFirst(bad) });
      expect(received.status, bad.slice(0, 10)).to.equal(bad.startsWith('%ED') ? 400 : 422);
    }
    expectProblem(await request({ token, path: replaceFirst('%ZZ') }), 400, 'malformed-request');
  });
}

/** Tests of a body's fields. */
function fieldCases(route: Route, request: Send): void {
  const token = adminToken();
  const registry = createSchemaRegistry();
  const schema = route.body
    ? registry.schema(route.body, 'input')
    : { type: 'object', properties: {}, additionalProperties: false };

  it('422 for unknown fields, whatever else is wrong', async () => {
    expect(openObjects(schema), 'objects of the body that take unknown fields').to.deep.equal([]);
    const received = await request({ token, json: { no_such_field: 1 } });
    expectProblem(received, 422, 'invalid-input');
    if (branches(schema).every((branch) => branch['type'] === 'object'))
      expect(errorPaths(received)).to.include('no_such_field');
  });

  it('422 for values of a wrong type, naming the field', async () => {
    for (const json of [[], 'text', 7, null])
      expectProblem(await request({ token, json }), 422, 'invalid-input');
    for (const branch of branches(schema)) {
      for (const [name, value] of wrongMembers(branch, registry.definitions())) {
        const received = await request({ token, json: { [name]: value } });
        expectProblem(received, 422, 'invalid-input');
        if (branches(schema).length === 1)
          expect(
            errorPaths(received).some((path) => path === name || path.startsWith(`${name}.`)),
            `${name} in ${received.text}`,
          ).to.equal(true);
      }
    }
  });
}

function bodyCases(route: Route, request: Send, openBody: boolean): void {
  const token = adminToken();

  it('400, 413 and 415 for a body that cannot be read', async () => {
    expectProblem(await request({ token, raw: '{"a":' }), 400, 'malformed-request');
    expectProblem(
      await request({ token, raw: new Uint8Array([0x22, 0xff, 0x22]) }),
      400,
      'malformed-request',
    );
    expectProblem(
      await request({ token, raw: JSON.stringify('a'.repeat(1_100_000)) }),
      413,
      'body-too-large',
    );
    expectProblem(
      await request({ token, raw: 'a=1', headers: { 'content-type': 'text/plain' } }),
      415,
      'unsupported-media-type',
    );
  });

  if (!openBody) fieldCases(route, request);
  if (route.method !== 'POST') return;
  it('422 for a malformed Idempotency-Key', async () => {
    if (!parses(route.body ?? route.query, {})) return;
    for (const key of ['', 'a b', 'x'.repeat(201)]) {
      const received = await request({ token, headers: { 'idempotency-key': key } });
      expectProblem(received, 422, 'invalid-input');
      expect(errorPaths(received)).to.deep.equal(['Idempotency-Key']);
    }
  });
}

function positionCases(request: Send): void {
  const token = adminToken();
  it('422 for a malformed Ledger-Position, 503 for one that is not reached', async () => {
    const malformed = await request({ token, headers: { 'ledger-position': 'nonsense' } });
    expectProblem(malformed, 422, 'invalid-input');
    expect(errorPaths(malformed)).to.deep.equal(['Ledger-Position']);
    const stale = await request({ token, headers: { 'ledger-position': 'log:101' } });
    expectProblem(stale, 503, 'stale-read');
    expect(stale.headers.get('retry-after')).to.match(/^\d+$/);
  });
}

/** `GET /a/{id}` of every route that a request can reach: by the table, or by Express. */
function servedRoutes({ table, router }: ServedApp): string[] {
  const ofTable = table.paths.flatMap(({ path, byMethod }) =>
    [...byMethod.keys()].filter((method) => method !== 'HEAD').map((method) => `${method} ${path}`),
  );
  const ofExpress = router.stack.flatMap(({ route }) =>
    route ? route.stack.map(({ method }) => `${(method ?? 'any').toUpperCase()} ${String(route.path)}`) : [],
  );
  return [...ofTable, ...ofExpress].map(openApiPath);
}

/**
 * Defines the tests that every route of a table must pass; no handler is ever reached.
 * @param openBodies routes (`POST /path/:id`) whose body's fields another schema decides, inside their
 * handler
 */
export function describeRoutes(routes: readonly Route[], openBodies: readonly string[] = []): void {
  let served: Served;
  let app: ServedApp;
  before(async () => {
    app = testApp(fakeDeps(), { routes });
    served = await serve(app);
  });
  after(() => served.close());

  it('is described completely: what is served is what the API description says', () => {
    const described = Object.entries(openApiDocument(routes).paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(servedRoutes(app).sort()).to.deep.equal(described.sort());
    expect(new Set(described).size).to.equal(routes.length);
  });

  for (const route of routes) {
    describe(`${route.method} ${route.path}`, () => {
      const request: Send = ({ path, query, ...options } = {}) =>
        send(`${served.url}${path ?? samplePath(route)}${query === undefined ? '' : `?${query}`}`, {
          method: route.method,
          ...options,
        });
      if (route.access === 'public') {
        it('is no part of /api/v1', () => {
          expect(route.path).not.to.match(/^\/api\/v1/);
        });
        return;
      }
      it('is a part of /api/v1', () => {
        expect(route.path).to.match(/^\/api\/v1\//);
      });
      tokenCases(route, request);
      urlCases(route, request);
      if (route.method !== 'GET')
        bodyCases(route, request, openBodies.includes(`${route.method} ${route.path}`));
      if (parses(route.query, {}) && parses(route.body ?? route.query, {})) positionCases(request);
    });
  }
}

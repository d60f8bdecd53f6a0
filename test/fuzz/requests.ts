import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { createSchemaRegistry } from '../../src/http/json-schema.ts';
import type { JsonSchema } from '../../src/http/json-schema.ts';
import type { Route } from '../../src/http/route.ts';
import { adminToken, serviceToken, tenantToken } from '../support/http/tokens.ts';
import { hostileStrings, hostileValue, nearly, valueFor } from './values.ts';
import type { Sources } from './values.ts';

/** A request as it is written to the wire. */
export interface FuzzRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string | Buffer;
}

/** How well-behaved a request is. */
type Manner = 'valid' | 'near' | 'hostile';

const tokens: Record<string, string | null> = {
  admin: adminToken(),
  acme: tenantToken('acme'),
  globex: tenantToken('globex'),
  service: serviceToken(),
  none: null,
  bad: 'eyJub25lIn0.e30.',
};
const roles = fc.oneof(
  { weight: 12, arbitrary: fc.constant('admin') },
  { weight: 5, arbitrary: fc.constant('acme') },
  { weight: 2, arbitrary: fc.constant('globex') },
  { weight: 2, arbitrary: fc.constant('service') },
  { weight: 1, arbitrary: fc.constantFrom('none', 'bad') },
);

const escaped = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replaceAll('%EF%BF%BD', '%ED%A0%80');
/** Texts as they may stand in a path or a query: encoded, twice encoded, broken, or raw. */
const hostileEncoded = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...hostileStrings).map(escaped) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '%zz',
      '%',
      '%ED%A0%80',
      '%c0%ae',
      '..',
      '.',
      '%2e%2e',
      '%252e%252e',
      '%00',
      'a%2fb',
      '%2e%2e%2f%2e%2e',
      '*',
      ';a=b',
      'a'.repeat(5_000),
    ),
  },
);

/**
 * Known values of a parameter in a path, by their name in `known`: `:id` of `/api/v1/deployments/:id` is
 * `deployments.id`.
 */
function poolOf(path: string, name: string, { known }: Sources): string[] {
  const collection = path.split('/')[3] ?? '';
  return known[`${collection}.${name}`] ?? known[name] ?? ['x-1'];
}

function pathOf(route: Route, manner: Manner, sources: Sources): fc.Arbitrary<string> {
  const parts = route.path.split('/').map((part) => {
    // A name may have an ending, as `:id.pdf`.
    const [, name, ending = ''] = /^:([a-z_]+)(.*)$/.exec(part) ?? [];
    if (name === undefined) return fc.constant(part);
    const good = fc
      .constantFrom(...poolOf(route.path, name, sources), 'x-1')
      .map((value) => `${escaped(value)}${ending}`);
    return manner === 'valid'
      ? good
      : fc.oneof(
          { weight: manner === 'near' ? 6 : 2, arbitrary: good },
          { weight: 2, arbitrary: hostileEncoded },
        );
  });
  return fc.tuple(...parts).map((all) => all.join('/'));
}

function queryOf(schema: JsonSchema, manner: Manner, sources: Sources): fc.Arbitrary<string> {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>).filter(
    ([name]) => name !== 'cursor' || manner !== 'valid',
  );
  const members = Object.fromEntries(
    properties.map(([name, member]) => {
      const good = valueFor(member, name, sources).map((value) => escaped(String(value)));
      return [
        name,
        manner === 'valid'
          ? good
          : fc.oneof(
              { weight: 3, arbitrary: good },
              { weight: manner === 'near' ? 1 : 3, arbitrary: hostileEncoded },
            ),
      ];
    }),
  );
  const requiredKeys = manner === 'valid' ? ((schema['required'] ?? []) as string[]) : [];
  const some = fc
    .record(members, { requiredKeys })
    .map((chosen) => Object.entries(chosen).map(([name, value]) => `${name}=${String(value)}`));
  const more =
    manner === 'valid'
      ? fc.constant([])
      : fc.array(
          fc.constantFrom(
            'extra=1',
            'limit=0',
            'limit=501',
            'cursor=AAAA',
            `cursor=${'A'.repeat(80)}`,
            '=',
            '&&',
            '%zz=1',
            'limit=1&limit=2',
            '__proto__=1',
            `${'q'.repeat(4_000)}=1`,
          ),
          { maxLength: 1 },
        );
  return fc.tuple(some, more).map(([chosen, extra]) => [...chosen, ...extra].join('&'));
}

/** Bodies that are no body at all. */
const brokenBody = fc.oneof<fc.Arbitrary<Pick<FuzzRequest, 'body' | 'headers'>>[]>(
  fc
    .constantFrom('{', '[', '"', '{"a":}', 'nul', '\ufeff{}', '{"a":1}}', '[1,]', "{'a':1}", '\u0000')
    .map((body) => ({ body, headers: {} })),
  fc
    .constantFrom(Buffer.from([0x22, 0xff, 0x22]), Buffer.from([0xff, 0xfe, 0x7b, 0x00]))
    .map((body) => ({ body, headers: {} })),
  fc
    .constantFrom(
      '{"a":1e400}',
      `{"a":${'9'.repeat(400)}}`,
      '{"a":1,"a":2}',
      '{"__proto__":{"admin":true}}',
      `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
      `[${'{},'.repeat(20_500)}{}]`,
      `"${'a'.repeat(60_000)}"`,
      `{"a":"${'\\u0000'.repeat(9_000)}"}`,
    )
    .map((body) => ({ body, headers: {} })),
  fc.constantFrom('gzip', 'br', 'deflate').map((encoding) => ({
    body: gzipSync(`[${'{},'.repeat(100_000)}{}]`),
    headers: { 'content-encoding': encoding },
  })),
  fc
    .constantFrom(
      'text/plain',
      'application/xml',
      'application/json; charset=utf-16',
      'application/json;',
      'multipart/form-data',
    )
    .map((type) => ({ body: '{}', headers: { 'content-type': type } })),
  fc.constant({ body: `{"a":"${'x'.repeat(1_100_000)}"}`, headers: {} }),
);

const headersOf = (manner: Manner): fc.Arbitrary<Record<string, string>> =>
  manner === 'valid'
    ? fc.oneof(
        { weight: 4, arbitrary: fc.constant({}) },
        {
          weight: 1,
          arbitrary: fc.integer({ min: 0, max: 200 }).map((key) => ({ 'idempotency-key': `key-${key}` })),
        },
      )
    : fc.oneof(
        { weight: 8, arbitrary: fc.constant({}) },
        {
          weight: 1,
          arbitrary: fc
            .constantFrom('', 'a b', 'x'.repeat(201), 'key-1', '\u00ff')
            .map((key) => ({ 'idempotency-key': key })),
        },
        {
          weight: 1,
          arbitrary: fc
            .constantFrom('nonsense', 'a:b', ':', 'x:99999999999999999999')
            .map((position) => ({ 'ledger-position': position })),
        },
        {
          weight: 1,
          arbitrary: fc
            .constantFrom('*/*', 'application/x-ndjson', 'text/html', ',,,;q=', 'a/'.repeat(500))
            .map((accept) => ({ accept })),
        },
      );

/** A request without a body. */
const nothing: fc.Arbitrary<Pick<FuzzRequest, 'body' | 'headers'>> = fc.constant({ headers: {} });

/** A what-if that can be answered: one of its two ways to name months, and terms that are in the catalog. */
const whatIf = fc.record({
  period: fc.constantFrom('2026-03', '2026-04', '2026-05'),
  overrides: fc.oneof(
    fc.constant({}),
    fc.constantFrom('0', '0.25').map((tax_rate) => ({ tax_rate })),
    fc.integer({ min: 0, max: 9_000 }).map((base_price_cents) => ({
      plans: { studio: { base_price_cents, items: { droplet_hours: { overage_price_cents: 3 } } } },
      addons: { storage_50gb: { price_cents: 1 } },
    })),
  ),
});

function bodyOf(
  route: Route,
  schema: JsonSchema,
  manner: Manner,
  sources: Sources,
): fc.Arbitrary<Pick<FuzzRequest, 'body' | 'headers'>> {
  const asJson = (values: fc.Arbitrary<unknown>): fc.Arbitrary<Pick<FuzzRequest, 'body' | 'headers'>> =>
    values.map((value) => ({ body: JSON.stringify(value) ?? 'null', headers: {} }));
  const good =
    route.path === '/api/v1/what-if'
      ? fc.oneof(whatIf, valueFor(schema, '', sources))
      : valueFor(schema, '', sources);
  if (manner === 'valid') return asJson(good);
  if (manner === 'near') return asJson(good.chain(nearly));
  return fc.oneof(
    { weight: 4, arbitrary: asJson(hostileValue) },
    { weight: 3, arbitrary: asJson(good.chain(nearly).chain(nearly)) },
    { weight: 1, arbitrary: brokenBody },
  );
}

/** What takes long when it is done is asked for less often. */
function weightOf({ path, heavy }: Route): number {
  if (/\/jobs\/:name\/run|\/rebuild|\/rollup|\/verifications$/.test(path)) return 1;
  return heavy ? 2 : 6;
}

export interface FuzzedTable {
  /** Requests to every route of the table, in every manner, by every kind of caller. */
  any: fc.Arbitrary<FuzzRequest>;
  /** An admin's honest requests to one route after the other: each is to be reached. */
  honest: fc.Arbitrary<FuzzRequest>[];
}

/** Requests made from the schemas that the API description is made of. */
export function fuzzRequests(routes: readonly Route[], known: Sources['known']): FuzzedTable {
  const registry = createSchemaRegistry();
  const schemas = routes.map((route) => ({
    route,
    query: registry.schema(route.query, 'input'),
    body: route.body ? registry.schema(route.body, 'input') : null,
  }));
  const sources: Sources = { definitions: registry.definitions(), known };
  const ofRoute = (
    { route, query, body }: (typeof schemas)[number],
    manner: Manner,
    role: fc.Arbitrary<string>,
  ): fc.Arbitrary<FuzzRequest> =>
    fc
      .record({
        path: pathOf(route, manner, sources),
        query: queryOf(query, manner, sources),
        role,
        headers: headersOf(manner),
        sent: body === null ? nothing : bodyOf(route, body, manner, sources),
        method: fc.oneof(
          { weight: manner === 'hostile' ? 20 : 1_000, arbitrary: fc.constant(route.method as string) },
          {
            weight: 1,
            arbitrary: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'),
          },
        ),
      })
      .map(({ path, query: asked, role: caller, headers, sent, method }) => ({
        method,
        path: asked === '' ? path : `${path}?${asked}`,
        headers: {
          ...(tokens[caller] ? { authorization: `Bearer ${tokens[caller]}` } : {}),
          // Named, since Node sends the body of some methods without.
          ...(sent.body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(sent.body)) }),
          ...sent.headers,
          ...headers,
        },
        ...(sent.body === undefined ? {} : { body: sent.body }),
      }));
  const manners = [
    ['valid', 4],
    ['near', 4],
    ['hostile', 2],
  ] as const;
  return {
    any: fc.oneof(
      ...schemas.flatMap((each) =>
        manners.map(([manner, weight]) => ({
          weight: weight * weightOf(each.route),
          arbitrary: ofRoute(each, manner, roles),
        })),
      ),
    ),
    honest: schemas.map((each) => ofRoute(each, 'valid', fc.constant('admin'))),
  };
}

import fc from 'fast-check';
import type { JsonSchema } from '../../src/http/json-schema.ts';

/** Sources of values: named schemas of the API description, and existing values by name. */
export interface Sources {
  definitions: Record<string, JsonSchema>;
  known: Record<string, string[]>;
}

/** Strings that often break parsers. */
export const hostileStrings: readonly string[] = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udfff\ud800',
  '.',
  '..',
  '../..',
  '%2e%2e',
  '%00',
  '%zz',
  '/',
  '\\',
  '?',
  '#',
  ';',
  "'",
  '"',
  '`',
  "'; drop table journal; --",
  '${7*7}',
  '{{7*7}}',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'undefined',
  'NaN',
  'Infinity',
  '-0',
  '0',
  '-1',
  '1e309',
  '1e-7',
  '.5',
  '5.',
  '0x10',
  '9007199254740993',
  '9'.repeat(16),
  `${'9'.repeat(15)}.${'9'.repeat(12)}`,
  `0.${'0'.repeat(13)}1`,
  'a'.repeat(201),
  'a'.repeat(501),
  'a'.repeat(2_001),
  'é'.repeat(200),
  '😀'.repeat(120),
  '\u202eabc',
  '\ufeffa',
  'a\nb',
  '\u001b[2J',
  '1999-12-31',
  '2101-01-01',
  '2026-02-30',
  '2026-13',
  '2026-00-10',
  '0000-01-01',
  '2026-04-01T24:00:00Z',
  '2026-04-01T00:00:00+10:00',
  '2026-4-1',
  '20260401',
  'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.',
  'Bearer x',
  'https://u:p@h/',
  `x://${'a'.repeat(3_000)}`,
  '{}',
  '[]',
  'true',
];

const hostileNumbers: readonly number[] = [
  0,
  -0,
  -1,
  0.1,
  1.5,
  1e21,
  -1e21,
  2 ** 31,
  2 ** 53 - 1,
  2 ** 53,
  -(2 ** 53),
  1e308,
  5e-324,
  999_999_999_999_999,
];

/** Any JSON at all, shallow and small, deep, or wide. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...hostileStrings) },
  { weight: 3, arbitrary: fc.constantFrom(...hostileNumbers) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(null, true, false, {}, [], [[]], [null], { a: { b: { c: {} } } }),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 1, max: 40 })
      .map((depth) => Array.from({ length: depth }).reduce<unknown>((inner) => [inner], 1)),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 100, max: 1_200 }).map((length) => Array.from({ length }, () => ({}))),
  },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 100, max: 600 })
      .map((length) => Object.fromEntries(Array.from({ length }, (_, index) => [`k${index}`, index]))),
  },
);

const decimalText = fc
  .tuple(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 0, max: 99 }))
  .map(([whole, part]) => (part === 0 ? String(whole) : `${whole}.${String(part).padStart(2, '0')}`));
const dayText = fc
  .integer({ min: 0, max: 500 })
  .map((days) => new Date(Date.UTC(2026, 0, 1) + days * 86_400_000).toISOString().slice(0, 10));

// Made once: each string of fast-check prepares tables of dangerous words.
const anyWord = fc.string({
  unit: fc.constantFrom(...'abcdefghij-0123456789'),
  minLength: 1,
  maxLength: 20,
});
const anyJson = fc.jsonValue({ maxDepth: 2 });

function stringFor(schema: JsonSchema, name: string, { known }: Sources): fc.Arbitrary<unknown> {
  const isDay = schema['format'] === 'date';
  const form = typeof schema['pattern'] === 'string' ? new RegExp(schema['pattern'], 'u') : null;
  const pool = known[name]?.filter(
    (value) => (!isDay || /^\d{4}-\d{2}-\d{2}$/.test(value)) && (form?.test(value) ?? true),
  );
  if (pool !== undefined && pool.length > 0)
    return fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...pool) },
      { weight: 1, arbitrary: fc.constantFrom('x-1', 'nothing-of-this-name') },
    );
  if (isDay) return dayText;
  if (schema['format'] === 'date-time') return dayText.map((day) => `${day}T10:00:00.000Z`);
  const pattern = typeof schema['pattern'] === 'string' ? schema['pattern'] : '';
  if (pattern.startsWith('^\\d{1,15}')) return decimalText;
  if (pattern.includes('\\d{4}')) return dayText;
  if (pattern.startsWith('^[A-Z]{3}')) return fc.constantFrom('AUD', 'USD');
  return anyWord;
}

/**
 * Values that a schema describes, as an honest client would send them.
 * @param name that of the member, by which known values are found
 */
export function valueFor(
  schema: JsonSchema,
  name: string,
  sources: Sources,
  depth = 0,
): fc.Arbitrary<unknown> {
  if (depth > 6) return fc.constant(null);
  if (typeof schema['$ref'] === 'string')
    return valueFor(
      sources.definitions[schema['$ref'].split('/').at(-1) ?? ''] ?? {},
      name,
      sources,
      depth + 1,
    );
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]));
  if ('const' in schema) return fc.constant(schema['const']);
  const branches = (schema['anyOf'] ?? schema['oneOf']) as JsonSchema[] | undefined;
  if (branches !== undefined)
    return fc.oneof(...branches.map((branch) => valueFor(branch, name, sources, depth + 1)));
  const type = Array.isArray(schema['type']) ? (schema['type'] as string[])[0] : schema['type'];
  switch (type) {
    case 'string':
      return stringFor(schema, name, sources);
    case 'integer':
    case 'number':
      return fc.integer({
        min: Math.max(Number(schema['minimum'] ?? 0), -1_000),
        max: Math.min(Number(schema['maximum'] ?? 5_000), 5_000),
      });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valueFor((schema['items'] ?? {}) as JsonSchema, name, sources, depth + 1), {
        minLength: Number(schema['minItems'] ?? 0),
        maxLength: 4,
      });
    case 'object':
      return objectFor(schema, name, sources, depth);
    default:
      return anyJson;
  }
}

function objectFor(schema: JsonSchema, name: string, sources: Sources, depth: number): fc.Arbitrary<unknown> {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>);
  const required = new Set((schema['required'] ?? []) as string[]);
  if (properties.length > 0) {
    const members = Object.fromEntries(
      properties.map(([key, member]) => [key, valueFor(member, key, sources, depth + 1)]),
    );
    return fc.record(members, {
      requiredKeys: properties.map(([key]) => key).filter((key) => required.has(key)),
    });
  }
  const rest = schema['additionalProperties'];
  if (rest === false) return fc.constant({});
  const keys =
    name === 'plans'
      ? ['starter', 'studio']
      : name === 'addons'
        ? ['storage_50gb']
        : (sources.known['resource_kind'] ?? ['a']);
  return fc.dictionary(
    fc.constantFrom(...keys),
    valueFor((typeof rest === 'object' && rest !== null ? rest : {}) as JsonSchema, '', sources, depth + 1),
    { maxKeys: 3 },
  );
}

/** A value with something wrong somewhere: a member replaced, left out, added, or doubled. */
export function nearly(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value !== 'object' || value === null) return hostileValue;
  const keys = Object.keys(value);
  const changed = (key: string, member: unknown): unknown =>
    Array.isArray(value)
      ? value.map((item: unknown, index) => (String(index) === key ? member : item))
      : { ...value, [key]: member };
  const added = fc
    .tuple(fc.constantFrom('extra', '__proto__', 'constructor', '\u0000', '\ud800', ''), hostileValue)
    .map(
      ([key, member]) =>
        JSON.parse(
          (
            `{${JSON.stringify(key)}:${JSON.stringify(member) ?? 'null'},` + JSON.stringify(value).slice(1)
          ).replace(/,\}$/, '}'),
        ) as unknown,
    );
  if (keys.length === 0) return fc.oneof(hostileValue, ...(Array.isArray(value) ? [] : [added]));
  const replaced = fc
    .tuple(fc.constantFrom(...keys), hostileValue)
    .map(([key, member]) => changed(key, member));
  const deeper = fc
    .constantFrom(...keys)
    .chain((key) => nearly((value as Record<string, unknown>)[key]).map((member) => changed(key, member)));
  const without = fc
    .constantFrom(...keys)
    .map((key) =>
      Array.isArray(value)
        ? value.filter((_, index) => String(index) !== key)
        : Object.fromEntries(Object.entries(value).filter(([other]) => other !== key)),
    );
  return fc.oneof(
    { weight: 5, arbitrary: replaced },
    { weight: 4, arbitrary: deeper },
    { weight: 2, arbitrary: without },
    ...(Array.isArray(value) ? [] : [{ weight: 2, arbitrary: added }]),
  );
}

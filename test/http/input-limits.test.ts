import { expect } from 'chai';
import { jobs } from '../../src/jobs/jobs.ts';
import { Refused } from '../../src/ledger/refusal.ts';
import { createSchemaRegistry } from '../../src/http/json-schema.ts';
import type { JsonSchema } from '../../src/http/json-schema.ts';
import { routes } from '../../src/http/routes.ts';
import type { Route } from '../../src/http/route.ts';
import { validate } from '../../src/http/validate.ts';

/** Where an input is given: the parameters of a path, a query, a body, or what a job is given. */
interface Input {
  name: string;
  schema: Parameters<typeof validate>[0];
  form: JsonSchema;
}

const registry = createSchemaRegistry();
const partsOf = (route: Route): Input[] =>
  (['params', 'query', 'body'] as const).flatMap((part): Input[] => {
    const schema = route[part];
    return schema === undefined
      ? []
      : [
          {
            name: `${part} of ${route.method} ${route.path}`,
            schema,
            form: registry.schema(schema, 'input'),
          },
        ];
  });
const inputs: Input[] = [
  ...routes.flatMap(partsOf),
  ...jobs.map((job) => ({
    name: `input of job ${job.name}`,
    schema: job.input,
    form: registry.schema(job.input, 'input'),
  })),
];

/**
 * Every typed leaf of a schema, with its path: `0` stands for an item, `key` for a member of any name.
 */
function leaves(form: JsonSchema, path: readonly string[] = [], depth = 0): [string[], JsonSchema][] {
  if (depth > 12) return [];
  if (typeof form['$ref'] === 'string')
    return leaves(registry.definitions()[form['$ref'].split('/').at(-1) ?? ''] ?? {}, path, depth + 1);
  const branches = (form['anyOf'] ?? form['oneOf']) as JsonSchema[] | undefined;
  if (branches !== undefined) return branches.flatMap((branch) => leaves(branch, path, depth + 1));
  const members = Object.entries((form['properties'] ?? {}) as Record<string, JsonSchema>).flatMap(
    ([name, member]) => leaves(member, [...path, name], depth + 1),
  );
  const items =
    typeof form['items'] === 'object' && form['items'] !== null
      ? leaves(form['items'] as JsonSchema, [...path, '0'], depth + 1)
      : [];
  const rest = form['additionalProperties'];
  const others =
    typeof rest === 'object' && rest !== null && Object.keys(rest).length > 0
      ? leaves(rest as JsonSchema, [...path, 'key'], depth + 1)
      : [];
  return [
    ...(form['type'] === undefined ? [] : [[[...path], form] as [string[], JsonSchema]]),
    ...members,
    ...items,
    ...others,
  ];
}

/** A value with only that leaf in it; other required members are missing. */
function holding(path: readonly string[], leaf: unknown): unknown {
  return path.reduceRight<unknown>((inner, name) => (name === '0' ? [inner] : { [name]: inner }), leaf);
}

/** The paths of the errors for an input with that leaf. */
function refusedAt({ schema }: Input, path: readonly string[], leaf: unknown): string[] {
  try {
    validate(schema, holding(path, leaf));
    return [];
  } catch (error) {
    if (error instanceof Refused) return (error.refusal.errors ?? []).map((each) => each.path);
    throw error;
  }
}

const typeOf = (form: JsonSchema): string[] => [form['type'] ?? []].flat() as string[];
const isFree = (form: JsonSchema): boolean => !('enum' in form) && !('const' in form);

function expectRefused(input: Input, path: readonly string[], value: unknown): void {
  const at = path.join('.');
  const found = refusedAt(input, path, value);
  expect(
    found.some((each) => each === at || at.startsWith(`${each}.`)),
    `${input.name}: ${at} takes ${JSON.stringify(value)?.slice(0, 40)}; it refuses ${found.join(', ')}`,
  ).to.equal(true);
}

/** Free text and display names; every other string is an id, a slug or a code. */
const texts = /^(reason|note|description|footer)$/;
/** `confirm` repeats a name, and `search` finds one. */
const names = /name$|^confirm$|^contact$|^model$|^actor$|^search$/;
/** Fields whose format is checked besides their length. */
const others = /^(cursor)$/;

describe('limits of every input', () => {
  // A spec holds any JSON, like a resource's attributes; only the size of the body limits it.
  // The items of an import are checked by row, against the same schemas as single commands.
  const all = inputs
    .flatMap((input) => leaves(input.form).map(([path, form]) => ({ input, path, form })))
    .filter(
      ({ input, path }) =>
        !(input.name.endsWith('/customers/import') && (path[0] === 'csv' || path.length > 1)),
    )
    .filter(
      ({ input, path }) => !(input.name.endsWith('/provisioned') && path[0] === 'spec' && path.length > 1),
    );
  const strings = all.filter(({ form }) => typeOf(form).includes('string') && isFree(form));

  it('covers the route table and the jobs', () => {
    expect(strings.length).to.be.above(100);
    expect(inputs.length).to.be.above(routes.length);
  });

  it('of strings: neither U+0000 nor lone surrogates; ids 200 characters, names 500, texts 2,000', () => {
    for (const { input, path } of strings) {
      const last = path.at(-1) ?? '';
      const most =
        texts.test(last) || others.test(last) ? 2_000 : names.test(last) && path.length > 0 ? 500 : 200;
      for (const value of ['a\u0000b', '\ud800', '\udc00a', 'a'.repeat(most + 1)])
        expectRefused(input, path, value);
    }
  });

  it('of names of members: the same', () => {
    for (const { input, path, form } of all) {
      const rest = form['additionalProperties'];
      // The body of a job's run is checked by the job's schema, which is among the inputs.
      if (
        input.name.endsWith('/jobs/:name/run') ||
        !typeOf(form).includes('object') ||
        typeof rest !== 'object' ||
        rest === null
      )
        continue;
      for (const name of ['a\u0000b', '\ud800', 'a'.repeat(201), '__proto__']) {
        expect(
          refusedAt(input, path, Object.fromEntries([[name, 1]])).some((at) => at.startsWith(path.join('.'))),
          `${input.name}: ${path.join('.')}`,
        ).to.equal(true);
      }
    }
  });

  it('of integers: whole and safe', () => {
    const integers = all.filter(({ form }) => typeOf(form).includes('integer') && isFree(form));
    expect(integers.length).to.be.above(20);
    for (const { input, path } of integers)
      for (const value of [2 ** 53, -(2 ** 53), 1.5, 1e300, '1e3', true]) expectRefused(input, path, value);
  });

  it('of decimals: plain digits, at most 15 before and 12 after the point', () => {
    const decimals = strings.filter(
      ({ form }) => typeof form['pattern'] === 'string' && form['pattern'].startsWith('^\\d{1,15}'),
    );
    expect(decimals.length).to.be.above(5);
    for (const { input, path } of decimals) {
      for (const value of [
        '1'.repeat(16),
        `0.${'1'.repeat(13)}`,
        '1e3',
        '+1',
        '-1',
        '.5',
        '5.',
        '1,000',
        '0x1',
        ' 1',
        '1 ',
        '١',
        'NaN',
        1e21,
        0.1 + 0.2,
      ])
        expectRefused(input, path, value);
    }
  });

  it('of days, months and instants: they exist, in 2000 to 2100, in paths and queries as well', () => {
    const dated = strings
      .filter(
        ({ path, form }) =>
          form['format'] === 'date' ||
          form['format'] === 'date-time' ||
          /(^|_)(period|periods|day|from|to|on|at|of)$/.test(path.findLast((part) => part !== '0') ?? ''),
      )
      .filter(
        ({ path, input }) => !(input.name.includes('fx-rates') && /^(from|to)$/.test(path.at(-1) ?? '')),
      );
    expect(dated.length).to.be.above(15);
    for (const { input, path } of dated) {
      for (const value of [
        '1999-12-31',
        '2101-01-01',
        '2026-02-30',
        '2026-13-01',
        '2026-00-10',
        '0000-01-01',
        '2026-4-1',
        '20260401',
        'today',
        '1999-12-31T23:59:59Z',
        '2101-01-01T00:00:00Z',
        '2026-02-30T00:00:00Z',
        '2026-04-01T25:00:00Z',
        '',
      ]) {
        expectRefused(input, path, value);
      }
    }
  });

  it('of lists: a number of items', () => {
    const lists = all.filter(({ form }) => typeOf(form).includes('array'));
    expect(lists.length).to.be.above(3);
    for (const { input, path, form } of lists) {
      expect(form['maxItems'], `${input.name}: ${path.join('.')}`)
        .to.be.a('number')
        .and.at.most(1_000);
    }
  });
});

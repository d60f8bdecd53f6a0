import { createSchemaRegistry, type JsonSchema } from '../../../src/http/json-schema.ts';
import type { Route } from '../../../src/http/route.ts';

/** Values by the name of a parameter, or by collection and name, as `deployments.id`. */
export type Known = Readonly<Record<string, readonly string[]>>;

/** What no row has. */
const NONE = 'nothing-of-this-name';

const isDay = ({ format }: JsonSchema): boolean => format === 'date';

function valuesOf(name: string, schema: JsonSchema, path: string, known: Known): string[] {
  const branches = (schema['anyOf'] ?? schema['oneOf']) as JsonSchema[] | undefined;
  if (branches !== undefined) return valuesOf(name, branches[0] ?? {}, path, known);
  if (Array.isArray(schema['enum'])) return (known[name] ?? schema['enum']).map(String);
  if (schema['type'] === 'boolean') return ['true', 'false'];
  const given = known[`${path.split('/')[3] ?? ''}.${name}`] ?? known[name];
  if (given !== undefined)
    return schema['pattern'] === undefined && !isDay(schema) && schema['type'] === 'string'
      ? [...given, NONE]
      : [...given];
  if (isDay(schema)) return ['2026-04-10'];
  return schema['type'] === 'integer' || schema['type'] === 'number' ? ['1'] : [NONE];
}

/** The filters with which every order is asked for: the others are asked in the first order alone. */
const alsoOrdered = new Set(['tenant_id', 'type', 'stream']);

/**
 * The addresses of a GET: with what it requires, and with each other filter in turn, each of its values,
 * and in each order; values that no row has among them.
 */
export function addressesOf(route: Route, known: Known): string[] {
  const registry = createSchemaRegistry();
  const { properties = {}, required = [] } = registry.schema(route.query, 'input') as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  const of = (name: string): string[] => valuesOf(name, properties[name] ?? {}, route.path, known);
  const path = route.path.replaceAll(/:([a-z_]+)/g, (_whole, name: string) => {
    const [value] = known[`${route.path.split('/')[3] ?? ''}.${name}`] ?? known[name] ?? [NONE];
    return encodeURIComponent(value ?? NONE);
  });
  const base = Object.fromEntries(required.map((name) => [name, of(name)[0] ?? '']));
  const orders = ['sort', 'order'].filter((name) => name in properties);
  const filters = Object.keys(properties).filter(
    (name) => !['limit', 'cursor', ...orders].includes(name) && !(name === 'format' && properties[name]),
  );
  const chosen = [base, ...filters.flatMap((name) => of(name).map((value) => ({ ...base, [name]: value })))];
  const ordered = orders.flatMap((name) =>
    chosen
      .filter((one) => Object.keys(one).every((key) => key in base || alsoOrdered.has(key)))
      .flatMap((one) => of(name).map((value) => ({ ...one, [name]: value }))),
  );
  const formats = 'format' in properties ? of('format').map((format) => ({ ...base, format })) : [];
  return [...chosen, ...ordered, ...formats].map((query) => {
    const asked = new URLSearchParams(query).toString();
    return asked === '' ? path : `${path}?${asked}`;
  });
}

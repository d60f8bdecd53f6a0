/**
 * PostgreSQL array literals: one string for a whole column, far cheaper than a parameter for each value, for
 * statements that cast, as in `$1::text[]`.
 */

const special = /["\\]/g;

/** A text as PostgreSQL stores it: U+0000 and lone surrogates, which it refuses, become U+FFFD. */
export function storedText(value: string): string {
  return value.isWellFormed() && !value.includes('\u0000')
    ? value
    : value.toWellFormed().replaceAll('\u0000', '\uFFFD');
}

/** What must be escaped, or may be no text that PostgreSQL stores; rare, so that one look spares three. */
const odd = /["\\\0\ud800-\udfff]/;

const quoted = (value: string): string =>
  '"' + (odd.test(value) ? storedText(value).replace(special, '\\$&') : value) + '"';

// Joined once: adding to a text piece by piece makes an object for each piece, all alive until the end.

/** Strings (or null) as an array literal. */
export function textArray(values: readonly (string | null)[]): string {
  return '{' + values.map((value) => (value === null ? 'NULL' : quoted(value))).join(',') + '}';
}

/**
 * Numbers, booleans, or strings that need no quoting (uuids, decimals, days, instants) as an array literal.
 */
export function plainArray(values: readonly (string | number | boolean | null)[]): string {
  return '{' + values.map((value) => (value === null ? 'NULL' : value)).join(',') + '}';
}

const loneSurrogateOrNull = /\\u(0000|d[89a-f])/i;

/** JSON text that jsonb accepts: U+0000 and lone surrogates, which it refuses, become U+FFFD. */
export function jsonbText(value: unknown): string {
  const text = JSON.stringify(value);
  if (!loneSurrogateOrNull.test(text)) return text;
  const walk = (node: unknown): unknown => {
    if (typeof node === 'string') return storedText(node);
    if (Array.isArray(node)) return node.map(walk);
    if (node !== null && typeof node === 'object')
      return Object.fromEntries(Object.entries(node).map(([key, inner]) => [storedText(key), walk(inner)]));
    return node;
  };
  return JSON.stringify(walk(value));
}

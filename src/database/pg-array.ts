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

function quoted(value: string): string {
  const clean = storedText(value);
  return '"' + (clean.includes('"') || clean.includes('\\') ? clean.replace(special, '\\$&') : clean) + '"';
}

/** Strings (or null) as an array literal. */
export function textArray(values: readonly (string | null)[]): string {
  let out = '{';
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as string | null;
    out += (i === 0 ? '' : ',') + (value === null ? 'NULL' : quoted(value));
  }
  return out + '}';
}

/**
 * Numbers, booleans, or strings that need no quoting (uuids, decimals, days, instants) as an array literal.
 */
export function plainArray(values: readonly (string | number | boolean | null)[]): string {
  let out = '{';
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as string | number | boolean | null;
    out += (i === 0 ? '' : ',') + (value === null ? 'NULL' : String(value));
  }
  return out + '}';
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

/** Escapes that may decode to U+0000 or a lone surrogate, which a text of PostgreSQL can't hold. */
const suspicious = /\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})/;
const unstorable = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** The text with every U+0000 and lone surrogate replaced by U+FFFD. */
export function storableText(text: string): string {
  return text.replace(unstorable, '\uFFFD');
}

/** JSON.parse with strings that can all be stored. Throws SyntaxError as JSON.parse does. */
export function parseStorableJson(text: string): unknown {
  if (!suspicious.test(text)) return JSON.parse(text) as unknown;
  return JSON.parse(text, (_key, value: unknown) =>
    typeof value === 'string' ? storableText(value) : value,
  ) as unknown;
}

/**
 * JSON with the keys of every object sorted: the same content has the same text. It is what `JSON.stringify`
 * writes of such an object, several times as fast as with a replacer that sorts.
 */
export function canonicalJson(value: unknown): string {
  return textOf(value) as string;
}

/** What has to be escaped in JSON, lone surrogates included. */
const special = /["\\\u0000-\u001f\ud800-\udfff]/;

const textOfString = (value: string): string => (special.test(value) ? JSON.stringify(value) : `"${value}"`);

/** Undefined for what JSON leaves out, as `JSON.stringify` answers. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return textOfString(value);
  if (value === null) return 'null';
  if (typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) {
    let items = '';
    for (let i = 0; i < value.length; i++) items += (i === 0 ? '' : ',') + (textOf(value[i]) ?? 'null');
    return `[${items}]`;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  // A Date, a boxed value or the like.
  if (prototype !== Object.prototype && prototype !== null) return textOf(JSON.parse(JSON.stringify(value)));
  const { sorted, texts } = membersOf(value);
  let text = '';
  for (let i = 0; i < sorted.length; i++) {
    const member = textOf((value as Record<string, unknown>)[sorted[i] as string]);
    if (member !== undefined) text += (text === '' ? '' : ',') + (texts[i] as string) + member;
  }
  return `{${text}}`;
}

/** The keys of objects as they are held, in order, and before each member the text of its key. */
interface Members {
  keys: readonly string[];
  sorted: readonly string[];
  texts: readonly string[];
}

/**
 * Members seen before, by first key: many objects have the same keys. Those of large objects are not kept.
 */
const known = new Map<string, Members>();
const mostKnown = 500;
const longestKnown = 2_000;

function membersOf(value: object): Members {
  const keys = Object.keys(value);
  const first = keys[0] ?? '';
  const found = known.get(first);
  if (found !== undefined && isSame(found.keys, keys)) return found;
  const sorted = sortedKeys(keys);
  const members = { keys, sorted, texts: sorted.map((key) => `${textOfString(key)}:`) };
  const length = members.texts.reduce((sum, text) => sum + text.length, 0);
  if (length <= longestKnown && (found !== undefined || known.size < mostKnown)) known.set(first, members);
  return members;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** By UTF-16 code units, but whole numbers in front by their value, as objects hold them. */
function sortedKeys(keys: readonly string[]): string[] {
  return Object.keys(Object.fromEntries([...keys].sort().map((key) => [key, null])));
}

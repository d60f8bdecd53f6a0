// Removes from a text what must not get into a log, onto a terminal or into a result.

/** What stands in a secret's place. */
export const hidden = '[redacted]';

/**
 * User and password of a URL. It matches one letter of the scheme: looking for the scheme's start would take
 * quadratic time in a long word.
 */
const inUrl = /([a-z0-9+.-]:\/\/)[^\s/?#"'\\]*@/gi;
/** Words in the characters of a JWT. They are matched whole, and split afterwards. */
const dottedWord = /[\w.-]+/g;
const bearer = /\b(Bearer\s+)[\w.~+/-]+=*/gi;

/**
 * The text without these secrets, and without what looks like one. It takes time linear in the text's length.
 */
export function hideSecrets(text: string, secrets: readonly string[] = []): string {
  let shown = text;
  for (const secret of secrets) if (shown.includes(secret)) shown = shown.replaceAll(secret, hidden);
  if (shown.includes('://')) shown = shown.replaceAll(inUrl, `$1${hidden}@`);
  if (shown.includes('eyJ')) shown = shown.replaceAll(dottedWord, hideJwts);
  if (/bearer/i.test(shown)) shown = shown.replaceAll(bearer, `$1${hidden}`);
  return shown;
}

/** Hides each `header.payload.signature` in a word. */
function hideJwts(word: string): string {
  if (!word.includes('eyJ')) return word;
  const parts = word.split('.');
  const shown: string[] = [];
  for (let at = 0; at < parts.length; at += 1) {
    const part = parts[at] as string;
    const start = part.indexOf('eyJ');
    const payload = parts[at + 1];
    const isJwt =
      start !== -1 &&
      part.length - start >= 7 &&
      payload !== undefined &&
      payload.length >= 4 &&
      at + 2 < parts.length;
    shown.push(isJwt ? part.slice(0, start) + hidden : part);
    if (isJwt) at += 2;
  }
  return shown.join('.');
}

/** How many times the wanted length is searched; the rest is dropped. */
const looksAhead = 16;

/**
 * The beginning of a foreign text, without secrets. They are hidden before the text is cut, so no part of one
 * remains.
 */
export function hideAndShorten(text: string, most: number, secrets: readonly string[] = []): string {
  const shown = hideSecrets(
    text.length > most * looksAhead ? text.slice(0, most * looksAhead) : text,
    secrets,
  );
  return shown.length <= most ? shown : `${shown.slice(0, most - 1).toWellFormed()}…`;
}

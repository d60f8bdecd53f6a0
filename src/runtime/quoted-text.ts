import { hidden, hideSecrets } from './hide-secrets.ts';

/** The usual most characters of an upstream's text. */
const mostKept = 300;

/**
 * How far beyond that is searched: a secret at the end of the kept part is recognised only as a whole, and no
 * token is longer.
 */
const longestSecret = 8_192;

/** A shorter secret may occur in a text by chance. */
const shortestSecret = 8;

/** Control characters, ends of lines, and characters that reverse the direction of text or have no width. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]+/gu;

/** A token of DigitalOcean. */
const providerToken = /d(?:op|oo|or)_v1_\w+/g;

/**
 * The text of an outside service as it may be stored, logged and shown: one line, without control characters
 * or secrets, and short. Every such text passes here before it becomes part of an error, result, event or log
 * line. It is cut before the search, so the work is bounded.
 * @param secrets what must not occur in it, such as the token of the call
 */
export function quotedText(text: string, secrets: readonly string[] = [], most = mostKept): string {
  const looked = text.slice(0, most + longestSecret).replace(unprintable, ' ');
  const long = secrets.filter((secret) => secret.length >= shortestSecret);
  const shown = hideSecrets(looked, long).replace(providerToken, hidden).trim();
  return shown.length <= most ? shown.toWellFormed() : `${shown.slice(0, most - 1).toWellFormed()}…`;
}

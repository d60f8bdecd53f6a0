import { hidden, hideSecrets } from './hide-secrets.ts';

/** Characters of an upstream's text that are kept, unless the caller wants another number. */
const mostKept = 300;

/**
 * How much beyond that is searched: a secret that begins within the part that is kept is recognised only as a
 * whole. No token of ours is longer.
 */
const longestSecret = 8_192;

/** A shorter secret may occur in a text by chance. */
const shortestSecret = 8;

/** Control characters, ends of lines, and characters that reverse the direction of text or have no width. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]+/gu;

/** A token of DigitalOcean's, ours or another. */
const providerToken = /d(?:op|oo|or)_v1_\w+/g;

/**
 * The text of an outside service as it may be stored, logged and shown: on one line, without control
 * characters, without secrets, and short. This is the one place where an upstream's text becomes part of an
 * error, a result, an event or a line of the log. The work is bounded, however long the text is: it is cut
 * before secrets are searched for.
 * @param secrets what must not occur in it, such as the token of the call that it answers
 */
export function quotedText(text: string, secrets: readonly string[] = [], most = mostKept): string {
  const looked = text.slice(0, most + longestSecret).replace(unprintable, ' ');
  const long = secrets.filter((secret) => secret.length >= shortestSecret);
  const shown = hideSecrets(looked, long).replace(providerToken, hidden).trim();
  return shown.length <= most ? shown.toWellFormed() : `${shown.slice(0, most - 1).toWellFormed()}…`;
}

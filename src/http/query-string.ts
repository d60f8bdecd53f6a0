import { Refused, refuseField } from '../ledger/refusal.ts';
import { HttpProblem } from './problem.ts';

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new HttpProblem('malformed-request', 'the URL holds a malformed percent-encoding');
  }
}

/**
 * The parameters of a URL's query, each a plain string: no arrays, no nested names.
 * @throws {HttpProblem} 400 for malformed percent-encoding
 * @throws {Refused} `invalid-input` for a parameter that is given twice
 */
export function parseQuery(url: string): Record<string, string> {
  const start = url.indexOf('?');
  const entries = new Map<string, string>();
  for (const part of start === -1 ? [] : url.slice(start + 1).split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decode(equals === -1 ? part : part.slice(0, equals));
    if (entries.has(name)) throw new Refused(refuseField(name, 'given more than once'));
    entries.set(name, equals === -1 ? '' : decode(part.slice(equals + 1)));
  }
  return Object.fromEntries(entries);
}

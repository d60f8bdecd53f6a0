import type { Request } from 'express';

/**
 * Whether a form was sent from another site: browsers say so in two headers, and a client that is no browser
 * has neither.
 */
export function isFromElsewhere(request: Request): boolean {
  const site = request.get('Sec-Fetch-Site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  const origin = request.get('Origin');
  if (origin === undefined) return false;
  if (!URL.canParse(origin)) return true;
  return new URL(origin).host !== request.get('Host');
}

/**
 * A page of the console to go to: the path that was asked for, or the start where it leads elsewhere.
 * @param wanted may have been written by anyone
 */
export function pathWithin(wanted: string | undefined): string {
  if (
    wanted === undefined ||
    !isOfConsole(wanted) ||
    /[\\\s]|\/\//.test(wanted.split('?')[0] ?? '') ||
    !isOfConsole(new URL(wanted, 'http://here.invalid').pathname)
  )
    return '/console';
  return wanted;
}

/** Before and after a browser has taken its dots away: `/console/../api` is none. */
const isOfConsole = (path: string): boolean => /^\/console(?:[/?]|$)/.test(path);

/** Whether a browser asks only in order to have the answer at hand, without a person who wants it yet. */
export const isAhead = (request: Request): boolean =>
  /prefetch|prerender/.test(`${request.get('Sec-Purpose') ?? ''} ${request.get('Purpose') ?? ''}`);

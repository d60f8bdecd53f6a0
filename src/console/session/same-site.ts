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
    !/^\/console(?:[/?]|$)/.test(wanted) ||
    /[\\\s]|\/\//.test(wanted.split('?')[0] ?? '')
  )
    return '/console';
  return wanted;
}

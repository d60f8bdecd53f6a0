// How the stand-in fails.
import { S3Error, tokenAfter, type Page } from './listing.ts';

/** What becomes of a page, or of the request for it. */
export type SpacesFault =
  | 'access-denied'
  | 'no-such-bucket'
  | 'redirect' // 301, as for a bucket in another region
  | 'slow-down'
  | 'internal-error'
  | 'teapot' // 418 with a body that is no XML
  | 'echo' // 403 whose text repeats the header with the signature
  | 'reset' // the connection, without an answer
  | 'cut-off' // the connection, in the middle of the answer
  | 'hang' // no answer
  | 'drip' // an answer that begins and never ends
  | 'flood' // an answer of 40 MB
  | 'truncated' // whole in bytes, and XML without its end
  | 'html' // 200 of a proxy
  | 'empty' // 200 without a body
  | 'error-in-200' // an error document with status 200
  | 'same-token' // each page is followed by the same one
  | 'token-cycle' // three pages in a circle
  | 'no-token' // more follow, and there is no token for them
  | 'restart' // the first page again and again, with new tokens
  | 'endless' // new pages of new objects without an end
  | 'unsized' // an object without a size
  | 'negative'; // an object of fewer bytes than none

const refused: Partial<Record<SpacesFault, [status: number, code: string]>> = {
  'access-denied': [403, 'AccessDenied'],
  'no-such-bucket': [404, 'NoSuchBucket'],
  redirect: [301, 'PermanentRedirect'],
  'slow-down': [503, 'SlowDown'],
  'internal-error': [500, 'InternalError'],
};

/** @throws {S3Error} for a fault that is one */
export function requireAnswer(fault: SpacesFault): void {
  const [status, code] = refused[fault] ?? [];
  if (status !== undefined && code !== undefined) throw new S3Error(status, code);
}

/** A page as a fault makes it. @param number of the request among those of the bucket, from 1 */
export function faultyPage(fault: SpacesFault, page: Page, number: number): Page {
  const first = page.contents[0] ?? { name: 'object', bytes: '1' };
  const name = `${first.name}-${number}`;
  switch (fault) {
    case 'same-token':
      return { contents: [{ ...first, name }], truncated: true, nextToken: tokenAfter('same') };
    case 'token-cycle':
      return { contents: [{ ...first, name }], truncated: true, nextToken: tokenAfter(String(number % 3)) };
    case 'no-token':
      return { ...page, truncated: true, nextToken: null };
    case 'restart':
      return { ...page, truncated: true, nextToken: tokenAfter(` ${number}`) };
    case 'endless':
      return { contents: [{ ...first, name }], truncated: true, nextToken: tokenAfter(name) };
    case 'unsized':
      return { ...page, contents: [{ ...first, bytes: null }] };
    case 'negative':
      return { ...page, contents: [{ ...first, bytes: '-1' }] };
    default:
      return page;
  }
}

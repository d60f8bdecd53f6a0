/**
 * AWS Signature Version 4 as S3 checks it: header `Authorization`, service `s3`. Presigned URLs and bodies
 * that are unsigned or signed in chunks are refused, as no caller of the stand-in has a use for them.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** A request as it came over the wire. */
export interface SignedRequest {
  method: string;
  /** Path and query, still encoded. */
  target: string;
  /** Lower-case names. */
  headers: Readonly<Record<string, string | undefined>>;
  /** Default: none. */
  body?: string;
}

/** Code of the S3 error that a request is refused with; null: its signature is right. */
export type Refusal =
  | 'AccessDenied'
  | 'AuthorizationHeaderMalformed'
  | 'InvalidAccessKeyId'
  | 'RequestTimeTooSkewed'
  | 'SignatureDoesNotMatch';

const mostSkewMs = 15 * 60_000;
const credential = /Credential=([^/,]+)\/(\d{8})\/([^/,]+)\/s3\/aws4_request/;
const form = new RegExp(
  `^AWS4-HMAC-SHA256 +${credential.source}, *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})$`,
);

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Everything but unreserved characters, as S3 encodes it. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function canonicalQuery(query: string): string {
  const parts = [...new URLSearchParams(query.replaceAll('+', '%2B'))].map(
    ([name, value]) => [encode(name), encode(value)] as const,
  );
  const order = ([a, x]: readonly [string, string], [b, y]: readonly [string, string]) =>
    a === b ? Number(x > y) - Number(x < y) : Number(a > b) - Number(a < b);
  return parts
    .sort(order)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** `20261130T003000Z` in ms; NaN where it has another form. */
function timeOf(stamp: string): number {
  return Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

/** Checks a request against the secret of its access key. */
export function checkSignature(
  { method, target, headers, body = '' }: SignedRequest,
  secrets: ReadonlyMap<string, string>,
  now: number,
): Refusal | null {
  const authorization = headers['authorization'];
  if (authorization === undefined) return 'AccessDenied';
  const [, key = '', day = '', region = '', signedHeaders = '', signature = ''] =
    form.exec(authorization) ?? [];
  const stamp = headers['x-amz-date'] ?? '';
  const names = signedHeaders.split(';');
  if (key === '' || !names.includes('host') || !stamp.startsWith(day)) return 'AuthorizationHeaderMalformed';
  const secret = secrets.get(key);
  if (secret === undefined) return 'InvalidAccessKeyId';
  if (!(Math.abs(now - timeOf(stamp)) <= mostSkewMs)) return 'RequestTimeTooSkewed';
  // The body and each header of S3 are part of what is signed.
  const mustBeSigned = Object.keys(headers).filter((name) => name.startsWith('x-amz-'));
  if (!mustBeSigned.every((name) => names.includes(name))) return 'AccessDenied';
  if (headers['x-amz-content-sha256'] !== sha256(body)) return 'AccessDenied';
  const [path = '/', query = ''] = target.split(/\?(.*)/s);
  const request = [
    method,
    path,
    canonicalQuery(query),
    ...names.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    signedHeaders,
    headers['x-amz-content-sha256'] ?? '',
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', stamp, `${day}/${region}/s3/aws4_request`, sha256(request)].join('\n');
  const signing = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return timingSafeEqual(hmac(signing, text), Buffer.from(signature, 'hex')) ? null : 'SignatureDoesNotMatch';
}

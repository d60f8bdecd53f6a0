// ListBuckets and ListObjectsV2, as S3 describes them.
import { documentOf, elements, escaped, type Xml } from './xml.ts';

/** A bucket with its objects: bytes by name. */
export interface SimulatedBucket {
  name: string;
  region: string;
  createdAt: string;
  objects: Map<string, number | bigint>;
}

/** An S3 error code with its status. */
export class S3Error extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string = code) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const mostKeys = 1000;
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** A token is opaque to callers: the name after which the next page begins. */
export const tokenAfter = (name: string): string => Buffer.from(`after ${name}`).toString('base64');

function nameIn(token: string): string {
  const text = Buffer.from(token, 'base64').toString();
  if (!text.startsWith('after '))
    throw new S3Error(400, 'InvalidArgument', 'The continuation token is incorrect');
  return text.slice('after '.length);
}

function mostKeysOf(query: URLSearchParams): number {
  const text = query.get('max-keys') ?? String(mostKeys);
  if (!/^\d{1,9}$/.test(text)) throw new S3Error(400, 'InvalidArgument', 'Provided max-keys not an integer');
  return Math.min(mostKeys, Number(text));
}

/** How names are written: with `encoding-type=url` in percent-encoding, as XML cannot hold all of them. */
function writerOf(query: URLSearchParams): (name: string) => Xml {
  const encoding = query.get('encoding-type');
  if (encoding !== null && encoding !== 'url')
    throw new S3Error(400, 'InvalidArgument', 'Invalid Encoding Method specified in Request');
  return encoding === 'url'
    ? (name) => encodeURIComponent(name).replaceAll('%2F', '/').replaceAll('%20', '+')
    : escaped;
}

export const listBuckets = (buckets: readonly SimulatedBucket[]): Xml =>
  documentOf(
    'ListAllMyBucketsResult',
    elements([
      [
        'Owner',
        elements([
          ['ID', '1'],
          ['DisplayName', 'owner'],
        ]),
      ],
      [
        'Buckets',
        elements(
          buckets.map(({ name, createdAt }) => [
            'Bucket',
            elements([
              ['Name', escaped(name)],
              ['CreationDate', createdAt],
            ]),
          ]),
        ),
      ],
    ]),
  );

/** The members of a page; a fault changes some. */
export interface Page {
  contents: { name: string; bytes: string | null }[];
  truncated: boolean;
  nextToken: string | null;
}

/** @throws {S3Error} for parameters that S3 refuses */
export function pageOf({ objects }: SimulatedBucket, query: URLSearchParams): Page {
  if (query.has('delimiter')) throw new S3Error(501, 'NotImplemented');
  const token = query.get('continuation-token');
  const after = token === null ? query.get('start-after') : nameIn(token);
  const prefix = query.get('prefix') ?? '';
  const most = mostKeysOf(query);
  const names = [...objects.keys()]
    .filter((name) => name.startsWith(prefix) && (after === null || byBytes(name, after) > 0))
    .sort(byBytes);
  const shown = names.slice(0, most);
  const truncated = most > 0 && names.length > shown.length;
  return {
    contents: shown.map((name) => ({ name, bytes: String(objects.get(name) ?? 0) })),
    truncated,
    nextToken: truncated ? tokenAfter(shown.at(-1) ?? '') : null,
  };
}

/** A page as the answer to its request. */
export function listObjects({ name }: SimulatedBucket, query: URLSearchParams, page: Page): Xml {
  const write = writerOf(query);
  const given = (['prefix', 'continuation-token', 'start-after', 'encoding-type'] as const).flatMap(
    (parameter): [string, Xml][] => {
      const value = query.get(parameter);
      const element = parameter.replace(/(^|-)(\w)/g, (_all, _dash, letter: string) => letter.toUpperCase());
      return value === null ? [] : [[element, escaped(value)]];
    },
  );
  return documentOf(
    'ListBucketResult',
    elements([
      ['Name', escaped(name)],
      ...given,
      ['KeyCount', String(page.contents.length)],
      ['MaxKeys', String(mostKeysOf(query))],
      ['IsTruncated', String(page.truncated)],
      ...(page.nextToken === null ? [] : [['NextContinuationToken', escaped(page.nextToken)] as const]),
      ...page.contents.map(
        ({ name: key, bytes }) =>
          [
            'Contents',
            elements([
              ['Key', write(key)],
              ['LastModified', '2026-04-01T00:00:00.000Z'],
              ['ETag', '&quot;d41d8cd98f00b204e9800998ecf8427e&quot;'],
              ...(bytes === null ? [] : [['Size', bytes] as const]),
              ['StorageClass', 'STANDARD'],
            ]),
          ] as const,
      ),
    ]),
  );
}

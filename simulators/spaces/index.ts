// A stand-in for DigitalOcean Spaces: S3 over real HTTP, with checked signatures, for tests.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { listenOnLoopback } from '../listen.ts';
import { faultyPage, requireAnswer, type SpacesFault } from './faults.ts';
import { listBuckets, listObjects, pageOf, S3Error, type SimulatedBucket } from './listing.ts';
import { checkSignature, type Refusal } from './signature-v4.ts';
import { errorDocument, type Xml } from './xml.ts';

export type { SpacesFault } from './faults.ts';

export interface SpacesSettings {
  /** Default: any free port. */
  port?: number;
  /** The one region that is served, as by an endpoint of DigitalOcean; default: buckets of every region. */
  region?: string;
  /** Time in ms that signatures are checked against; default: the wall clock. */
  now?: () => number;
}

export interface SpacesRequest {
  method: string;
  /** Null for a list of the buckets, or where no bucket was named. */
  bucket: string | null;
  query: Record<string, string>;
  /** The access key that signed it; null without one. */
  key: string | null;
  /** The region that it was signed for; null without one. */
  region: string | null;
  /** Status answered; null where no answer was given. */
  status: number | null;
  /** The S3 code of an error that was answered. */
  code: string | null;
  fault: SpacesFault | null;
}

export interface SpacesSimulator {
  readonly url: string;
  readonly key: string;
  readonly secret: string;
  /** Every request so far, oldest first. */
  readonly requests: SpacesRequest[];
  /** Makes a bucket; default: in the region that is served. */
  createBucket(name: string, region?: string): void;
  removeBucket(name: string): void;
  /** Puts an object, into a new bucket where there is none. @param bytes a bigint where it is beyond 2^53 */
  put(bucket: string, name: string, bytes: number | bigint): void;
  /** Puts so many objects of the same size. */
  fill(bucket: string, count: number, bytes: number | bigint): void;
  remove(bucket: string, name: string): void;
  /** Fails the next `times` requests (default: all until `recover`) for a bucket, or for any. */
  fail(fault: SpacesFault, options?: { bucket?: string | null; times?: number; fromPage?: number }): void;
  recover(): void;
  /** Ends requests that wait for an answer. */
  close(): Promise<void>;
}

interface Failure {
  fault: SpacesFault;
  bucket: string | null;
  left: number;
  fromPage: number;
}

interface State {
  settings: SpacesSettings;
  secrets: ReadonlyMap<string, string>;
  buckets: Map<string, SimulatedBucket>;
  requests: SpacesRequest[];
  failures: Failure[];
}

const accessKey = 'DO00EXAMPLEKEY234567';
const secretKey = 'an+example/secret0key1of2the3stand4in5words';

const statusOfRefusal: Readonly<Record<Refusal, number>> = {
  AccessDenied: 403,
  AuthorizationHeaderMalformed: 400,
  InvalidAccessKeyId: 403,
  RequestTimeTooSkewed: 403,
  SignatureDoesNotMatch: 403,
};

/** The bucket of a request: in the host, as in `media.localhost`, or first in the path. */
function bucketOf(host: string, path: string): { bucket: string | null; rest: string } {
  const [, virtual] = /^(.+)\.localhost(?::\d+)?$/.exec(host) ?? [];
  if (virtual !== undefined) return { bucket: virtual, rest: path.slice(1) };
  const [, bucket = '', rest = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  return { bucket: bucket === '' ? null : decodeURIComponent(bucket), rest };
}

function takeFault({ failures, requests }: State, { bucket }: SpacesRequest): SpacesFault | null {
  const page = requests.filter((request) => request.bucket === bucket).length;
  const failure = failures.find(
    ({ bucket: of, left, fromPage }) => left > 0 && page >= fromPage && (of === null || of === bucket),
  );
  if (failure === undefined) return null;
  failure.left -= 1;
  return failure.fault;
}

/** @throws {S3Error} */
function answerOf(state: State, entry: SpacesRequest, query: URLSearchParams, rest: string): Xml {
  const { buckets, settings } = state;
  if (entry.method !== 'GET' || rest !== '') throw new S3Error(501, 'NotImplemented');
  if (entry.bucket === null) return listBuckets([...buckets.values()]);
  const bucket = buckets.get(entry.bucket);
  if (entry.fault !== null) requireAnswer(entry.fault);
  if (bucket === undefined) throw new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist');
  if (settings.region !== undefined && bucket.region !== settings.region)
    throw new S3Error(301, 'PermanentRedirect', 'The bucket must be addressed using another endpoint');
  if (query.get('list-type') !== '2') throw new S3Error(501, 'NotImplemented');
  const page = pageOf(bucket, query);
  const number = state.requests.filter((request) => request.bucket === entry.bucket).length;
  return listObjects(bucket, query, entry.fault === null ? page : faultyPage(entry.fault, page, number));
}

function send(
  response: ServerResponse,
  entry: SpacesRequest,
  status: number,
  body: string,
  type = 'application/xml',
) {
  entry.status = status;
  response.writeHead(status, { 'content-type': type, 'x-amz-request-id': 'tx000001' }).end(body);
}

/** An answer that begins and never ends. */
function drip(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/xml' });
  const timer = setInterval(() => response.write(' '), 5);
  response.once('close', () => clearInterval(timer));
}

/** Faults of the answer as a whole. @returns whether it was given */
function isBroken(response: ServerResponse, entry: SpacesRequest, authorization: string, body: Xml): boolean {
  switch (entry.fault) {
    case 'cut-off':
      response.writeHead(200, { 'content-type': 'application/xml', 'content-length': body.length + 100 });
      response.write(body, () => response.destroy());
      return true;
    case 'drip':
      drip(response);
      return true;
    case 'flood':
      send(response, entry, 200, `${body}${' '.repeat(40 * 1024 * 1024)}`);
      return true;
    case 'truncated':
      send(response, entry, 200, body.slice(0, -20));
      return true;
    case 'html':
      send(response, entry, 200, '<html><body>Sign in</body></html>', 'text/html');
      return true;
    case 'empty':
      send(response, entry, 200, '');
      return true;
    case 'error-in-200':
      send(response, entry, 200, errorDocument('InternalError', 'We encountered an internal error.'));
      return true;
    case 'teapot':
      send(response, entry, 418, 'short and stout', 'text/plain');
      return true;
    case 'echo':
      send(response, entry, 403, errorDocument('AccessDenied', `${authorization} ${accessKey} ${secretKey}`));
      return true;
    default:
      return false;
  }
}

async function handle(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url: target = '/', headers } = request;
  const body = await textOf(request);
  const url = new URL(target, 'http://localhost');
  const { bucket, rest } = bucketOf(headers.host ?? '', url.pathname);
  const authorization = headers.authorization ?? '';
  const [, key = null, region = null] = /Credential=([^/,]+)\/\d+\/([^/]+)\//.exec(authorization) ?? [];
  const query = Object.fromEntries(url.searchParams);
  const entry: SpacesRequest = { method, bucket, query, key, region, status: null, code: null, fault: null };
  state.requests.push(entry);
  entry.fault = takeFault(state, entry);
  if (entry.fault === 'reset') return void request.socket.resetAndDestroy();
  if (entry.fault === 'hang') return;
  try {
    const signed = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    const now = state.settings.now?.() ?? Date.now();
    const refusal = checkSignature({ method, target, headers: signed, body }, state.secrets, now);
    if (refusal !== null) throw new S3Error(statusOfRefusal[refusal], refusal);
    const answer = answerOf(state, entry, url.searchParams, rest);
    if (!isBroken(response, entry, authorization, answer)) send(response, entry, 200, answer);
  } catch (error) {
    const { status, code, message } = error instanceof S3Error ? error : new S3Error(500, 'InternalError');
    entry.code = code;
    send(response, entry, status, errorDocument(code, message, { BucketName: bucket ?? '' }));
  }
}

/** Starts a stand-in for Spaces on 127.0.0.1, without buckets. */
export const startSpacesSimulator = async (settings: SpacesSettings = {}): Promise<SpacesSimulator> => {
  const state: State = {
    settings,
    secrets: new Map([[accessKey, secretKey]]),
    buckets: new Map(),
    requests: [],
    failures: [],
  };
  const createBucket = (name: string, region = settings.region ?? 'fra1'): SimulatedBucket => {
    const bucket = { name, region, createdAt: '2026-01-06T00:00:00.000Z', objects: new Map() };
    state.buckets.set(name, bucket);
    return bucket;
  };
  const objectsOf = (bucket: string) => (state.buckets.get(bucket) ?? createBucket(bucket)).objects;
  const server = createServer((request, response) => {
    handle(state, request, response).catch(() => response.destroy());
  });
  const { url, close } = await listenOnLoopback(server, settings.port ?? 0);
  return {
    url,
    key: accessKey,
    secret: secretKey,
    requests: state.requests,
    createBucket: (name, region) => void createBucket(name, region),
    removeBucket: (name) => void state.buckets.delete(name),
    put: (bucket, name, bytes) => void objectsOf(bucket).set(name, bytes),
    fill(bucket, count, bytes) {
      const objects = objectsOf(bucket);
      for (let n = 0; n < count; n++) objects.set(`object-${String(n).padStart(6, '0')}`, bytes);
    },
    remove: (bucket, name) => void objectsOf(bucket).delete(name),
    fail(fault, { bucket = null, times = Number.POSITIVE_INFINITY, fromPage = 1 } = {}) {
      state.failures.push({ fault, bucket, left: times, fromPage });
    },
    recover: () => void state.failures.splice(0),
    close,
  };
};

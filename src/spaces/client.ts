import type { S3Client } from '@aws-sdk/client-s3';
import { endpointOf } from './endpoint.ts';
import { sendToS3, type S3Request } from './s3-transport.ts';
import { SpacesError, type SpacesErrorCode } from './spaces-error.ts';
import type { ObjectPage } from './sum-bucket.ts';

export interface SpacesClientOptions {
  /** An origin: of DigitalOcean that of a region, or another S3 store. */
  endpoint: string;
  key: string;
  secret: string;
  sleep(milliseconds: number): Promise<void>;
  /** Uniform in [0, 1), for the jitter of pauses. */
  random(): number;
  fetch?: typeof fetch;
  /** Of one attempt, from sending to the last byte of the answer; default 20 s. */
  timeoutMs?: number;
  limits?: SpacesLimits;
}

/** What one measurement of the buckets may ask for. */
export interface SpacesLimits {
  /** Pages of one bucket, of 1,000 objects each. */
  pagesPerBucket: number;
  /** Requests of one run, repeated ones included. */
  requestsPerRun: number;
}

/** A bucket, in its region; null where that is unknown. */
export interface Bucket {
  name: string;
  region: string | null;
}

/** Reads buckets; it changes nothing. */
export interface SpacesClient {
  readonly limits: SpacesLimits;
  /**
   * One page of the objects of a bucket; trouble that may pass is met with up to three more attempts.
   * @param token where the page begins; null: the first
   * @param spend is called before each request, and may throw to end it
   * @throws {SpacesError}
   */
  listObjects: (bucket: Bucket, token: string | null, spend: () => void) => Promise<ObjectPage>;
}

const defaultLimits: SpacesLimits = { pagesPerBucket: 5_000, requestsPerRun: 20_000 };
const objectsPerPage = 1_000;
const attempts = 4;
const firstPauseMs = 500;

/** A longer token is no place in a list. */
const longestToken = 8_192;

/** Names of buckets have no dots at either end, and nothing that has a meaning in a path or host. */
const bucketName = /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/i;

const passing: ReadonlySet<SpacesErrorCode> = new Set(['rate-limited', 'unavailable', 'malformed']);

/** The client of DigitalOcean Spaces, or of another S3 store. The first request loads the S3 library. */
export function createSpacesClient(options: SpacesClientOptions): SpacesClient {
  const { limits = defaultLimits } = options;
  const clients = new Map<string, Promise<S3Client>>();
  const clientOf = ({ region }: Bucket): Promise<S3Client> => {
    const endpoint = endpointOf(options.endpoint, region);
    const known = clients.get(endpoint.region) ?? openS3(options, endpoint);
    clients.set(endpoint.region, known);
    return known;
  };
  return {
    limits,
    async listObjects(bucket, token, spend) {
      if (!bucketName.test(bucket.name)) throw new SpacesError('invalid', 'no bucket has such a name');
      const s3 = await clientOf(bucket);
      for (let attempt = 1; ; attempt++) {
        spend();
        try {
          return await listOnce(s3, bucket.name, token);
        } catch (error) {
          if (!(error instanceof SpacesError) || !passing.has(error.code) || attempt === attempts)
            throw error;
          await options.sleep(firstPauseMs * 2 ** (attempt - 1) * (0.5 + options.random()));
        }
      }
    },
  };
}

async function openS3(
  { key, secret, fetch: fetchWith, timeoutMs = 20_000 }: SpacesClientOptions,
  { url, region }: { url: string; region: string },
): Promise<S3Client> {
  // Its version is pinned: what it says of later ones concerns no operator.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const { S3Client } = await import('@aws-sdk/client-s3');
  return new S3Client({
    endpoint: url,
    region,
    credentials: { accessKeyId: key, secretAccessKey: secret },
    // A name with dots would not fit the certificate of a subdomain.
    forcePathStyle: true,
    maxAttempts: 1,
    // Nothing is read from files or variables of AWS.
    defaultsMode: 'standard',
    retryMode: 'standard',
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    useArnRegion: false,
    disableMultiregionAccessPoints: true,
    disableS3ExpressSessionAuth: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      handle: async (request: S3Request) => ({
        response: await sendToS3(request, { fetch: fetchWith, timeoutMs }),
      }),
      updateHttpClientConfig: () => undefined,
      httpHandlerConfigs: () => ({}),
    },
  });
}

async function listOnce(s3: S3Client, bucket: string, token: string | null): Promise<ObjectPage> {
  const { ListObjectsV2Command } = await import('@aws-sdk/client-s3');
  const command = new ListObjectsV2Command({
    Bucket: bucket,
    MaxKeys: objectsPerPage,
    // Names may have characters that XML cannot hold.
    EncodingType: 'url',
    ...(token === null ? {} : { ContinuationToken: token }),
  });
  const answer = await s3.send(command).catch((error: unknown) => {
    throw errorOf(error);
  });
  const { Contents = [], IsTruncated, NextContinuationToken } = answer;
  // Without it the answer is no list, and has no objects only for that reason.
  if (typeof IsTruncated !== 'boolean')
    throw new SpacesError('malformed', 'the answer is no list of objects');
  if (Contents.length > objectsPerPage || (NextContinuationToken?.length ?? 0) > longestToken)
    throw new SpacesError('malformed', 'the answer has more than a page can have');
  return {
    sizes: Contents.map(({ Size }) => Size),
    firstKey: Contents[0]?.Key,
    truncated: IsTruncated,
    nextToken: NextContinuationToken,
  };
}

/** The library's error as one of ours: without its texts, which quote the answer and the request. */
function errorOf(error: unknown): SpacesError {
  if (error instanceof SpacesError) return error;
  const { name, status } = partsOf(error);
  if (status === null || status === 200)
    return new SpacesError('malformed', 'the answer does not parse', status);
  return new SpacesError(codeOf(status, name), name === null ? `${status}` : `${status} ${name}`, status);
}

/** Status and S3 code of an error; null where it has none of the form. */
function partsOf(error: unknown): { name: string | null; status: number | null } {
  if (!(error instanceof Error)) return { name: null, status: null };
  const metadata: unknown = '$metadata' in error ? error.$metadata : null;
  const status: unknown =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
      ? metadata.httpStatusCode
      : null;
  return {
    name: /^[A-Z][A-Za-z]{2,59}$/.test(error.name) && error.name !== 'Error' ? error.name : null,
    status: typeof status === 'number' ? status : null,
  };
}

function codeOf(status: number, name: string | null): SpacesErrorCode {
  if ((status >= 300 && status < 400) || name === 'AuthorizationHeaderMalformed') return 'other-region';
  if (status === 401 || status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  if (status === 429 || name === 'SlowDown') return 'rate-limited';
  if (status >= 500) return 'unavailable';
  return 'invalid';
}

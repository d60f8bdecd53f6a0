import { expect } from 'chai';
import {
  startSpacesSimulator,
  type SpacesFault,
  type SpacesSimulator,
} from '../../simulators/spaces/index.ts';
import { createSpacesClient, type SpacesClientOptions } from '../../src/spaces/client.ts';
import { SpacesError } from '../../src/spaces/spaces-error.ts';
import { sumBucket } from '../../src/spaces/sum-bucket.ts';

describe('the client of Spaces', () => {
  let spaces: SpacesSimulator;
  const pauses: number[] = [];
  before(async () => {
    spaces = await startSpacesSimulator();
    spaces.put('media', 'a/b c+d&e=ü\u0001.png', 10);
    spaces.put('media', "it's (1)*!~.txt", 20);
  });
  beforeEach(() => {
    spaces.recover();
    spaces.requests.splice(0);
    pauses.splice(0);
  });
  after(() => spaces.close());

  const client = (more: Partial<SpacesClientOptions> = {}) =>
    createSpacesClient({
      ...{ endpoint: spaces.url, key: spaces.key, secret: spaces.secret, timeoutMs: 5_000 },
      sleep: async (ms) => void pauses.push(ms),
      random: () => 0.5,
      ...more,
    });
  const sizeOf = (name: string, more: Partial<SpacesClientOptions> = {}) => {
    const s3 = client(more);
    return sumBucket((token) => s3.listObjects({ name, region: null }, token, () => undefined), 100);
  };
  const errorOf = async (name: string, more: Partial<SpacesClientOptions> = {}): Promise<SpacesError> => {
    const error: unknown = await sizeOf(name, more).then(
      () => null,
      (reason: unknown) => reason,
    );
    if (error instanceof SpacesError) return error;
    throw new Error(`no error of the client: ${String(error)}`);
  };

  it('adds up a bucket of 5,000 objects in five pages, each once', async () => {
    spaces.fill('large', 5_000, 4_000_000_000_000_001n);
    expect(await sizeOf('large')).to.deep.equal({ bytes: 20_000_000_000_000_005_000n, objects: 5_000 });
    expect(spaces.requests.map(({ status }) => status)).to.deep.equal([200, 200, 200, 200, 200]);
    expect(new Set(spaces.requests.map(({ query }) => query['continuation-token'])).size).to.equal(5);
  });

  it('reads names of any characters, an empty bucket, and objects without bytes', async () => {
    expect(await sizeOf('media')).to.deep.equal({ bytes: 30n, objects: 2 });
    spaces.createBucket('empty');
    expect(await sizeOf('empty')).to.deep.equal({ bytes: 0n, objects: 0 });
    spaces.put('hollow', 'x', 0);
    expect(await sizeOf('hollow')).to.deep.equal({ bytes: 0n, objects: 1 });
  });

  const failures: [SpacesFault, string, string, number][] = [
    ['access-denied', 'forbidden', '403 AccessDenied', 1],
    ['no-such-bucket', 'not-found', '404 NoSuchBucket', 1],
    ['redirect', 'other-region', '301 PermanentRedirect', 1],
    ['teapot', 'invalid', '418', 1],
    ['echo', 'forbidden', '403 AccessDenied', 1],
    ['slow-down', 'rate-limited', '503 SlowDown', 4],
    ['internal-error', 'unavailable', '500 InternalError', 4],
    ['reset', 'unavailable', 'the connection failed', 4],
    ['cut-off', 'unavailable', 'the connection failed', 4],
    ['truncated', 'malformed', 'does not parse', 4],
    ['html', 'malformed', 'no list of objects', 4],
    ['empty', 'malformed', 'no list of objects', 4],
    ['error-in-200', 'unavailable', 'InternalError', 4],
    ['flood', 'too-large', 'larger than 8 MB', 1],
  ];
  for (const [fault, code, message, requests] of failures) {
    it(`fails for ${fault} after ${requests} requests, without a secret in the error`, async () => {
      spaces.fail(fault);
      const error = await errorOf('media');
      expect(error.code).to.equal(code);
      expect(error.message).to.contain(message);
      expect(spaces.requests).to.have.length(requests);
      for (const text of [error.message, String(error.stack), JSON.stringify(error)])
        expect(text).to.not.contain(spaces.secret).and.not.contain(spaces.key).and.not.contain('Signature');
      expect(error.cause).to.equal(undefined);
    });
  }

  for (const fault of ['hang', 'drip'] as const) {
    it(`gives up an answer that does not come or end (${fault}), within its time`, async () => {
      spaces.fail(fault);
      const error = await errorOf('media', { timeoutMs: 50 });
      expect(error).to.include({ code: 'unavailable', message: 'no complete answer within 50 ms' });
    });
  }

  it('meets trouble that passes with another attempt, after a pause that grows', async () => {
    spaces.fail('slow-down', { times: 1 });
    spaces.fail('reset', { times: 1 });
    spaces.fail('truncated', { times: 1 });
    expect(await sizeOf('media')).to.deep.equal({ bytes: 30n, objects: 2 });
    expect(spaces.requests.map(({ status }) => status)).to.deep.equal([503, null, 200, 200]);
    expect(pauses).to.deep.equal([500, 1_000, 2_000]);
  });

  it('is refused with another key or another secret', async () => {
    const unknown = await errorOf('media', { key: 'DO00OTHER' });
    expect(unknown).to.include({ code: 'forbidden', message: '403 InvalidAccessKeyId' });
    const wrong = await errorOf('media', { secret: 'another' });
    expect(wrong).to.include({ code: 'forbidden', message: '403 SignatureDoesNotMatch' });
  });

  it('fails where nothing listens, and for a name that no bucket has', async () => {
    const away = await errorOf('media', { endpoint: 'http://127.0.0.1:1' });
    expect(away).to.include({ code: 'unavailable' });
    for (const name of ['', '..', 'a/b', 'arn:aws:s3:::media', 'a?b', 'x'.repeat(64)])
      expect((await errorOf(name)).code, name).to.equal('invalid');
    expect(spaces.requests).to.have.length(0);
  });

  it('signs for the region of the bucket', async () => {
    await client().listObjects({ name: 'media', region: 'syd1' }, null, () => undefined);
    expect(spaces.requests.map(({ region, key }) => [region, key])).to.deep.equal([['syd1', spaces.key]]);
  });
});

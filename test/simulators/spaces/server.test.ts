import { createHash, createHmac } from 'node:crypto';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { ListBucketsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { startSpacesSimulator, type SpacesSimulator } from '../../../simulators/spaces/index.ts';

const hash = (content: string): string => createHash('sha256').update(content).digest('hex');
const hmac = (key: string | Buffer, content: string): Buffer =>
  createHmac('sha256', key).update(content).digest();

interface Sent {
  method?: string;
  /** Sent as it is, whatever was signed. */
  path: string;
  signedPath?: string;
  secret?: string;
  key?: string;
  at?: Date;
  headers?: Record<string, string>;
  /** Of the body. */
  hash?: string;
  unsigned?: Record<string, string>;
}

describe('the stand-in for Spaces', () => {
  let spaces: SpacesSimulator;
  let s3: S3Client;
  before(async () => {
    spaces = await startSpacesSimulator({ region: 'fra1' });
    spaces.put('media', 'a b/ü&<.png', 7);
    spaces.put('media', 'z', 9_007_199_254_740_993n);
    spaces.fill('large', 2_001, 1);
    spaces.createBucket('away', 'syd1');
    s3 = new S3Client({
      endpoint: spaces.url,
      region: 'fra1',
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: { accessKeyId: spaces.key, secretAccessKey: spaces.secret },
    });
  });
  beforeEach(() => {
    spaces.recover();
    spaces.requests.splice(0);
  });
  after(async () => {
    s3.destroy();
    await spaces.close();
  });

  /** A request that is signed by hand, so that any part of it can be wrong. */
  async function send(sent: Sent): Promise<{ status: number; body: string }> {
    const { method = 'GET', path, signedPath = path, secret = spaces.secret, key = spaces.key } = sent;
    const stamp = (sent.at ?? new Date()).toISOString().replace(/[-:]|\.\d+/g, '');
    const day = stamp.slice(0, 8);
    const { host, hostname, port } = new URL(spaces.url);
    const signed: Record<string, string> = {
      host,
      'x-amz-content-sha256': sent.hash ?? hash(''),
      'x-amz-date': stamp,
      ...sent.headers,
    };
    const names = Object.keys(signed).sort();
    const [at = '', query = ''] = signedPath.split('?');
    const canonical = [
      ...[method, at, query.split('&').sort().join('&')],
      ...names.map((name) => `${name}:${signed[name] ?? ''}`),
      ...['', names.join(';'), signed['x-amz-content-sha256'] ?? ''],
    ].join('\n');
    const scope = `${day}/fra1/s3/aws4_request`;
    const signing = [day, 'fra1', 's3', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secret}`);
    const signature = hmac(signing, ['AWS4-HMAC-SHA256', stamp, scope, hash(canonical)].join('\n'));
    const authorization =
      `AWS4-HMAC-SHA256 Credential=${key}/${scope}, SignedHeaders=${names.join(';')}, ` +
      `Signature=${signature.toString('hex')}`;
    const headers = { ...signed, authorization, ...sent.unsigned };
    return new Promise((resolve, reject) => {
      request({ hostname, port, path, method, headers }, (answer) => {
        text(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }), reject);
      })
        .on('error', reject)
        .end();
    });
  }
  const list = '/media?list-type=2&max-keys=1';

  it('lists the buckets', async () => {
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
    expect(Buckets.map(({ Name }) => Name)).to.deep.equal(['media', 'large', 'away']);
  });

  it('lists objects in the order of their names, encoded where asked', async () => {
    const plain = await s3.send(new ListObjectsV2Command({ Bucket: 'media' }));
    expect(plain.Contents?.map(({ Key }) => Key)).to.deep.equal(['a b/ü&<.png', 'z']);
    const encoded = await s3.send(new ListObjectsV2Command({ Bucket: 'media', EncodingType: 'url' }));
    expect(encoded.Contents?.[0]?.Key).to.equal('a+b/%C3%BC%26%3C.png');
    expect(plain).to.include({ IsTruncated: false, KeyCount: 2, MaxKeys: 1000, Name: 'media' });
  });

  it('pages with tokens, a thousand at most, and takes prefix and start-after', async () => {
    const sizes: number[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await s3.send(
        new ListObjectsV2Command({ Bucket: 'large', MaxKeys: 5_000, ContinuationToken }),
      );
      sizes.push(page.KeyCount ?? 0);
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    expect(sizes).to.deep.equal([1000, 1000, 1]);
    const few = await s3.send(new ListObjectsV2Command({ Bucket: 'large', Prefix: 'object-00000' }));
    expect(few.KeyCount).to.equal(10);
    const last = await s3.send(new ListObjectsV2Command({ Bucket: 'large', StartAfter: 'object-001999' }));
    expect(last.Contents?.map(({ Key }) => Key)).to.deep.equal(['object-002000']);
    const none = await s3.send(new ListObjectsV2Command({ Bucket: 'large', MaxKeys: 0 }));
    expect(none).to.include({ KeyCount: 0, IsTruncated: false });
  });

  it('takes a request that is signed by hand, and logs it', async () => {
    const { status, body } = await send({ path: list });
    expect(status, body).to.equal(200);
    expect(body).to.contain('<IsTruncated>true</IsTruncated>').and.contain('<Size>7</Size>');
    expect(spaces.requests).to.deep.equal([
      {
        ...{ method: 'GET', bucket: 'media', query: { 'list-type': '2', 'max-keys': '1' } },
        ...{ key: spaces.key, region: 'fra1', status: 200, code: null, fault: null },
      },
    ]);
  });

  const now = Date.now();
  const refusals: [why: string, sent: Partial<Sent>, status: number, code: string][] = [
    ['an unknown key', { key: 'DO00OTHER' }, 403, 'InvalidAccessKeyId'],
    ['a wrong secret', { secret: 'other' }, 403, 'SignatureDoesNotMatch'],
    ['a clock that is late', { at: new Date(now - 16 * 60_000) }, 403, 'RequestTimeTooSkewed'],
    ['a clock that is early', { at: new Date(now + 16 * 60_000) }, 403, 'RequestTimeTooSkewed'],
    ['a changed query', { path: `${list}0`, signedPath: list }, 403, 'SignatureDoesNotMatch'],
    ['another bucket', { path: '/large?list-type=2', signedPath: list }, 403, 'SignatureDoesNotMatch'],
    ['an unsigned body', { hash: 'UNSIGNED-PAYLOAD' }, 403, 'AccessDenied'],
    ['the hash of another body', { hash: hash('x') }, 403, 'AccessDenied'],
    ['an unsigned header', { unsigned: { 'x-amz-acl': 'public-read' } }, 403, 'AccessDenied'],
    ['another form', { unsigned: { authorization: 'AWS4 x' } }, 400, 'AuthorizationHeaderMalformed'],
    ['an unknown bucket', { path: '/nothing?list-type=2' }, 404, 'NoSuchBucket'],
    ['another region', { path: '/away?list-type=2' }, 301, 'PermanentRedirect'],
    ['a wrong token', { path: '/media?continuation-token=x&list-type=2' }, 400, 'InvalidArgument'],
    ['a wrong number', { path: '/media?list-type=2&max-keys=x' }, 400, 'InvalidArgument'],
    ['another method', { method: 'PUT', path: '/media/new' }, 501, 'NotImplemented'],
  ];
  for (const [why, sent, status, code] of refusals) {
    it(`answers ${status} ${code} for ${why}`, async () => {
      const answer = await send({ path: list, ...sent });
      expect(answer.status, answer.body).to.equal(status);
      expect(answer.body).to.contain(`<Error><Code>${code}</Code>`);
      expect(spaces.requests.map((one) => one.code)).to.deep.equal([code]);
    });
  }

  it('refuses a request without a signature', async () => {
    const answer = await fetch(`${spaces.url}${list}`);
    expect(answer.status).to.equal(403);
    expect(await answer.text()).to.contain('AccessDenied');
  });

  it('takes the bucket from the host too', async () => {
    const { port } = new URL(spaces.url);
    const { status, body } = await send({
      path: '/?list-type=2',
      headers: { host: `media.localhost:${port}` },
    });
    expect(status, body).to.equal(200);
    expect(body).to.contain('<Name>media</Name>');
  });
});

import assert from 'node:assert/strict';
import { checkSignature, type SignedRequest } from '../../../simulators/spaces/signature-v4.ts';

// The example "GET Bucket (List Objects)" of the S3 documentation.
const key = 'AKIAIOSFODNN7EXAMPLE';
const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const now = Date.parse('2013-05-24T00:00:00Z');
const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const example: SignedRequest = {
  method: 'GET',
  target: '/?max-keys=2&prefix=J',
  headers: {
    host: 'examplebucket.s3.amazonaws.com',
    'x-amz-content-sha256': empty,
    'x-amz-date': '20130524T000000Z',
    authorization:
      `AWS4-HMAC-SHA256 Credential=${key}/20130524/us-east-1/s3/aws4_request,` +
      'SignedHeaders=host;x-amz-content-sha256;x-amz-date,' +
      'Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  },
};
const secrets = new Map([[key, secret]]);

describe('the signature of a request to Spaces', () => {
  it('is right in the example of the documentation', () => {
    assert.equal(checkSignature(example, secrets, now), null);
  });

  it('does not match another secret or another query', () => {
    assert.equal(checkSignature(example, new Map([[key, 'other']]), now), 'SignatureDoesNotMatch');
    const changed = { ...example, target: '/?max-keys=3&prefix=J' };
    assert.equal(checkSignature(changed, secrets, now), 'SignatureDoesNotMatch');
  });

  it('is refused without a header, with an unknown key, and 16 minutes late', () => {
    assert.equal(checkSignature({ ...example, headers: {} }, secrets, now), 'AccessDenied');
    assert.equal(checkSignature(example, new Map(), now), 'InvalidAccessKeyId');
    assert.equal(checkSignature(example, secrets, now + 16 * 60_000), 'RequestTimeTooSkewed');
  });
});

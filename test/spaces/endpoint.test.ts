import { expect } from 'chai';
import { endpointOf } from '../../src/spaces/endpoint.ts';

describe('the endpoint of a bucket', () => {
  const cases: [base: string, region: string | null, url: string, signedFor: string][] = [
    ['https://fra1.digitaloceanspaces.com', null, 'https://fra1.digitaloceanspaces.com', 'fra1'],
    ['https://fra1.digitaloceanspaces.com', 'fra1', 'https://fra1.digitaloceanspaces.com', 'fra1'],
    ['https://fra1.digitaloceanspaces.com', 'syd1', 'https://syd1.digitaloceanspaces.com', 'syd1'],
    ['https://fra1.digitaloceanspaces.com', 'evil.example/', 'https://fra1.digitaloceanspaces.com', 'fra1'],
    ['http://127.0.0.1:9000', null, 'http://127.0.0.1:9000', 'us-east-1'],
    ['http://127.0.0.1:9000', 'syd1', 'http://127.0.0.1:9000', 'syd1'],
    ['https://s3.example.com', 'eu-central-1', 'https://s3.example.com', 'us-east-1'],
  ];
  for (const [base, region, url, signedFor] of cases) {
    it(`is ${url} for a bucket in ${region ?? 'an unknown region'} with ${base}`, () => {
      expect(endpointOf(base, region)).to.deep.equal({ url, region: signedFor });
    });
  }
});

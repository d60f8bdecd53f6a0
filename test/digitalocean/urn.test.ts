import { expect } from 'chai';
import { parseUrn } from '../../src/digitalocean/urn.ts';

describe('parseUrn', () => {
  const cases: readonly (readonly [urn: string, kind: string, providerId: string])[] = [
    ['do:droplet:401000001', 'droplet', '401000001'],
    ['do:domain:example.com', 'dns_zone', 'example.com'],
    ['do:space:backups', 'spaces_bucket', 'backups'],
    ['do:floatingip:1.1.1.1', 'floating_ip', '1.1.1.1'],
    ['do:reservedip:1.1.1.1', 'floating_ip', '1.1.1.1'],
    ['do:loadbalancer:4de7', 'load_balancer', '4de7'],
    ['do:dbaas:9cc1', 'managed_db', '9cc1'],
    ['do:kubernetes:bd5f', 'k8s_cluster', 'bd5f'],
    ['do:volumesnapshot:1', 'snapshot', '1'],
    ['do:image:2', 'snapshot', '2'],
    ['do:volume:506f', 'volume', '506f'],
    ['do:app:1', 'app', '1'],
    ['do:floatingipv6:2001:db8::1', 'floatingipv6', '2001:db8::1'],
    ['do:teapot:a:b', 'teapot', 'a:b'],
  ];
  for (const [urn, kind, providerId] of cases) {
    it(`reads ${urn} as a ${kind}`, () => {
      expect(parseUrn(urn)).to.deep.equal({ urn, kind, provider_id: providerId });
    });
  }

  for (const text of ['', 'do:droplet', 'do:droplet:', 'do::1', 'aws:ec2:1']) {
    it(`finds no URN in ${JSON.stringify(text)}`, () => {
      expect(parseUrn(text)).to.equal(null);
    });
  }
});

import { expect } from 'chai';
import { z } from 'zod';
import { normaliseDnsZone } from '../../src/digitalocean/normalise/dns-zone.ts';
import { normaliseDropletBackup } from '../../src/digitalocean/normalise/droplet-backup.ts';
import { normaliseDroplet } from '../../src/digitalocean/normalise/droplet.ts';
import { normaliseFirewall } from '../../src/digitalocean/normalise/firewall.ts';
import { normaliseFloatingIp } from '../../src/digitalocean/normalise/floating-ip.ts';
import { normaliseLoadBalancer } from '../../src/digitalocean/normalise/load-balancer.ts';
import { normaliseSnapshot } from '../../src/digitalocean/normalise/snapshot.ts';
import { normaliseVolume } from '../../src/digitalocean/normalise/volume.ts';
import { DigitalOceanError } from '../../src/digitalocean/errors.ts';
import type { ObservedResource } from '../../src/digitalocean/observed-resource.ts';
import type { ItemPlace } from '../../src/digitalocean/paging.ts';
import {
  aBackup,
  aDomain,
  aDroplet,
  aFirewall,
  aFloatingIp,
  aLoadBalancer,
  aSnapshot,
  aVolume,
  loadSampleAccount,
} from '../../simulators/digitalocean/index.ts';

const observedResourceSchema = z.object({
  kind: z.string().min(1),
  provider_id: z.string().min(1),
  name: z.string(),
  region: z.string().nullable(),
  size_slug: z.string().nullable(),
  status: z.string(),
  created_at: z.string().nullable(),
  attrs: z.record(z.string(), z.json()),
});

const where: ItemPlace = { path: '/v2/things', field: 'things.0' };
const sample = loadSampleAccount();

const without = (object: object, field: string): object =>
  Object.fromEntries(Object.entries(object).filter(([key]) => key !== field));

const degradedBy = (
  normalise: (raw: unknown, where: ItemPlace) => ObservedResource,
  raw: object,
  field: string,
): string => {
  try {
    normalise(without(raw, field), where);
  } catch (error) {
    expect(error).to.be.instanceOf(DigitalOceanError);
    expect((error as DigitalOceanError).code).to.equal('forbidden');
    expect((error as DigitalOceanError).message).to.contain(`things.0.${field} is missing`);
    return /scope (\S+)$/.exec((error as DigitalOceanError).message)?.[1] ?? '';
  }
  throw new Error(`an answer without ${field} was taken`);
};

describe('normalised resources', () => {
  it('read a droplet of the sample account', () => {
    expect(normaliseDroplet(sample.droplets[0], where)).to.deep.equal({
      kind: 'droplet',
      provider_id: '401000001',
      name: 'git.example.com',
      region: 'syd1',
      size_slug: 's-1vcpu-1gb',
      status: 'active',
      created_at: '2024-02-11T03:21:09Z',
      attrs: {
        memory: 1024,
        vcpus: 1,
        disk: 25,
        locked: false,
        features: ['backups', 'monitoring'],
        image_id: 155133621,
        image_slug: 'debian-12-x64',
        backup_ids: [4010000011],
        volume_ids: [],
        tags: ['pilot'],
        vpc_uuid: '5a4981aa-9653-4bd1-bef5-d6bff52042e4',
        ipv4_public: ['203.0.113.11'],
        ipv4_private: ['10.126.0.11'],
        ipv6: [],
      },
    });
  });

  it('are all in the common shape, and all of the sample account can be read', () => {
    const all = [
      ...sample.droplets.map((raw) => normaliseDroplet(raw, where)),
      ...sample.domains.map((raw) => normaliseDnsZone(raw, where)),
      ...sample.snapshots.map((raw) => normaliseSnapshot(raw, where)),
      ...sample.firewalls.map((raw) => normaliseFirewall(raw, where)),
      ...Object.entries(sample.backups).flatMap(([id, backups]) =>
        backups.map((raw) => normaliseDropletBackup(raw, where, id)),
      ),
      ...[aVolume(), aVolume({ droplet_ids: null })].map((raw) => normaliseVolume(raw, where)),
      ...[aFloatingIp(), aFloatingIp({ droplet: aDroplet() })].map((raw) => normaliseFloatingIp(raw, where)),
      ...[aLoadBalancer(), aLoadBalancer({ ip: '', region: null, type: 'GLOBAL' })].map((raw) =>
        normaliseLoadBalancer(raw, where),
      ),
    ];
    expect(all).to.have.length(5 + 7 + 12 + 1 + 4 + 2 + 2 + 2);
    for (const resource of all) expect(observedResourceSchema.parse(resource)).to.deep.equal(resource);
  });

  it('are the same for a droplet whose lists come in another order and whose volatile fields moved', () => {
    const droplet = aDroplet({
      tags: ['b', 'a'],
      volume_ids: ['v2', 'v1'],
      backup_ids: [12, 9],
      features: ['monitoring', 'backups'],
    });
    const later = {
      ...droplet,
      tags: ['a', 'b', 'a'],
      volume_ids: ['v1', 'v2'],
      backup_ids: [9, 12],
      features: ['backups', 'monitoring'],
      next_backup_window: { start: '2026-06-01T00:00:00Z', end: '2026-06-01T23:00:00Z' },
      kernel: { id: 1 },
      size: { slug: droplet.size_slug, price_hourly: 0.00743999984115362, regions: ['ams3'] },
      region: { slug: 'syd1', name: 'Sydney One', sizes: [] },
    };
    expect(normaliseDroplet(later, where)).to.deep.equal(normaliseDroplet(droplet, where));
  });

  it('are the same for a domain whose zone file changed', () => {
    expect(normaliseDnsZone(aDomain({ name: 'a.example', zone_file: 'x 2' }), where)).to.deep.equal(
      normaliseDnsZone(aDomain({ name: 'a.example', zone_file: null }), where),
    );
  });

  it('are the same for a firewall with rules in another order, or changes pending', () => {
    const rule = (ports: string, addresses: string[]) => ({ protocol: 'tcp', ports, sources: { addresses } });
    const before = aFirewall({
      droplet_ids: [2, 1],
      inbound_rules: [
        rule('443', ['b', 'a']),
        rule('0', ['c']),
        { protocol: 'icmp', ports: '0', sources: { tags: ['x'] } },
      ],
    });
    const after = {
      ...before,
      droplet_ids: [1, 2],
      pending_changes: [{ droplet_id: 1, removing: false, status: 'waiting' }],
      inbound_rules: [
        { protocol: 'icmp', ports: '0', sources: { tags: ['x'], addresses: null } },
        rule('all', ['c']),
        rule('443', ['a', 'b']),
      ],
    };
    const normalised = normaliseFirewall(before, where);
    expect(normaliseFirewall(after, where)).to.deep.equal(normalised);
    expect(normalised.attrs['inbound_rules']).to.deep.equal([
      { ports: '0', protocol: 'icmp', sources: { tags: ['x'] } },
      { ports: '443', protocol: 'tcp', sources: { addresses: ['a', 'b'] } },
      { ports: 'all', protocol: 'tcp', sources: { addresses: ['c'] } },
    ]);
  });

  it('give sizes as exact decimal text', () => {
    expect(normaliseSnapshot(aSnapshot({ size_gigabytes: 20.5 }), where).attrs['size_gigabytes']).to.equal(
      '20.5',
    );
    expect(normaliseDropletBackup(aBackup({ size_gigabytes: 0.1 }), where, '7').attrs).to.include({
      size_gigabytes: '0.1',
      droplet_id: '7',
    });
    const { size_gigabytes: _size, ...unsized } = aSnapshot();
    expect(normaliseSnapshot(unsized, where).attrs['size_gigabytes']).to.equal(null);
    expect(normaliseSnapshot({ ...unsized, size_gigabytes: null }, where).attrs['size_gigabytes']).to.equal(
      null,
    );
    const unsizedBackup = { ...aBackup(), size_gigabytes: undefined };
    expect(normaliseDropletBackup(unsizedBackup, where, '7').attrs['size_gigabytes']).to.equal(null);
    expect(normaliseVolume(aVolume({ size_gigabytes: 100 }), where).attrs['size_gigabytes']).to.equal('100');
  });

  it('distinguish assigned from unassigned addresses', () => {
    expect(normaliseFloatingIp(aFloatingIp({ ip: '1.1.1.1' }), where)).to.deep.include({
      provider_id: '1.1.1.1',
      name: '1.1.1.1',
      status: 'unassigned',
    });
    const assigned = normaliseFloatingIp(aFloatingIp({ droplet: aDroplet({ id: 77 }) }), where);
    expect(assigned.status).to.equal('assigned');
    expect(assigned.attrs['droplet_id']).to.equal(77);
  });

  it('read a load balancer that is new, global or without addresses', () => {
    const balancer = normaliseLoadBalancer(
      aLoadBalancer({ ip: '', status: 'new', region: null, droplet_ids: null, tag: '' }),
      where,
    );
    expect(balancer).to.include({ region: null, status: 'new', size_slug: 'lb-small' });
    expect(balancer.attrs).to.deep.include({
      ip: null,
      algorithm: 'round_robin',
      droplet_ids: [],
      tag: null,
    });
    expect(balancer.attrs['forwarding_rules']).to.deep.equal([
      {
        entry_protocol: 'http',
        entry_port: 80,
        target_protocol: 'http',
        target_port: 80,
        certificate_id: '',
        tls_passthrough: false,
      },
    ]);
  });

  it('take a status in any case, a time in any zone or none, and a size from either place', () => {
    expect(
      normaliseDroplet(without(aDroplet({ size_slug: 's-2vcpu-2gb' }), 'size_slug'), where).size_slug,
    ).to.equal('s-2vcpu-2gb');
    const droplet = normaliseDroplet(
      aDroplet({ status: 'ACTIVE', created_at: '2019-09-03T16:34:46.000+02:00' }),
      where,
    );
    expect(droplet).to.include({ status: 'active', created_at: '2019-09-03T14:34:46Z' });
    expect(normaliseSnapshot(without(aSnapshot(), 'created_at'), where).created_at).to.equal(null);
  });

  it('refuse an answer from which a scope-bound field is missing, naming the scope', () => {
    expect(degradedBy(normaliseDroplet, aDroplet(), 'image')).to.equal('image:read');
    expect(degradedBy(normaliseDroplet, aDroplet(), 'backup_ids')).to.equal('image:read');
    expect(degradedBy(normaliseDroplet, aDroplet(), 'tags')).to.equal('tag:read');
    expect(degradedBy(normaliseDroplet, aDroplet(), 'volume_ids')).to.equal('block_storage:read');
    expect(degradedBy(normaliseFirewall, aFirewall(), 'droplet_ids')).to.equal('droplet:read');
    expect(degradedBy(normaliseFirewall, aFirewall(), 'tags')).to.equal('tag:read');
    expect(degradedBy(normaliseFloatingIp, aFloatingIp(), 'droplet')).to.equal('droplet:read');
    expect(degradedBy(normaliseSnapshot, aSnapshot(), 'tags')).to.equal('tag:read');
    expect(degradedBy(normaliseVolume, aVolume(), 'tags')).to.equal('tag:read');
  });

  it('name the field that is wrong', () => {
    expect(() => normaliseSnapshot({ ...aSnapshot(), size_gigabytes: 'big' }, where)).to.throw(
      DigitalOceanError,
      /things\.0\.size_gigabytes/,
    );
    expect(() => normaliseDroplet(null, where)).to.throw(DigitalOceanError, /things\.0/);
  });
});

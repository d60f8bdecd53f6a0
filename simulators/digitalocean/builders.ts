// Builders with defaults: a test names only the fields that it is about. Ids count up within a process.
import type { ApiJson } from './json.ts';
import type {
  Backup,
  BillingEntry,
  Domain,
  Droplet,
  Firewall,
  FloatingIp,
  LoadBalancer,
  Project,
  Snapshot,
  Volume,
} from './types.ts';
import { sizeObject, sizeOf } from './sizes.ts';
import { stableUuid } from './random.ts';

const CREATED_AT = '2026-01-05T10:00:00Z';
const ZONE_SERIAL = '1700000000';

let counter = 0;
const next = (): number => {
  counter += 1;
  return counter;
};

/** The `region` member of droplets, volumes and addresses. */
export const aRegion = (slug = 'syd1'): { [key: string]: ApiJson } => ({
  name: 'Sydney 1',
  slug,
  features: ['backups', 'ipv6', 'metadata', 'storage'],
  available: true,
  sizes: ['s-1vcpu-512mb-10gb', 's-1vcpu-1gb', 's-1vcpu-2gb', 's-2vcpu-2gb'],
});

const anImage = (): { [key: string]: ApiJson } => ({
  id: 155133621,
  name: '12 x64',
  distribution: 'Debian',
  slug: 'debian-12-x64',
  public: true,
  regions: ['syd1'],
  type: 'base',
  min_disk_size: 10,
  size_gigabytes: 0.81,
  created_at: '2023-06-10T00:00:00Z',
  description: 'Debian 12 x64',
  tags: [],
  status: 'available',
});

export const aDroplet = (fields: Partial<Droplet> = {}): Droplet => {
  const number = next();
  const slug = fields.size_slug ?? 's-1vcpu-1gb';
  const size = sizeOf(slug) ?? { memory: 1024, vcpus: 1, disk: 25 };
  return {
    id: 500_000_000 + number,
    name: `droplet-${number}`,
    memory: size.memory,
    vcpus: size.vcpus,
    disk: size.disk,
    disk_info: [{ type: 'local', size: { amount: size.disk, unit: 'gib' } }],
    locked: false,
    status: 'active',
    kernel: null,
    created_at: CREATED_AT,
    features: ['monitoring'],
    backup_ids: [],
    next_backup_window: null,
    snapshot_ids: [],
    image: anImage(),
    volume_ids: [],
    size: sizeObject(slug),
    size_slug: slug,
    networks: {
      v4: [
        {
          ip_address: `10.0.${(number >> 8) & 255}.${number & 255}`,
          netmask: '255.255.0.0',
          gateway: 'nil',
          type: 'private',
        },
        {
          ip_address: `203.0.113.${number & 255}`,
          netmask: '255.255.255.0',
          gateway: '203.0.113.1',
          type: 'public',
        },
      ],
      v6: [],
    },
    region: aRegion(),
    tags: [],
    vpc_uuid: '5a4981aa-9653-4bd1-bef5-d6bff52042e4',
    ...fields,
  };
};

/** A droplet that only the list's `type=gpus` shows. */
export const aGpuDroplet = (fields: Partial<Droplet> = {}): Droplet =>
  aDroplet({
    size_slug: 'gpu-h100x1-80gb',
    gpu_info: { count: 1, vram: { amount: 80, unit: 'gib' }, model: 'nvidia_h100' },
    ...fields,
  });

export const aBackup = (fields: Partial<Backup> = {}): Backup => {
  const number = next();
  return {
    id: 180_000_000 + number,
    name: `backup-${number}`,
    distribution: 'Debian',
    slug: null,
    public: false,
    regions: ['syd1'],
    created_at: CREATED_AT,
    min_disk_size: 25,
    size_gigabytes: 4.2,
    type: 'backup',
    status: 'available',
    ...fields,
  };
};

export const aDomain = (fields: Partial<Domain> = {}): Domain => {
  const name = fields.name ?? `zone-${next()}.example`;
  const times = `${ZONE_SERIAL} 10800 3600 604800 1800`;
  const soa = `${name}. IN SOA ns1.digitalocean.com. hostmaster.${name}. ${times}`;
  const zone = `$ORIGIN ${name}.\n$TTL 1800\n${soa}\n`;
  return { name, ttl: 1800, zone_file: zone, ...fields };
};

export const aVolume = (fields: Partial<Volume> = {}): Volume => {
  const number = next();
  return {
    id: stableUuid(`volume ${number}`),
    name: `volume-${number}`,
    description: '',
    size_gigabytes: 100,
    created_at: CREATED_AT,
    droplet_ids: [],
    region: aRegion(),
    filesystem_type: 'ext4',
    filesystem_label: '',
    tags: [],
    ...fields,
  };
};

export const aSnapshot = (fields: Partial<Snapshot> = {}): Snapshot => {
  const number = next();
  return {
    id: String(166_500_000 + number),
    name: `snapshot-${number}`,
    created_at: CREATED_AT,
    regions: ['syd1'],
    resource_id: '500000001',
    resource_type: 'droplet',
    min_disk_size: 25,
    size_gigabytes: 4.5,
    tags: [],
    ...fields,
  };
};

/** An unassigned address; give `droplet` the whole droplet to assign it. */
export const aFloatingIp = (fields: Partial<FloatingIp> = {}): FloatingIp => {
  const number = next();
  // The address is the id: the range is wide enough for ids not to repeat.
  return {
    ip: `198.18.${(number >> 8) & 255}.${number & 255}`,
    region: aRegion(),
    droplet: null,
    locked: false,
    ...fields,
  };
};

export const aFirewall = (fields: Partial<Firewall> = {}): Firewall => {
  const number = next();
  return {
    id: stableUuid(`firewall ${number}`),
    name: `firewall-${number}`,
    status: 'succeeded',
    created_at: CREATED_AT,
    pending_changes: [],
    inbound_rules: [{ protocol: 'tcp', ports: '443', sources: { addresses: ['0.0.0.0/0', '::/0'] } }],
    outbound_rules: [{ protocol: 'tcp', ports: '0', destinations: { addresses: ['0.0.0.0/0', '::/0'] } }],
    droplet_ids: [],
    tags: [],
    ...fields,
  };
};

export const aLoadBalancer = (fields: Partial<LoadBalancer> = {}): LoadBalancer => {
  const number = next();
  return {
    id: stableUuid(`load balancer ${number}`),
    name: `lb-${number}`,
    ip: `192.0.2.${number & 255}`,
    size_unit: 1,
    size: 'lb-small',
    algorithm: 'round_robin',
    status: 'active',
    created_at: CREATED_AT,
    forwarding_rules: [
      {
        entry_protocol: 'http',
        entry_port: 80,
        target_protocol: 'http',
        target_port: 80,
        certificate_id: '',
        tls_passthrough: false,
      },
    ],
    health_check: {
      protocol: 'http',
      port: 80,
      path: '/',
      check_interval_seconds: 10,
      response_timeout_seconds: 5,
      healthy_threshold: 5,
      unhealthy_threshold: 3,
    },
    sticky_sessions: { type: 'none' },
    region: aRegion(),
    tag: '',
    droplet_ids: [],
    redirect_http_to_https: false,
    enable_proxy_protocol: false,
    enable_backend_keepalive: false,
    type: 'REGIONAL',
    network: 'EXTERNAL',
    ...fields,
  };
};

export const aProject = (fields: Partial<Project> = {}): Project => {
  const number = next();
  return {
    id: stableUuid(`project ${number}`),
    owner_uuid: '99525febec065ca37b2ffe4f852fd2b2581895e7',
    owner_id: 258992,
    name: `project-${number}`,
    description: '',
    purpose: 'Web Application',
    environment: 'Production',
    is_default: false,
    created_at: CREATED_AT,
    updated_at: CREATED_AT,
    ...fields,
  };
};

export const aBillingEntry = (fields: Partial<BillingEntry> = {}): BillingEntry => ({
  description: 'Payment (MC 2018)',
  amount: '-10.00',
  date: '2026-05-02T08:44:38Z',
  type: 'Payment',
  ...fields,
});

import { isConfirmedNotFound, DigitalOceanError, nullIfGone } from './errors.ts';
import { normaliseDnsZone } from './normalise/dns-zone.ts';
import { normaliseDropletBackup } from './normalise/droplet-backup.ts';
import { dropletScopes, normaliseDroplet, vpcField } from './normalise/droplet.ts';
import { firewallScopes, normaliseFirewall } from './normalise/firewall.ts';
import { floatingIpScopes, normaliseFloatingIp } from './normalise/floating-ip.ts';
import { normaliseLoadBalancer } from './normalise/load-balancer.ts';
import { missingScope, withoutGaps, type ScopedField } from './normalise/shared.ts';
import { snapshotScopes, normaliseSnapshot } from './normalise/snapshot.ts';
import { volumeScopes, normaliseVolume } from './normalise/volume.ts';
import type { ListedKind, ObservedResource } from './observed-resource.ts';
import { listAll, type ItemPlace } from './paging.ts';
import { readMember } from './read-answer.ts';
import type { RequestPriority } from './request-budget.ts';
import type { Transport } from './transport.ts';
import { pathPart } from './path-part.ts';

interface Endpoint {
  path: string;
  /** Root key of the list, and of one object. */
  many: string;
  one: string;
  normalise: (raw: unknown, where: ItemPlace) => ObservedResource;
  /** Fields that the answer lacks where the token lacks a scope. */
  scoped?: readonly ScopedField[];
  priority: RequestPriority;
}

const reservedIps: Endpoint = {
  path: '/v2/reserved_ips',
  many: 'reserved_ips',
  one: 'reserved_ip',
  normalise: normaliseFloatingIp,
  scoped: floatingIpScopes,
  priority: 'rest',
};

/** Every kind that is listed under one path, and whose objects can be asked for by id. */
const endpoints = {
  droplet: {
    path: '/v2/droplets',
    many: 'droplets',
    one: 'droplet',
    normalise: normaliseDroplet,
    scoped: dropletScopes,
    priority: 'droplets',
  },
  dns_zone: {
    path: '/v2/domains',
    many: 'domains',
    one: 'domain',
    normalise: normaliseDnsZone,
    priority: 'rest',
  },
  volume: {
    path: '/v2/volumes',
    many: 'volumes',
    one: 'volume',
    normalise: normaliseVolume,
    scoped: volumeScopes,
    priority: 'rest',
  },
  snapshot: {
    path: '/v2/snapshots',
    many: 'snapshots',
    one: 'snapshot',
    normalise: normaliseSnapshot,
    scoped: snapshotScopes,
    priority: 'rest',
  },
  floating_ip: {
    path: '/v2/floating_ips',
    many: 'floating_ips',
    one: 'floating_ip',
    normalise: normaliseFloatingIp,
    scoped: floatingIpScopes,
    priority: 'rest',
  },
  firewall: {
    path: '/v2/firewalls',
    many: 'firewalls',
    one: 'firewall',
    normalise: normaliseFirewall,
    scoped: firewallScopes,
    priority: 'rest',
  },
  load_balancer: {
    path: '/v2/load_balancers',
    many: 'load_balancers',
    one: 'load_balancer',
    normalise: normaliseLoadBalancer,
    priority: 'rest',
  },
} satisfies Record<Exclude<ListedKind, 'droplet_backup'>, Endpoint>;

type EndpointKind = keyof typeof endpoints;

/**
 * Kinds that `getResource` can get by id. The others it can't: a backup is only listed under its droplet, and
 * some kinds are only known from project URNs.
 */
export const kindsWithGetById: ReadonlySet<string> = new Set(Object.keys(endpoints));

export interface InventoryApi {
  /** All droplets, the GPU ones included (DigitalOcean leaves them out unless asked with `type=gpus`). */
  listDroplets(): Promise<ObservedResource[]>;
  listDomains(): Promise<ObservedResource[]>;
  listVolumes(): Promise<ObservedResource[]>;
  listSnapshots(): Promise<ObservedResource[]>;
  /** Floating and reserved IPs: one product under two names, each address once. */
  listFloatingIps(): Promise<ObservedResource[]>;
  listFirewalls(): Promise<ObservedResource[]>;
  listLoadBalancers(): Promise<ObservedResource[]>;
  /**
   * Backups of these droplets. A droplet that is confirmed gone (404 by id) has none; any other failure fails
   * the whole.
   */
  listBackups(dropletIds: readonly string[]): Promise<ObservedResource[]>;
  /**
   * Null only for a confirmed 404 (see `isConfirmedNotFound`). Throws `invalid` for a kind outside
   * `kindsWithGetById`.
   */
  getResource(kind: string, providerId: string): Promise<ObservedResource | null>;
}

/** The inventory endpoints. A listing is complete, or throws DigitalOceanError. */
export function createInventoryApi(transport: Transport): InventoryApi {
  const list = (kind: Exclude<EndpointKind, 'droplet' | 'floating_ip'>) => (): Promise<ObservedResource[]> =>
    listEndpoint(transport, endpoints[kind]);
  return {
    listDroplets: () => listDroplets(transport),
    listDomains: list('dns_zone'),
    listVolumes: list('volume'),
    listSnapshots: list('snapshot'),
    listFloatingIps: () => listFloatingIps(transport),
    listFirewalls: list('firewall'),
    listLoadBalancers: list('load_balancer'),
    listBackups: (dropletIds) => listBackups(transport, dropletIds),
    getResource: (kind, providerId) => getResource(transport, kind, providerId),
  };
}

function listEndpoint(transport: Transport, endpoint: Endpoint, query = ''): Promise<ObservedResource[]> {
  return listAll(transport, {
    path: endpoint.path + query,
    rootKey: endpoint.many,
    complete: (page) => withoutGaps(page, endpoint.scoped ?? []),
    read: endpoint.normalise,
    keyOf: (resource) => resource.provider_id,
    priority: endpoint.priority,
  });
}

async function listDroplets(transport: Transport): Promise<ObservedResource[]> {
  const endpoint = endpoints.droplet;
  const byId = new Map<string, ObservedResource>();
  for (const query of ['', '?type=gpus']) {
    for (const droplet of await listEndpoint(transport, endpoint, query))
      byId.set(droplet.provider_id, droplet);
  }
  const droplets = [...byId.values()];
  if (droplets.length > 0 && droplets.every((droplet) => droplet.attrs['vpc_uuid'] === null)) {
    throw missingScope(vpcField, { path: endpoint.path, field: 'droplets.*' });
  }
  return droplets;
}

async function listFloatingIps(transport: Transport): Promise<ObservedResource[]> {
  try {
    return await listEndpoint(transport, endpoints.floating_ip);
  } catch (error) {
    // The old path is deprecated since 2022. When DigitalOcean drops it, the new one has the same objects.
    if (!isConfirmedNotFound(error)) throw error;
    return listEndpoint(transport, reservedIps);
  }
}

/** Requests under way at once, to hide the round trips; the request budget sets the pace. */
const backupConcurrency = 4;

async function listBackups(transport: Transport, dropletIds: readonly string[]): Promise<ObservedResource[]> {
  const queue = [...new Set(dropletIds)].entries();
  const found: ObservedResource[][] = [];
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const [index, dropletId] of queue) {
      if (failed) return;
      try {
        found[index] = await listBackupsOf(transport, dropletId);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: backupConcurrency }, worker));
  return found.flat();
}

async function listBackupsOf(transport: Transport, dropletId: string): Promise<ObservedResource[]> {
  const backups = await nullIfGone(
    listAll(transport, {
      path: `/v2/droplets/${pathPart(dropletId)}/backups`,
      rootKey: 'backups',
      read: (raw, where) => normaliseDropletBackup(raw, where, dropletId),
      keyOf: (backup) => backup.provider_id,
      priority: 'backups',
    }),
  );
  // A droplet that was destroyed since its last sync takes its backups with it.
  return backups ?? [];
}

async function getResource(
  transport: Transport,
  kind: string,
  providerId: string,
): Promise<ObservedResource | null> {
  if (!isEndpointKind(kind)) {
    throw new DigitalOceanError({
      code: 'invalid',
      message: `DigitalOcean has no answer for one ${kind} by id`,
      path: '',
    });
  }
  const endpoint = endpoints[kind];
  const path = `${endpoint.path}/${pathPart(providerId)}`;
  return nullIfGone(
    transport
      .getJson(path, endpoint.priority)
      .then((body) =>
        endpoint.normalise(readMember(body, endpoint.one, path), { path, field: endpoint.one }),
      ),
  );
}

function isEndpointKind(kind: string): kind is EndpointKind {
  return kindsWithGetById.has(kind);
}

// One table of the listed kinds: where they live in the account, what identifies them, how a project names
// them.
import type { Account, ResourceByKind, ResourceKind } from './types.ts';
import { textOf, type ApiObject } from './json.ts';

export interface KindFacts {
  /** Key of the account and root key of the list. */
  collection:
    | 'droplets'
    | 'domains'
    | 'volumes'
    | 'snapshots'
    | 'floating_ips'
    | 'firewalls'
    | 'load_balancers'
    | 'projects';
  /** The field that identifies a resource in its path. */
  idField: 'id' | 'name' | 'ip';
  /** Root key of a single answer. */
  single: string;
  /** Type part of the resource's URN in a project; null where a project never holds the kind. */
  urnType: string | null;
  /** Token scope without which the list answers 403. */
  scope: string;
}

export const kinds: Record<ResourceKind, KindFacts> = {
  droplet: {
    collection: 'droplets',
    idField: 'id',
    single: 'droplet',
    urnType: 'droplet',
    scope: 'droplet:read',
  },
  domain: {
    collection: 'domains',
    idField: 'name',
    single: 'domain',
    urnType: 'domain',
    scope: 'domain:read',
  },
  volume: {
    collection: 'volumes',
    idField: 'id',
    single: 'volume',
    urnType: 'volume',
    scope: 'block_storage:read',
  },
  snapshot: {
    collection: 'snapshots',
    idField: 'id',
    single: 'snapshot',
    urnType: null,
    scope: 'snapshot:read',
  },
  floating_ip: {
    collection: 'floating_ips',
    idField: 'ip',
    single: 'floating_ip',
    urnType: 'floatingip',
    scope: 'reserved_ip:read',
  },
  firewall: {
    collection: 'firewalls',
    idField: 'id',
    single: 'firewall',
    urnType: null,
    scope: 'firewall:read',
  },
  load_balancer: {
    collection: 'load_balancers',
    idField: 'id',
    single: 'load_balancer',
    urnType: 'loadbalancer',
    scope: 'load_balancer:read',
  },
  project: { collection: 'projects', idField: 'id', single: 'project', urnType: null, scope: 'project:read' },
};

/** The account's own array of a kind: pushing to it or splicing it changes the account. */
export const collectionOf = <K extends ResourceKind>(account: Account, kind: K): ResourceByKind[K][] =>
  account[kinds[kind].collection] as unknown as ResourceByKind[K][];

/** The id of a resource in a path. */
export const idOf = (kind: ResourceKind, resource: ApiObject): string =>
  textOf(resource[kinds[kind].idField]);

/** The URN of a resource, `do:<type>:<id>`; null for kinds that no project holds. */
export const urnOf = (kind: ResourceKind, id: string | number): string | null => {
  const { urnType } = kinds[kind];
  return urnType === null ? null : `do:${urnType}:${id}`;
};

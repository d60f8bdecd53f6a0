// Lists of resources and each resource by id.
import { textOf, type ApiObject } from './json.ts';
import type { ResourceKind } from './types.ts';
import { errorAnswer, jsonAnswer, type SimulatedAnswer } from './answer.ts';
import { collectionOf, idOf, kinds } from './kinds.ts';
import { pageAnswer, type ListStyle } from './paging.ts';
import { visibleFields } from './scopes.ts';
import type { SimulatedRoute, RouteContext } from './route.ts';
import { dropletOf } from './routes-actions.ts';

type Filter = (resource: ApiObject, query: URLSearchParams) => boolean;

const isGpu = (droplet: ApiObject): boolean =>
  'gpu_info' in droplet || textOf(droplet['size_slug']).startsWith('gpu-');

const slugOfRegion = (resource: ApiObject): string =>
  textOf((resource['region'] as ApiObject | null)?.['slug']);

const sameText = (a: unknown, b: string): boolean => textOf(a).toLowerCase() === b.toLowerCase();

/** GPU droplets are only served under `type=gpus`; `tag_name` takes precedence over the other filters. */
const dropletFilter: Filter = (droplet, query) => {
  const tag = query.get('tag_name');
  if (tag !== null) return Array.isArray(droplet['tags']) && droplet['tags'].includes(tag);
  const name = query.get('name');
  if (name !== null && !sameText(droplet['name'], name)) return false;
  return isGpu(droplet) === (query.get('type') === 'gpus');
};

const volumeFilter: Filter = (volume, query) => {
  const name = query.get('name');
  const region = query.get('region');
  return (name === null || volume['name'] === name) && (region === null || slugOfRegion(volume) === region);
};

const snapshotFilter: Filter = (snapshot, query) => {
  const type = query.get('resource_type');
  return type === null || snapshot['resource_type'] === type;
};

const zoneSerials = new WeakMap<object, number>();

/** A domain whose zone file has the next SOA serial. */
const withNextSerial = (domain: ApiObject): ApiObject => {
  const zone = domain['zone_file'];
  if (typeof zone !== 'string') return domain;
  const step = (zoneSerials.get(domain) ?? 0) + 1;
  zoneSerials.set(domain, step);
  return {
    ...domain,
    zone_file: zone.replace(
      /(\sSOA \S+ \S+ )(\d+)/,
      (_all, before: string, serial: string) => `${before}${Number(serial) + step}`,
    ),
  };
};

const present = (context: RouteContext, kind: ResourceKind, resource: ApiObject): ApiObject => {
  const shown = visibleFields(kind, resource, context.scopes);
  return kind === 'domain' && context.options.zoneSerialMoves ? withNextSerial(resource) : shown;
};

interface Serving {
  kind: ResourceKind;
  /** Root key of the list; the path has the same name. */
  list: string;
  single: string;
  filter?: Filter;
  style?: ListStyle;
}

const listRoute = ({ kind, list, filter, style }: Serving): SimulatedRoute => ({
  method: 'GET',
  path: `/v2/${list}`,
  scope: kinds[kind].scope,
  handle: (context) => {
    const shown = collectionOf(context.account, kind).filter(
      (resource) =>
        context.visibility.isVisible(kind, idOf(kind, resource), 'list') &&
        (filter?.(resource, context.query) ?? true),
    );
    return pageAnswer(context, list, shown, (resource) => present(context, kind, resource), style);
  },
});

const singleRoute = ({ kind, list, single }: Serving): SimulatedRoute => ({
  method: 'GET',
  path: `/v2/${list}/:id`,
  scope: kinds[kind].scope,
  handle: (context, params) => {
    const id = params['id'] ?? '';
    const found = collectionOf(context.account, kind).find((resource) => idOf(kind, resource) === id);
    if (found === undefined || !context.visibility.isVisible(kind, id, 'by_id')) return errorAnswer(404);
    return jsonAnswer({ [single]: present(context, kind, found) });
  },
});

const servings: Serving[] = [
  { kind: 'droplet', list: 'droplets', single: 'droplet', filter: dropletFilter },
  { kind: 'domain', list: 'domains', single: 'domain' },
  { kind: 'volume', list: 'volumes', single: 'volume', filter: volumeFilter },
  { kind: 'snapshot', list: 'snapshots', single: 'snapshot', filter: snapshotFilter },
  { kind: 'floating_ip', list: 'floating_ips', single: 'floating_ip' },
  { kind: 'floating_ip', list: 'reserved_ips', single: 'reserved_ip' },
  { kind: 'firewall', list: 'firewalls', single: 'firewall' },
  { kind: 'load_balancer', list: 'load_balancers', single: 'load_balancer' },
  { kind: 'project', list: 'projects', single: 'project', style: { projectStyle: true } },
];

const backupsRoute: SimulatedRoute = {
  method: 'GET',
  path: '/v2/droplets/:id/backups',
  scope: 'droplet:read',
  handle: (context, params): SimulatedAnswer => {
    if (dropletOf(context, params['id']) === undefined) return errorAnswer(404);
    return pageAnswer(
      context,
      'backups',
      context.account.backups[params['id'] ?? ''] ?? [],
      (backup) => backup,
    );
  },
};

/** Every list and every GET by id of the inventory, and the backups of a droplet. */
export const inventoryEndpoints: SimulatedRoute[] = [
  backupsRoute,
  ...servings.flatMap((serving) => [listRoute(serving), singleRoute(serving)]),
];

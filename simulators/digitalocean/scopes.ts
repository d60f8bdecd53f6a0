// The answers for a token with too few scopes: a missing main scope is a 403, a missing side scope leaves out
// fields without an error.
import type { ApiObject } from './json.ts';
import type { ResourceKind } from './types.ts';
import { without } from './fault-effects.ts';

/** Scopes of a token; null is full access. */
export type Scopes = ReadonlySet<string> | null;

/** Every scope under which all answers are complete. */
export const fullScopes: readonly string[] = [
  'account:read',
  'droplet:read',
  'droplet:update',
  'image:read',
  'tag:read',
  'vpc:read',
  'block_storage:read',
  'snapshot:read',
  'domain:read',
  'reserved_ip:read',
  'firewall:read',
  'load_balancer:read',
  'project:read',
  'billing:read',
  'sizes:read',
  'actions:read',
  'database:read',
  'kubernetes:read',
  'spaces:read',
  'app:read',
];

const fieldScopes: Partial<Record<ResourceKind, Record<string, string>>> = {
  droplet: {
    image: 'image:read',
    backup_ids: 'image:read',
    snapshot_ids: 'image:read',
    volume_ids: 'block_storage:read',
    tags: 'tag:read',
    vpc_uuid: 'vpc:read',
  },
  snapshot: { tags: 'tag:read' },
  floating_ip: { droplet: 'droplet:read', project_id: 'project:read' },
  firewall: { droplet_ids: 'droplet:read', tags: 'tag:read' },
};

const urnScopes: Record<string, string> = {
  droplet: 'droplet:read',
  domain: 'domain:read',
  volume: 'block_storage:read',
  floatingip: 'reserved_ip:read',
  reservedip: 'reserved_ip:read',
  floatingipv6: 'reserved_ip:read',
  loadbalancer: 'load_balancer:read',
  dbaas: 'database:read',
  kubernetes: 'kubernetes:read',
  space: 'spaces:read',
  app: 'app:read',
  image: 'image:read',
  volumesnapshot: 'snapshot:read',
};

/** Whether a token may use a scope. */
export const allows = (scopes: Scopes, scope: string): boolean => scopes === null || scopes.has(scope);

/** A resource without the fields that the token may not see. */
export const visibleFields = (kind: ResourceKind, resource: ApiObject, scopes: Scopes): ApiObject => {
  const hidden = Object.entries(fieldScopes[kind] ?? {}).filter(([, scope]) => !allows(scopes, scope));
  return hidden.length === 0
    ? resource
    : without(
        resource,
        hidden.map(([field]) => field),
      );
};

/** Whether a project shows a URN to the token; types without a known scope are shown. */
export const urnVisible = (urn: string, scopes: Scopes): boolean => {
  const scope = urnScopes[urn.split(':')[1] ?? ''];
  return scope === undefined || allows(scopes, scope);
};

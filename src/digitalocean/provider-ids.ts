const number = /^[1-9]\d*$/;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * The form of the provider's own ids, for the kinds that the inventory keys by them. The other kinds are
 * keyed by a name or an address.
 */
const formOfKind: Readonly<Record<string, (id: string) => boolean>> = {
  droplet: (id) => number.test(id),
  snapshot: (id) => number.test(id) || uuid.test(id),
  volume: (id) => uuid.test(id),
  load_balancer: (id) => uuid.test(id),
  managed_db: (id) => uuid.test(id),
  k8s_cluster: (id) => uuid.test(id),
};

/** True for an id that names a resource of this kind, and no other, if it names any. */
export function identifies(kind: string, id: string): boolean {
  return formOfKind[kind]?.(id) ?? false;
}

/**
 * True for an id that no two resources share, whatever their kinds: a number may be both a droplet's and an
 * image's.
 */
export function isUnique(id: string): boolean {
  return uuid.test(id);
}

/**
 * The kind of the resource that a line of this kind is for: a backup line stands for the droplet that is
 * backed up.
 */
export function matchKind(kind: string): string {
  return kind === 'droplet_backup' ? 'droplet' : kind;
}

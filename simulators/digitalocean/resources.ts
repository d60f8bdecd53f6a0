// Changes in the account when a resource is created, changed or deleted.
import type { Account, Backup, ResourceByKind, ResourceKind } from './types.ts';
import type { ApiObject } from './json.ts';
import type { VirtualClock } from './clock.ts';
import type { Memberships } from './memberships.ts';
import type { Visibility } from './visibility.ts';
import { collectionOf, idOf, urnOf } from './kinds.ts';

export interface CreateSettings {
  /** Project that gets the resource's URN. */
  projectId?: string;
  /** Puts it at the front of its list, so that the pages behind it shift. */
  atFront?: boolean;
  /** Virtual milliseconds until lists show it (GET by id does at once). */
  listedAfterMs?: number;
  /** Virtual milliseconds until GET by id shows it. */
  byIdAfterMs?: number;
  /** Fields that take these values after so many virtual milliseconds (status new → active). */
  later?: { afterMs: number; fields: ApiObject };
}

export interface Resources {
  create<K extends ResourceKind>(
    kind: K,
    resource: ResourceByKind[K],
    settings?: CreateSettings,
  ): ResourceByKind[K];
  /** Changes any fields of a resource; an unknown id is an error. */
  update(kind: ResourceKind, id: string | number, fields: ApiObject): void;
  /** Renames a resource. A domain's name is its id: remove and create it instead. */
  rename(kind: Exclude<ResourceKind, 'domain' | 'floating_ip'>, id: string | number, name: string): void;
  /**
   * Deletes a resource and what depends on it: a droplet's backups go, volumes, firewalls and load balancers
   * lose its id (`emptyAs: 'null'` leaves null where the last id was), its address becomes unassigned, its
   * snapshots stay, its URN stays for a while as `not_found`.
   */
  remove(kind: ResourceKind, id: string | number, settings?: { emptyAs?: 'array' | 'null' }): void;
  addBackup(dropletId: number, backup: Backup): void;
  removeBackup(dropletId: number, backupId: number): void;
}

/** Finds a resource of the account; an unknown id is an error of the test. */
export const findResource = <K extends ResourceKind>(
  account: Account,
  kind: K,
  id: string | number,
): ResourceByKind[K] => {
  const found = collectionOf(account, kind).find((resource) => idOf(kind, resource) === String(id));
  if (found === undefined) throw new Error(`the account has no ${kind} ${id}`);
  return found;
};

const forgetDroplet = (account: Account, id: number, emptyAs: 'array' | 'null'): void => {
  delete account.backups[String(id)];
  for (const holder of [...account.volumes, ...account.firewalls, ...account.load_balancers]) {
    const ids = holder['droplet_ids'];
    if (!Array.isArray(ids) || !ids.includes(id)) continue;
    const left = ids.filter((other) => other !== id);
    holder['droplet_ids'] = left.length === 0 && emptyAs === 'null' ? null : left;
  }
  for (const address of account.floating_ips) {
    const holder = address['droplet'];
    if (holder !== null && typeof holder === 'object' && !Array.isArray(holder) && holder['id'] === id)
      address['droplet'] = null;
  }
};

export const createResources = (
  account: Account,
  clock: VirtualClock,
  memberships: Memberships,
  visibility: Visibility,
): Resources => {
  const remove: Resources['remove'] = (kind, id, settings = {}) => {
    const resource = findResource(account, kind, id);
    const list: unknown[] = collectionOf(account, kind);
    list.splice(list.indexOf(resource), 1);
    if (kind === 'droplet') forgetDroplet(account, Number(id), settings.emptyAs ?? 'array');
    if (kind === 'project') delete account.project_resources[String(id)];
    const urn = urnOf(kind, id);
    if (urn !== null) memberships.linger(urn);
  };

  return {
    create: (kind, resource, settings = {}) => {
      const list = collectionOf(account, kind);
      if (settings.atFront === true) list.unshift(resource);
      else list.push(resource);
      const id = idOf(kind, resource);
      const urn = urnOf(kind, id);
      if (settings.projectId !== undefined && urn !== null) memberships.assign(urn, settings.projectId);
      visibility.appearLater(kind, id, settings.listedAfterMs ?? 0, settings.byIdAfterMs ?? 0);
      const { later } = settings;
      if (later !== undefined) clock.schedule(later.afterMs, () => Object.assign(resource, later.fields));
      return resource;
    },
    update: (kind, id, fields) => void Object.assign(findResource(account, kind, id), fields),
    rename: (kind, id, name) => void Object.assign(findResource(account, kind, id), { name }),
    remove,
    addBackup: (dropletId, backup) => {
      (account.backups[String(dropletId)] ??= []).push(backup);
      const droplet = findResource(account, 'droplet', dropletId);
      const ids = droplet['backup_ids'];
      droplet['backup_ids'] = [...(Array.isArray(ids) ? ids : []), backup.id];
    },
    removeBackup: (dropletId, backupId) => {
      account.backups[String(dropletId)] = (account.backups[String(dropletId)] ?? []).filter(
        (backup) => backup.id !== backupId,
      );
      const droplet = findResource(account, 'droplet', dropletId);
      const ids = droplet['backup_ids'];
      droplet['backup_ids'] = Array.isArray(ids) ? ids.filter((id) => id !== backupId) : [];
    },
  };
};

import type { JsonObject } from '../runtime/json.ts';

/** The kinds that have a listing of their own; a project URN may name any other. */
export type ListedKind =
  | 'droplet'
  | 'droplet_backup'
  | 'snapshot'
  | 'volume'
  | 'floating_ip'
  | 'firewall'
  | 'load_balancer'
  | 'dns_zone';

/**
 * One resource as a sweep saw it, in the ledger's terms. Two sweeps of an unchanged resource give equal
 * values: volatile fields are left out, and lists that are sets are sorted.
 */
export interface ObservedResource {
  kind: string;
  provider_id: string;
  name: string;
  region: string | null;
  size_slug: string | null;
  status: string;
  /** Creation at the provider, ISO 8601 UTC; null where the provider has none. */
  created_at: string | null;
  attrs: JsonObject;
}

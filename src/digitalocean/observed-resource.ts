import { z } from 'zod';
import type { JsonValue } from '../runtime/json.ts';

/** The kinds that have a listing of their own; a project URN may name any other. */
export const listedKinds = [
  'droplet',
  'droplet_backup',
  'snapshot',
  'volume',
  'floating_ip',
  'firewall',
  'load_balancer',
  'dns_zone',
] as const;

export type ListedKind = (typeof listedKinds)[number];

const jsonValueSchema: z.ZodType<JsonValue> = z.json();

/**
 * One resource as a sweep saw it, in the ledger's terms. Two sweeps of an unchanged resource give equal
 * values: volatile fields are left out, and lists that are sets are sorted.
 */
export const observedResourceSchema = z.object({
  kind: z.string().min(1),
  provider_id: z.string().min(1),
  name: z.string(),
  region: z.string().nullable(),
  size_slug: z.string().nullable(),
  status: z.string(),
  /** Creation at the provider, ISO 8601 UTC; null where the provider has none. */
  created_at: z.string().nullable(),
  attrs: z.record(z.string(), jsonValueSchema),
});

export type ObservedResource = z.infer<typeof observedResourceSchema>;

import { z } from 'zod';
import type { ObservedResource } from '../observed-resource.ts';
import type { ItemPlace } from '../paging.ts';
import { listedStatus, readObject } from './shared.ts';

const domainSchema = z.object({ name: z.string().min(1), ttl: z.int().nullish() });

/** A domain: its name is its id. `zone_file` is left out: its serial changes with every record. */
export function normaliseDnsZone(raw: unknown, where: ItemPlace): ObservedResource {
  const domain = readObject(domainSchema, raw, where);
  return {
    kind: 'dns_zone',
    provider_id: domain.name,
    name: domain.name,
    region: null,
    size_slug: null,
    status: listedStatus,
    created_at: null,
    attrs: { ttl: domain.ttl ?? null },
  };
}

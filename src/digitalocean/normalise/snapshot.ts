import { z } from 'zod';
import type { ObservedResource } from '../observed-resource.ts';
import type { ItemPlace } from '../paging.ts';
import {
  decimalTextSchema,
  providerIdSchema,
  listedStatus,
  readObject,
  textSetSchema,
  timeSchema,
  type ScopedField,
} from './shared.ts';

const snapshotSchema = z.object({
  id: providerIdSchema,
  name: z.string(),
  created_at: timeSchema,
  regions: textSetSchema,
  min_disk_size: z.int().nullish(),
  size_gigabytes: decimalTextSchema.nullish(),
  resource_id: providerIdSchema.nullish(),
  resource_type: z.string(),
  tags: textSetSchema,
});

/** Fields that the answer lacks where the token lacks the scope. */
export const snapshotScopes: readonly ScopedField[] = [{ field: 'tags', scope: 'tag:read' }];

/** A snapshot of a droplet or of a volume (`attrs.resource_type`); it outlives what it was taken of. */
export function normaliseSnapshot(raw: unknown, where: ItemPlace): ObservedResource {
  const snapshot = readObject(snapshotSchema, raw, where, snapshotScopes);
  return {
    kind: 'snapshot',
    provider_id: snapshot.id,
    name: snapshot.name,
    region: snapshot.regions[0] ?? null,
    size_slug: null,
    status: listedStatus,
    created_at: snapshot.created_at,
    attrs: {
      resource_type: snapshot.resource_type,
      resource_id: snapshot.resource_id ?? null,
      // Null: not known, and not metered as zero.
      size_gigabytes: snapshot.size_gigabytes ?? null,
      min_disk_size: snapshot.min_disk_size ?? null,
      regions: snapshot.regions,
      tags: snapshot.tags,
    },
  };
}

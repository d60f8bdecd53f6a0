import { z } from 'zod';
import type { ObservedResource } from '../observed-resource.ts';
import type { ItemPlace } from '../paging.ts';
import {
  decimalTextSchema,
  providerIdSchema,
  idSetSchema,
  listedStatus,
  readObject,
  regionSchema,
  textSetSchema,
  timeSchema,
  type ScopedField,
} from './shared.ts';

const volumeSchema = z.object({
  id: providerIdSchema,
  name: z.string(),
  description: z.string().nullish(),
  size_gigabytes: decimalTextSchema,
  created_at: timeSchema,
  droplet_ids: idSetSchema,
  region: regionSchema,
  filesystem_type: z.string().nullish(),
  filesystem_label: z.string().nullish(),
  tags: textSetSchema,
});

/** Fields that the answer lacks where the token lacks the scope. */
export const volumeScopes: readonly ScopedField[] = [{ field: 'tags', scope: 'tag:read' }];

/** A block storage volume; `droplet_ids` is empty while it is attached nowhere. */
export function normaliseVolume(raw: unknown, where: ItemPlace): ObservedResource {
  const volume = readObject(volumeSchema, raw, where, volumeScopes);
  return {
    kind: 'volume',
    provider_id: volume.id,
    name: volume.name,
    region: volume.region,
    size_slug: null,
    status: listedStatus,
    created_at: volume.created_at,
    attrs: {
      size_gigabytes: volume.size_gigabytes,
      description: volume.description ?? null,
      droplet_ids: volume.droplet_ids,
      filesystem_type: volume.filesystem_type ?? null,
      filesystem_label: volume.filesystem_label ?? null,
      tags: volume.tags,
    },
  };
}

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
} from './shared.ts';

const backupSchema = z.object({
  id: providerIdSchema,
  name: z.string(),
  created_at: timeSchema,
  regions: textSetSchema,
  min_disk_size: z.int().nullish(),
  size_gigabytes: decimalTextSchema.nullish(),
});

/** An automated backup, as listed under its droplet: the answer itself does not name the droplet. */
export function normaliseDropletBackup(raw: unknown, where: ItemPlace, dropletId: string): ObservedResource {
  const backup = readObject(backupSchema, raw, where);
  return {
    kind: 'droplet_backup',
    provider_id: backup.id,
    name: backup.name,
    region: backup.regions[0] ?? null,
    size_slug: null,
    status: listedStatus,
    created_at: backup.created_at,
    attrs: {
      droplet_id: dropletId,
      // Null: not known, and not metered as zero.
      size_gigabytes: backup.size_gigabytes ?? null,
      min_disk_size: backup.min_disk_size ?? null,
      regions: backup.regions,
    },
  };
}

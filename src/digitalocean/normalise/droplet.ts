import { z } from 'zod';
import type { ObservedResource } from '../observed-resource.ts';
import type { ItemPlace } from '../paging.ts';
import {
  givenIdSchema,
  providerIdSchema,
  idSetSchema,
  readObject,
  regionSchema,
  statusSchema,
  textSetSchema,
  timeSchema,
  type ScopedField,
} from './shared.ts';

const addressSchema = z.object({ ip_address: z.string(), type: z.string().nullish() });
const addressesSchema = z
  .array(addressSchema)
  .nullish()
  .transform((addresses) => addresses ?? []);

const dropletSchema = z.object({
  id: providerIdSchema,
  name: z.string(),
  memory: z.int().nullish(),
  vcpus: z.int().nullish(),
  disk: z.int().nullish(),
  locked: z.boolean().nullish(),
  status: statusSchema,
  created_at: timeSchema,
  features: textSetSchema,
  backup_ids: idSetSchema,
  volume_ids: idSetSchema,
  image: z.object({ id: givenIdSchema.nullish(), slug: z.string().nullish() }).nullish(),
  size: z.object({ slug: z.string().nullish() }).nullish(),
  size_slug: z.string().nullish(),
  networks: z.object({ v4: addressesSchema, v6: addressesSchema }).nullish(),
  region: regionSchema,
  tags: textSetSchema,
  vpc_uuid: z.string().nullish(),
});

/** Fields that the answer lacks where the token lacks the scope. */
export const dropletScopes: readonly ScopedField[] = [
  { field: 'image', scope: 'image:read' },
  { field: 'backup_ids', scope: 'image:read' },
  { field: 'tags', scope: 'tag:read' },
  { field: 'volume_ids', scope: 'block_storage:read' },
];

/**
 * Bound to a scope as well, but a droplet that is just being created lacks it too: the scope is missing only
 * where all droplets lack it.
 */
export const vpcField: ScopedField = { field: 'vpc_uuid', scope: 'vpc:read' };

/**
 * A droplet without its prices (inexact floats), the regions of its size and image, kernel and backup window.
 */
export function normaliseDroplet(raw: unknown, where: ItemPlace): ObservedResource {
  const droplet = readObject(dropletSchema, raw, where, dropletScopes);
  const v4 = droplet.networks?.v4 ?? [];
  const addresses = (type: string): string[] =>
    v4
      .filter((address) => address.type === type)
      .map((address) => address.ip_address)
      .sort();
  return {
    kind: 'droplet',
    provider_id: droplet.id,
    name: droplet.name,
    region: droplet.region,
    size_slug: droplet.size_slug ?? droplet.size?.slug ?? null,
    status: droplet.status,
    created_at: droplet.created_at,
    attrs: {
      memory: droplet.memory ?? null,
      vcpus: droplet.vcpus ?? null,
      disk: droplet.disk ?? null,
      locked: droplet.locked ?? false,
      features: droplet.features,
      image_id: droplet.image?.id ?? null,
      image_slug: droplet.image?.slug ?? null,
      backup_ids: droplet.backup_ids,
      volume_ids: droplet.volume_ids,
      tags: droplet.tags,
      vpc_uuid: droplet.vpc_uuid ?? null,
      ipv4_public: addresses('public'),
      ipv4_private: addresses('private'),
      ipv6: (droplet.networks?.v6 ?? []).map((address) => address.ip_address).sort(),
    },
  };
}

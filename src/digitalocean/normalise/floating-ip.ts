import { z } from 'zod';
import type { ObservedResource } from '../observed-resource.ts';
import type { ItemPlace } from '../paging.ts';
import { givenIdSchema, readObject, regionSchema, type ScopedField } from './shared.ts';

const floatingIpSchema = z.object({
  ip: z.string().min(1),
  region: regionSchema,
  droplet: z.object({ id: givenIdSchema }).nullable(),
  locked: z.boolean().nullish(),
});

/** Fields that the answer lacks where the token lacks the scope. */
export const floatingIpScopes: readonly ScopedField[] = [{ field: 'droplet', scope: 'droplet:read' }];

/** A floating or reserved IP, the same product under two names: the address is its id. */
export function normaliseFloatingIp(raw: unknown, where: ItemPlace): ObservedResource {
  const floatingIp = readObject(floatingIpSchema, raw, where, floatingIpScopes);
  return {
    kind: 'floating_ip',
    provider_id: floatingIp.ip,
    name: floatingIp.ip,
    region: floatingIp.region,
    size_slug: null,
    status: floatingIp.droplet === null ? 'unassigned' : 'assigned',
    created_at: null,
    attrs: { droplet_id: floatingIp.droplet?.id ?? null, locked: floatingIp.locked ?? false },
  };
}

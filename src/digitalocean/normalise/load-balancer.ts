import { z } from 'zod';
import type { ObservedResource } from '../observed-resource.ts';
import type { ItemPlace } from '../paging.ts';
import {
  providerIdSchema,
  idSetSchema,
  readObject,
  regionSchema,
  sortedObjects,
  statusSchema,
  timeSchema,
} from './shared.ts';

const forwardingRuleSchema = z
  .object({
    entry_protocol: z.string(),
    entry_port: z.int(),
    target_protocol: z.string(),
    target_port: z.int(),
    certificate_id: z.string().nullish(),
    tls_passthrough: z.boolean().nullish(),
  })
  .transform((rule) => ({
    ...rule,
    certificate_id: rule.certificate_id ?? '',
    tls_passthrough: rule.tls_passthrough ?? false,
  }));

const loadBalancerSchema = z.object({
  id: providerIdSchema,
  name: z.string(),
  ip: z.string().nullish(),
  status: statusSchema,
  created_at: timeSchema,
  region: regionSchema,
  algorithm: z.string().nullish(),
  forwarding_rules: z.array(forwardingRuleSchema).nullish(),
  droplet_ids: idSetSchema,
  tag: z.string().nullish(),
  size: z.string().nullish(),
  size_unit: z.int().nullish(),
  type: z.string().nullish(),
  network: z.string().nullish(),
  vpc_uuid: z.string().nullish(),
});

/**
 * A load balancer. It has no address while it is new, no region when it is global; the empty strings for
 * "none" read null.
 */
export function normaliseLoadBalancer(raw: unknown, where: ItemPlace): ObservedResource {
  const balancer = readObject(loadBalancerSchema, raw, where);
  return {
    kind: 'load_balancer',
    provider_id: balancer.id,
    name: balancer.name,
    region: balancer.region,
    size_slug: balancer.size || null,
    status: balancer.status,
    created_at: balancer.created_at,
    attrs: {
      ip: balancer.ip || null,
      algorithm: balancer.algorithm || null,
      forwarding_rules: sortedObjects(balancer.forwarding_rules ?? []),
      droplet_ids: balancer.droplet_ids,
      tag: balancer.tag || null,
      size_unit: balancer.size_unit ?? null,
      type: balancer.type ?? null,
      network: balancer.network ?? null,
      vpc_uuid: balancer.vpc_uuid ?? null,
    },
  };
}

import { z } from 'zod';
import type { JsonObject } from '../../runtime/json.ts';
import type { ObservedResource } from '../observed-resource.ts';
import type { ItemPlace } from '../paging.ts';
import {
  providerIdSchema,
  idSetSchema,
  readObject,
  sortedObjects,
  statusSchema,
  textSetSchema,
  timeSchema,
  type ScopedField,
} from './shared.ts';

const peersSchema = z
  .object({
    addresses: textSetSchema,
    droplet_ids: idSetSchema,
    load_balancer_uids: textSetSchema,
    kubernetes_ids: textSetSchema,
    tags: textSetSchema,
  })
  .nullish();

const ruleSchema = z.object({
  protocol: z.string(),
  ports: z.union([z.string(), z.int()]).nullish(),
  sources: peersSchema,
  destinations: peersSchema,
});

const firewallSchema = z.object({
  id: providerIdSchema,
  name: z.string(),
  status: statusSchema,
  created_at: timeSchema,
  droplet_ids: idSetSchema,
  tags: textSetSchema,
  inbound_rules: z.array(ruleSchema).nullish(),
  outbound_rules: z.array(ruleSchema).nullish(),
});

/** Fields that the answer lacks where the token lacks the scope. */
export const firewallScopes: readonly ScopedField[] = [
  { field: 'droplet_ids', scope: 'droplet:read' },
  { field: 'tags', scope: 'tag:read' },
];

/** A firewall with its rules and droplets, without `pending_changes`, which changes on its own. */
export function normaliseFirewall(raw: unknown, where: ItemPlace): ObservedResource {
  const firewall = readObject(firewallSchema, raw, where, firewallScopes);
  return {
    kind: 'firewall',
    provider_id: firewall.id,
    name: firewall.name,
    region: null,
    size_slug: null,
    status: firewall.status,
    created_at: firewall.created_at,
    attrs: {
      inbound_rules: sortedObjects((firewall.inbound_rules ?? []).map(normaliseRule)),
      outbound_rules: sortedObjects((firewall.outbound_rules ?? []).map(normaliseRule)),
      droplet_ids: firewall.droplet_ids,
      tags: firewall.tags,
    },
  };
}

type Peers = z.infer<typeof peersSchema>;

function normaliseRule(rule: z.infer<typeof ruleSchema>): JsonObject {
  return {
    protocol: rule.protocol,
    ports: normalisePorts(rule.protocol, String(rule.ports ?? '')),
    ...(rule.sources ? { sources: withoutEmpty(rule.sources) } : {}),
    ...(rule.destinations ? { destinations: withoutEmpty(rule.destinations) } : {}),
  };
}

/**
 * DigitalOcean answers "all" with "0" for TCP and UDP: both spellings mean the same rule. ICMP has no ports
 * and always answers "0".
 */
function normalisePorts(protocol: string, ports: string): string {
  return ports === '0' && protocol !== 'icmp' ? 'all' : ports;
}

/** Without empty lists of peers: DigitalOcean answers with an empty list or without it for the same rule. */
function withoutEmpty(peers: NonNullable<Peers>): JsonObject {
  return Object.fromEntries(Object.entries(peers).filter(([, members]) => members.length > 0));
}

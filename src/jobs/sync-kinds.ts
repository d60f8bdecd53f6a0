import { z } from 'zod';
import { dropletsWithBackups } from '../../projections/inventory/sweep-queries.ts';
import type { ListedKind } from '../digitalocean/observed-resource.ts';
import { defineJob } from './job.ts';
import type { Job, QueueName } from './job.ts';
import { sweepKind } from '../processes/sync/sweep-kind.ts';
import type { ListKind } from '../processes/sync/sweep-kind.ts';
import type { SweepResult } from '../processes/sync/sweep-result.ts';

interface KindSync {
  name: string;
  kind: ListedKind;
  queue: QueueName;
  cron: string;
  summary: string;
  list: ListKind;
}

function syncJob({
  name,
  kind,
  queue,
  cron,
  summary,
  list,
}: KindSync): Job<Record<string, never>, SweepResult> {
  return defineJob({
    name,
    queue,
    cron,
    summary,
    input: z.strictObject({}),
    run: (_input, deps, run) => sweepKind(kind, list, deps, run),
  });
}

const full = { queue: 'cloud_sync_full', cron: '*/15 * * * *' } as const;

/** The syncs of single kinds (spec 14); projects have a walk of their own. */
export const kindSyncs: readonly Job<Record<string, never>, SweepResult>[] = [
  syncJob({
    name: 'sync.droplets',
    kind: 'droplet',
    queue: 'cloud_sync_fast',
    cron: '* * * * *',
    summary: 'Mirror droplets, GPU droplets included',
    list: (client) => client.listDroplets(),
  }),
  syncJob({
    name: 'sync.domains',
    kind: 'dns_zone',
    ...full,
    summary: 'Mirror DNS zones',
    list: (client) => client.listDomains(),
  }),
  syncJob({
    name: 'sync.volumes',
    kind: 'volume',
    ...full,
    summary: 'Mirror volumes',
    list: (client) => client.listVolumes(),
  }),
  syncJob({
    name: 'sync.floating_ips',
    kind: 'floating_ip',
    ...full,
    summary: 'Mirror floating and reserved IPs',
    list: (client) => client.listFloatingIps(),
  }),
  syncJob({
    name: 'sync.firewalls',
    kind: 'firewall',
    ...full,
    summary: 'Mirror firewalls',
    list: (client) => client.listFirewalls(),
  }),
  syncJob({
    name: 'sync.load_balancers',
    kind: 'load_balancer',
    ...full,
    summary: 'Mirror load balancers',
    list: (client) => client.listLoadBalancers(),
  }),
  syncJob({
    name: 'sync.snapshots',
    kind: 'snapshot',
    queue: 'cloud_sync_full',
    cron: '33 * * * *',
    summary: 'Mirror snapshots of droplets and volumes',
    list: (client) => client.listSnapshots(),
  }),
  syncJob({
    name: 'sync.backups',
    kind: 'droplet_backup',
    queue: 'cloud_sync_slow',
    cron: '41 * * * *',
    summary: 'Mirror the automated backups of every droplet that has any',
    list: async (client, { ledger }) => client.listBackups(await ledger.readLatest(dropletsWithBackups)),
  }),
];

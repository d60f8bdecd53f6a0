import { z } from 'zod';
import { dropletsWithBackups } from '../../projections/inventory/sweep-queries.ts';
import type { ListedKind } from '../digitalocean/observed-resource.ts';
import { sweepKind, type ListKind } from '../processes/sync/sweep-kind.ts';
import type { SweepResult } from '../processes/sync/sweep-result.ts';
import { defineJob, type Job, type QueueName } from './job.ts';
import { schedule } from './schedule.ts';

interface KindSync {
  name: keyof typeof schedule;
  kind: ListedKind;
  /** Default: `cloud_sync_full`. */
  queue?: QueueName;
  summary: string;
  list: ListKind;
}

/** The syncs of single kinds (spec 14); projects have a sync of their own. */
const kinds: readonly KindSync[] = [
  {
    name: 'sync.droplets',
    kind: 'droplet',
    queue: 'cloud_sync_fast',
    summary: 'Mirror droplets, GPU droplets included',
    list: (client) => client.listDroplets(),
  },
  {
    name: 'sync.domains',
    kind: 'dns_zone',
    summary: 'Mirror DNS zones',
    list: (client) => client.listDomains(),
  },
  {
    name: 'sync.volumes',
    kind: 'volume',
    summary: 'Mirror volumes',
    list: (client) => client.listVolumes(),
  },
  {
    name: 'sync.floating_ips',
    kind: 'floating_ip',
    summary: 'Mirror floating and reserved IPs',
    list: (client) => client.listFloatingIps(),
  },
  {
    name: 'sync.firewalls',
    kind: 'firewall',
    summary: 'Mirror firewalls',
    list: (client) => client.listFirewalls(),
  },
  {
    name: 'sync.load_balancers',
    kind: 'load_balancer',
    summary: 'Mirror load balancers',
    list: (client) => client.listLoadBalancers(),
  },
  {
    name: 'sync.snapshots',
    kind: 'snapshot',
    summary: 'Mirror snapshots of droplets and volumes',
    list: (client) => client.listSnapshots(),
  },
  {
    name: 'sync.backups',
    kind: 'droplet_backup',
    queue: 'cloud_sync_slow',
    summary: 'Mirror the automated backups of every droplet that has any',
    list: async (client, { ledger }) => client.listBackups(await ledger.readLatest(dropletsWithBackups)),
  },
];

export const kindSyncs: readonly Job<Record<string, never>, SweepResult>[] = kinds.map(
  ({ name, kind, queue = 'cloud_sync_full', summary, list }) =>
    defineJob({
      name,
      queue,
      cron: schedule[name],
      summary,
      input: z.strictObject({}),
      run: (_input, deps, run) => sweepKind(kind, list, deps, run),
    }),
);

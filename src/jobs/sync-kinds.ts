import { z } from 'zod';
import { dropletsWithBackups } from '../../projections/inventory/sweep-queries.ts';
import type { ListedKind } from '../digitalocean/observed-resource.ts';
import { runTieRules } from '../processes/ties/run-tie-rules.ts';
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
  /** Whether what it finds may be tied by a rule. */
  ruled?: true;
}

/** The syncs of single kinds (spec 14); projects have a sync of their own. */
const kinds: readonly KindSync[] = [
  {
    name: 'sync.droplets',
    kind: 'droplet',
    queue: 'cloud_sync_fast',
    summary: 'Mirror droplets, GPU droplets included',
    list: (client) => client.listDroplets(),
    ruled: true,
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
    ruled: true,
  },
  {
    name: 'sync.backups',
    kind: 'droplet_backup',
    queue: 'cloud_sync_slow',
    summary: 'Mirror the automated backups of every droplet that has any',
    list: async (client, { ledger }) => client.listBackups(await ledger.readLatest(dropletsWithBackups)),
    ruled: true,
  },
];

export const kindSyncs: readonly Job<Record<string, never>, SweepResult>[] = kinds.map(
  ({ name, kind, queue = 'cloud_sync_full', summary, list, ruled = false }) =>
    defineJob({
      name,
      queue,
      cron: schedule[name],
      summary,
      input: z.strictObject({}),
      async run(_input, deps, run) {
        const result = await sweepKind(kind, list, deps, run);
        if (ruled && result.changed > 0) await runTieRules(deps.ledger, run);
        return result;
      },
    }),
);

// A stand-in with an account of 10,000 droplets, in a process of its own: its memory is not that of the
// mirror. It sends where it listens, and how many requests it had since it was last asked.
import {
  aSnapshot,
  aVolume,
  aProject,
  emptyAccount,
  startDigitalOceanSimulator,
  type Account,
} from '../../simulators/digitalocean/index.ts';
import { largeDroplet } from '../support/digitalocean/large-droplet.ts';
import { runsAs } from './programs.ts';

/** Droplets of the account. Each project has as many of them, and each tenth has a volume and a snapshot. */
export const DROPLETS = 10_000;
const PROJECTS = 20;

/** More than the figures send: each sweep is measured without the waits of a budget. */
export const unlimited = { perMinute: 1_000_000, perHour: 1_000_000 };

/** What the process sends first. */
export interface LargeAccount {
  url: string;
  token: string;
}

function largeAccount(): Account {
  const account = emptyAccount();
  account.projects.push(...Array.from({ length: PROJECTS }, () => aProject()));
  for (let number = 0; number < DROPLETS; number += 1) {
    const droplet = largeDroplet();
    account.droplets.push(droplet);
    const project = account.projects[number % PROJECTS]?.id ?? '';
    (account.project_resources[project] ??= []).push({
      urn: `do:droplet:${droplet.id}`,
      assigned_at: '2026-01-06T00:00:00Z',
      links: { self: 'https://api.digitalocean.com/v2/' },
      status: 'ok',
    });
    if (number % 10 > 0) continue;
    account.volumes.push(aVolume({ droplet_ids: [droplet.id] }));
    account.snapshots.push(aSnapshot({ resource_id: String(droplet.id) }));
  }
  return account;
}

// The parent imports this file for its constants and types; only a child process runs what follows.
if (process.send !== undefined && runsAs('large-account')) {
  const { url, token, requests } = await startDigitalOceanSimulator({
    account: largeAccount(),
    limits: unlimited,
  });
  process.on('message', () => {
    process.send?.(requests.length);
    requests.length = 0;
  });
  process.send({ url, token } satisfies LargeAccount);
}

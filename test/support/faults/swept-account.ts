/** An account that changes from sweep to sweep, in two copies: one is swept without a disturbance. */
import {
  aBackup,
  aDroplet,
  aProject,
  aSnapshot,
  aVolume,
  emptyAccount,
  urnOf,
  type Account,
} from '../../../simulators/digitalocean/index.ts';
import { resourceIdOf } from '../../../src/ledger/resource-id.ts';
import { ok } from '../http/api.ts';
import { startTestLedger, type TestLedger } from '../ledger/test-ledger.ts';
import { completed } from '../processes/sync-run.ts';

/** The jobs of a sweep, in the order that a fresh account needs; other kinds are swept as volumes are. */
export const sweepJobs = [
  ...['sync.sizes', 'sync.droplets', 'sync.projects', 'sync.volumes', 'sync.snapshots', 'sync.backups'],
  'drift.detect',
];

const [small, large] = ['s-1vcpu-1gb', 's-2vcpu-4gb'];
const home = aProject({ name: 'home', is_default: true });
const shop = aProject({ name: 'shop' });
const web = aDroplet({ name: 'web', size_slug: small });
const moved = aDroplet({ name: 'moved' });
const volume = aVolume();

const account = (): Account =>
  structuredClone({
    ...emptyAccount(),
    droplets: [web, moved],
    volumes: [volume],
    projects: [home, shop],
    project_resources: {},
  });

const urn = (kind: 'droplet' | 'volume', id: string | number): string => urnOf(kind, id) ?? '';

/** Starts a ledger on its copy: a project has a rule that ties what is in it, and a droplet has a spec. */
export async function startSwept(): Promise<TestLedger> {
  const limits = { perMinute: 1_000_000, perHour: 1_000_000 };
  const ledger = await startTestLedger({
    now: '2026-05-09T01:00:00.000Z',
    ...{ digitalOcean: { account: account(), limits }, postgresLog: true },
  });
  const { api, digitalOcean } = ledger;
  digitalOcean.assign(urn('droplet', web.id), shop.id);
  digitalOcean.assign(urn('droplet', moved.id), home.id);
  digitalOcean.assign(urn('volume', volume.id), shop.id);
  await sweep(ledger);
  const deployment = { tenant_id: 'acme', slug: 'shop', display_name: 'Shop' };
  const { data } = await ok(api.post('deployments', deployment), 201);
  await ok(api.post(`projects/${shop.id}/assign`, { tenant_id: 'acme' }));
  await ok(api.post(`projects/${shop.id}/deploys`, { deployment_id: data.id }));
  return ledger;
}

/** A whole sweep, in order. */
export async function sweep(ledger: TestLedger): Promise<void> {
  for (const job of sweepJobs) await completed(ledger, job);
}

/**
 * The changes of a round: something of each kind is new or differs. They are the same in each copy, and of
 * the same form in each round.
 */
export function changesOf(round: number): (ledger: TestLedger) => Promise<void> {
  const created = {
    droplet: aDroplet({ name: `web-${round}` }),
    snapshot: aSnapshot({ resource_id: String(web.id) }),
    backup: aBackup(),
  };
  const database = `do:dbaas:00000000-0000-4000-8000-${String(round).padStart(12, '0')}`;
  const isOdd = round % 2 === 1;
  return async ({ api, digitalOcean: simulator }) => {
    const { droplet, backup, snapshot } = structuredClone(created);
    const known = (name: string) => simulator.account.droplets.find((one) => one.name === name);
    const [before, old] = [known(`web-${round - 1}`), known(`web-${round - 2}`)];
    // It gets its place when its sweep has seen it: of two jobs side by side either may come first.
    if (before !== undefined) simulator.assign(urn('droplet', before.id), shop.id);
    if (old !== undefined) simulator.remove('droplet', old.id);
    simulator.create('droplet', droplet);
    simulator.create('snapshot', snapshot);
    simulator.account.backups[String(web.id)] = [backup];
    simulator.update('droplet', web.id, { name: `web ${round}`, backup_ids: [backup.id] });
    simulator.move(urn('droplet', moved.id), isOdd ? shop.id : home.id);
    simulator.assign(database, home.id);
    simulator.update('project', shop.id, { description: `round ${round}` });
    simulator.rename('volume', volume.id, `volume ${round}`);
    simulator.changeSize(large, { memory: 4_096 + round });
    // Its mirror differs from its spec before the next sweep of droplets too.
    const spec = { size_slug: isOdd ? large : small };
    await ok(api.post(`inventory/${resourceIdOf('droplet', String(web.id))}/provisioned`, { spec }));
  };
}

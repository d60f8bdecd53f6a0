/** Helpers of the metering tests: a small account, tied to one deployment. */
import { aDomain, aDroplet, aSnapshot, emptyAccount } from '../../../simulators/digitalocean/index.ts';
import { ok, type Json } from '../http/api.ts';
import { startTestLedger, type TestLedger } from '../ledger/test-ledger.ts';

export const tenant = 'dashboard-pilot';

/** A mirrored account: 2 droplets, 2 zones, 3 snapshots (48 GB in all). */
export interface MeteredAccount extends TestLedger {
  /** Resource ids by the provider's name. */
  resources: Map<string, string>;
  /** A deployment of {@link tenant}; returns its id. */
  deployment(slug: string, tenantId?: string): Promise<string>;
  /** Ties resources by name from a day on. */
  tie(deploymentId: string, names: readonly string[], effective_from: string): Promise<void>;
  /** Runs metering.day over HTTP and returns its result. */
  meterDay(day: string): Promise<Json>;
  /** The whole usage answer of a deployment and month. */
  usage(deploymentId: string, period: string): Promise<Json>;
}

const account = () => ({
  ...emptyAccount(),
  droplets: [aDroplet({ name: 'web-1' }), aDroplet({ name: 'web-2' })],
  domains: [aDomain({ name: 'one.example' }), aDomain({ name: 'two.example' })],
  snapshots: [
    aSnapshot({ name: 'snap-1', size_gigabytes: 4.5 }),
    aSnapshot({ name: 'snap-2', size_gigabytes: 12.5 }),
    aSnapshot({ name: 'snap-3', size_gigabytes: 31 }),
  ],
});

export const allNames = ['web-1', 'web-2', 'one.example', 'two.example', 'snap-1', 'snap-2', 'snap-3'];

/** Starts a ledger and mirrors the account. */
export async function startMeteredAccount(): Promise<MeteredAccount> {
  const ledger = await startTestLedger({ digitalOcean: { account: account() } });
  const { api } = ledger;
  const run = async (name: string, input: object = {}): Promise<Json> => {
    const { data } = await ok(api.post(`jobs/${name}/run`, input));
    if (data.status !== 'completed') throw new Error(`${name}: ${data.error}`);
    return data.result;
  };
  for (const name of ['sync.droplets', 'sync.domains', 'sync.snapshots']) await run(name);
  const { data } = await ok(api.get('inventory?limit=500'));
  const resources = new Map<string, string>(data.map((row: Json) => [row.name, row.id]));
  return Object.assign(Object.create(ledger) as TestLedger, {
    resources,
    deployment: async (slug: string, tenant_id = tenant) =>
      (await ok(api.post('deployments', { tenant_id, slug, display_name: slug }), 201)).data.id as string,
    async tie(deploymentId: string, names: readonly string[], effective_from: string) {
      for (const name of names)
        await ok(
          api.post(`deployments/${deploymentId}/resources`, {
            resource_id: resources.get(name),
            effective_from,
          }),
          201,
        );
    },
    meterDay: (day: string) => run('metering.day', { day }),
    usage: async (deploymentId: string, period: string) =>
      ok(api.get(`usage?deployment_id=${deploymentId}&period=${period}&limit=500`)),
  });
}

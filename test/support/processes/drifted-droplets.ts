import { aDroplet, type Droplet, type FaultRule } from '../../../simulators/digitalocean/index.ts';
import { ok, type Json } from '../http/api.ts';
import type { TestLedger } from '../ledger/test-ledger.ts';
import { completed } from './sync-run.ts';

export const smallSize = 's-1vcpu-1gb';
export const largeSize = 's-2vcpu-4gb';

/** A droplet whose finding is open. */
export interface Drifted {
  droplet: Droplet;
  finding: Json;
  name: string;
  resource_id: string;
}

/** What tests of reverts do on a ledger with a stand-in and a write token. */
export function driftedDroplets(test: TestLedger) {
  let n = 0;
  /** Its finding with a status, null where it has none. */
  async function findingOf(name: string, status = 'open'): Promise<Json> {
    await test.settled();
    const { data } = await ok(test.api.get(`drift?status=${status}&limit=500`));
    return data.find((one: Json) => one.name === name) ?? null;
  }
  return {
    findingOf,
    /** A droplet of another size than its spec, or drifted otherwise, with the open finding of that. */
    async drifted(fields: Partial<Droplet> = {}, spec: Json = { size_slug: smallSize }): Promise<Drifted> {
      const name = `web-${++n}`;
      const droplet = aDroplet({ name, size_slug: largeSize, disk: 25, ...fields });
      test.digitalOcean.create('droplet', droplet);
      await completed(test, 'sync.droplets');
      await test.settled();
      const { data } = await ok(test.api.get('inventory?limit=500'));
      const { id } = data.find((one: Json) => one.name === name);
      await ok(test.api.post(`inventory/${id}/provisioned`, { spec }));
      await completed(test, 'drift.detect');
      return { droplet, finding: await findingOf(name), name, resource_id: id };
    },
    /** Asks for the revert of its finding. */
    async ask({ finding, name }: Drifted): Promise<Json> {
      return (await ok(test.api.post(`drift/${finding.id}/revert`, { confirm: name }), 202)).data;
    },
    /** Reverts its finding, and answers the job run at its end. */
    async revert(one: Drifted): Promise<Json> {
      const { run_id } = await this.ask(one);
      await test.jobs.drain();
      return (await ok(test.api.get(`jobs/runs/${run_id}`))).data;
    },
    /** Reverts its finding, and does something at each of the pauses. */
    async revertWhile(one: Drifted, atPause: () => Promise<void>): Promise<Json> {
      const { provisioning } = test.processDeps;
      if (provisioning === null || provisioning === undefined)
        throw new Error('no token may change droplets');
      const sleep = provisioning.sleep.bind(provisioning);
      provisioning.sleep = async (milliseconds) => {
        await atPause();
        await sleep(milliseconds);
      };
      try {
        return await this.revert(one);
      } finally {
        provisioning.sleep = sleep;
      }
    },
    /** The types of all actions of a droplet. */
    started: (droplet: Droplet): string[] =>
      test.digitalOcean.actions.filter((one) => one.resource_id === droplet.id).map((one) => one.type),
    /** What goes wrong with the next request for an action. */
    fault: (rule: FaultRule) =>
      test.digitalOcean.faults.inject({
        ...{ method: 'POST', path: '/v2/droplets/*/actions', times: 1 },
        ...rule,
      }),
  };
}

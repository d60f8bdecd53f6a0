import { expect } from 'chai';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { emptyAccount } from '../../../simulators/digitalocean/index.ts';
import { createRevertStarter } from '../../../src/jobs/start-revert.ts';
import type { Service } from '../../../src/open-service.ts';
import type { Provisioning } from '../../../src/processes/process.ts';
import { requestRevert } from '../../../src/processes/revert/request-revert.ts';
import { admin } from '../../support/commands/command-spec.ts';
import { startTestRedis, type TestRedis } from '../../support/embedded/test-redis.ts';
import { ok, type Json } from '../../support/http/api.ts';
import { quick } from '../../support/jobs/worker-stage.ts';
import { startTestLedger, type TestLedger } from '../../support/ledger/test-ledger.ts';
import { driftedDroplets, type Drifted } from '../../support/processes/drifted-droplets.ts';
import { until } from '../../support/runtime/until.ts';

const all = ['power_off', 'resize', 'power_on'];

describe('reverts that several processes may run', () => {
  let redis: TestRedis;
  let test: TestLedger;
  let of: ReturnType<typeof driftedDroplets>;
  before(async () => {
    redis = await startTestRedis();
    test = await startTestLedger({
      ...{ digitalOcean: { account: emptyAccount() }, writes: true },
      worker: { redis: redis.target, times: quick, retries: { attempts: 2, backoffMs: 20 } },
    });
    of = driftedDroplets(test);
    await test.worker?.started;
  });
  after(async () => {
    await test.close();
    await redis.stop();
  });

  const provisioning = (): Provisioning => {
    const { provisioning: own } = test.processDeps;
    if (own === null || own === undefined) throw new Error('no token may change droplets');
    return own;
  };
  /** Another service, which may change droplets too. */
  const beside = (settles: boolean, changes: Partial<Provisioning> = {}): Promise<Service> =>
    test.openBeside({
      ...{ settles, digitalOcean: test.processDeps.digitalOcean },
      provisioning: { ...provisioning(), ...changes },
    });
  /** A request that is recorded, after which its process has died. */
  async function recorded({ finding, resource_id, name }: Drifted): Promise<string> {
    const input = { drift_id: finding.id, resource_id, confirm: name };
    const { revert } = await requestRevert(test.processDeps, input, test.meta());
    await test.settled();
    return revert.run_id;
  }
  const ended = (runId: string): Promise<Json> =>
    until(
      'the end of the revert',
      async () => (await test.api.get(`jobs/runs/${runId}`)).body.data,
      (run: Json) => run?.status === 'completed',
    );

  it('are queued by a request and run by a worker', async () => {
    const one = await of.drifted();
    const { run_id } = await of.ask(one);
    const [first, same] = [await ok(test.api.get(`jobs/runs/${run_id}`)), await of.ask(one)];
    expect([first.data.job, same.run_id]).to.deep.equal(['drift.revert', run_id]);
    expect(await ended(run_id)).to.include({ trigger: 'schedule', actor: 'job:drift.revert', error: null });
    expect(of.started(one.droplet)).to.deep.equal(all);
  });

  it('are taken up where the request was never queued, at the start of a service', async () => {
    const one = await of.drifted();
    const runId = await recorded(one);
    const service = await beside(true);
    try {
      expect(await ended(runId)).to.include({ actor: 'job:drift.revert', error: null });
      expect(of.started(one.droplet)).to.deep.equal(all);
    } finally {
      await service.close();
    }
  });

  it('are taken up once the lease of their process is over, and not before', async () => {
    const one = await of.drifted();
    const runId = await recorded(one);
    await test.jobs.expect('drift.revert', { run_id: runId }, admin);
    const starter = createRevertStarter(test.ledger, test.jobs, test.worker);
    await starter.takeUp();
    const queued = async (): Promise<number> =>
      (await test.sql`select from queued_runs where job = 'drift.revert'`).length;
    expect([await queued(), of.started(one.droplet)]).to.deep.equal([0, []]);
    await test.sql`update job_runs set lease_until = now() - interval '1 second' where id = ${runId}`;
    await starter.takeUp();
    await ended(runId);
    expect(of.started(one.droplet)).to.deep.equal(all);
    await starter.takeUp();
    expect(await queued()).to.equal(0);
  });

  it('start each action once where two processes run them at once', async () => {
    const one = await of.drifted();
    const runId = await recorded(one);
    let sending = 0;
    const shared = provisioning();
    // Its time is virtual: without this one would wait for minutes while the other sends a request.
    const patient: Partial<Provisioning> = {
      async startAction(...request) {
        sending += 1;
        return shared.startAction(...request).finally(() => (sending -= 1));
      },
      async sleep(milliseconds) {
        while (sending > 0) await nextTurn();
        await shared.sleep(milliseconds);
      },
    };
    const services = [await beside(false, patient), await beside(false, patient)];
    try {
      const runs = services.map(({ jobs }) => jobs.run('drift.revert', { run_id: runId }, { actor: admin }));
      const statuses = (await Promise.all(runs)).map(({ status }) => status);
      expect(statuses).to.deep.equal(['completed', 'completed']);
      expect(of.started(one.droplet)).to.deep.equal(all);
      const { events } = (await ok(test.api.get(`inventory/${one.resource_id}`))).data;
      const count = (type: string): number => events.filter((event: Json) => event.type === type).length;
      expect(['RevertStepIntended', 'RevertStepStarted', 'DriftReverted'].map(count)).to.deep.equal([
        3, 3, 1,
      ]);
    } finally {
      await Promise.all(services.map((service) => service.close()));
    }
  });

  it('are left to a process with the token by one without it', async () => {
    const one = await of.drifted();
    const runId = await recorded(one);
    const without = await test.openBeside({ settles: true, digitalOcean: test.processDeps.digitalOcean });
    const service = await beside(true);
    try {
      await ended(runId);
      expect(of.started(one.droplet)).to.deep.equal(all);
    } finally {
      await Promise.all([without.close(), service.close()]);
    }
  });
});

import { expect } from 'chai';
import { outdatedDays } from '../../../projections/usage/tie-queries.ts';
import { aProject } from '../../../simulators/digitalocean/index.ts';
import { syncProjectsJob } from '../../../src/jobs/sync-projects.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import { commands } from '../../../src/processes/commands.ts';
import { meterOutdatedDays } from '../../../src/processes/metering/meter-outdated-days.ts';
import type { ProcessRun } from '../../../src/processes/process.ts';
import { createTieTakeUp } from '../../../src/processes/ties/take-up-ties.ts';
import { ok } from '../../support/http/api.ts';
import { until } from '../../support/runtime/until.ts';
import { startMeteredAccount, tenant, type MeteredAccount } from '../../support/processes/metered-account.ts';

const days = ['2026-05-05', '2026-05-06', '2026-05-07'];
const silent = { warn: () => undefined };

describe('metering that a tie was cut off from', () => {
  let account: MeteredAccount;
  let shop: string;
  let blog: string;
  before(async () => {
    account = await startMeteredAccount();
    shop = await account.deployment('shop');
    blog = await account.deployment('blog', 'globex');
    await account.tie(blog, ['web-2'], '2026-05-05');
    for (const day of days) await account.meterDay(day);
  });
  after(() => account.close());

  const run = (): { meta: ProcessRun['meta'] } => ({ meta: () => account.meta() });
  const idOf = (name: string): string => account.resources.get(name) ?? '';
  const hours = async (deployment: string) =>
    (await account.usage(deployment, '2026-05')).summary.droplet_hours as string | undefined;
  const outdated = () => account.ledger.readLatest((db) => outdatedDays(db));
  /** The ledger of a process that dies when it is about to meter. */
  const dying = (): Ledger =>
    Object.assign(Object.create(account.ledger) as Ledger, {
      execute: async (...args: Parameters<Ledger['execute']>) => {
        if (args[0].name === commands.meterDeploymentDay.name) throw new Error('killed');
        return account.ledger.execute(...args);
      },
    });
  const settled = async (): Promise<void> => {
    const before = await account.eventCount();
    expect(await outdated()).to.deep.equal([]);
    expect(await meterOutdatedDays(account.ledger, run())).to.equal(0);
    expect(await account.eventCount()).to.equal(before);
  };

  it('is made up by the next metering run, after a tie and after its end', async () => {
    const resource_id = idOf('web-1');
    const tie = { resource_id, deployment_id: shop, effective_from: '2026-05-06' };
    await account.ledger.execute(commands.tieResource, tie, account.meta());
    expect(await outdated()).to.deep.equal(days.slice(1).map((day) => ({ deployment_id: shop, day })));
    expect(await hours(shop)).to.equal(undefined);
    await account.meterDay('2026-05-08');
    expect(await hours(shop)).to.equal('72');
    await settled();
    const end = { resource_id, deployment_id: shop, effective_to: '2026-05-07' };
    await account.ledger.execute(commands.untieResource, end, account.meta());
    expect((await outdated()).map(({ day }) => day)).to.deep.equal(['2026-05-07', '2026-05-08']);
    await account.meterDay('2026-05-08');
    expect(await hours(shop)).to.equal('24');
    await settled();
  });

  it('is made up after a start, with the ties that follow', async () => {
    const resource_id = idOf('web-1');
    const tie = { resource_id, deployment_id: blog, effective_from: '2026-05-07' };
    await account.ledger.execute(commands.tieResource, tie, account.meta());
    const failed: unknown[] = [];
    const dead = createTieTakeUp(dying(), { warn: (...said: unknown[]) => failed.push(said) });
    await dead();
    expect(failed).to.have.length(1);
    expect(await hours(blog)).to.equal('96');
    const takeUp = createTieTakeUp(account.ledger, silent);
    await takeUp();
    expect(await hours(blog)).to.equal('144');
    await settled();
  });

  it('is made up by a service that starts', async () => {
    const end = { resource_id: idOf('web-1'), deployment_id: blog, effective_to: '2026-05-08' };
    await account.ledger.execute(commands.untieResource, end, account.meta());
    expect(await outdated()).to.have.length(1);
    const beside = await account.openBeside({ settles: true });
    await until('a day metered anew', async () => (await outdated()).length === 0);
    await beside.close();
    expect(await hours(blog)).to.equal('120');
    await settled();
  });

  it('is made up by the next sync of projects, after a rule', async () => {
    const project = aProject({ name: 'customers' });
    account.digitalOcean.create('project', project);
    account.digitalOcean.assign('do:domain:one.example', String(project.id));
    await ok(account.api.post('jobs/sync.projects/run', {}));
    const rule = { project_id: String(project.id), deployment_id: shop };
    await account.ledger.execute(commands.setProjectRule, rule, account.meta());
    account.clock.advance(2 * 86_400_000);
    for (const day of ['2026-05-09', '2026-05-10']) await account.meterDay(day);
    const actor = account.meta().actor;
    const jobRun = { ...run(), actor, runId: 'killed', progress: () => undefined, queue: null };
    const killed = syncProjectsJob.run({}, { ...account.processDeps, ledger: dying() }, jobRun);
    expect(await killed.catch((error: Error) => error.message)).to.equal('killed');
    const zones = async () => (await account.usage(shop, '2026-05')).summary.dns_zones as string | undefined;
    expect(await zones()).to.equal(undefined);
    const { data } = await ok(account.api.get(`inventory/${idOf('one.example')}`));
    expect(data.tie).to.include({ deployment_id: shop, effective_from: '2026-05-09', tenant_id: tenant });
    await ok(account.api.post('jobs/sync.projects/run', {}));
    expect(await zones()).to.equal('0.06');
    await settled();
    const before = await account.eventCount();
    await ok(account.api.post('jobs/sync.projects/run', {}));
    expect(await account.eventCount(), 'only the record of the sweep').to.equal(before + 1);
  });
});

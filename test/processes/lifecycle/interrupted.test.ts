import { expect } from 'chai';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import { settleAll } from '../../../src/processes/documents/settler.ts';
import { runLifecycleDays } from '../../../src/processes/lifecycle/run-lifecycle-days.ts';
import { commands } from '../../../src/processes/commands.ts';
import type { ProcessDeps } from '../../../src/processes/process.ts';
import { freshMeta } from '../../../src/ledger/fresh-meta.ts';
import { admin } from '../../support/commands/command-spec.ts';
import { ok } from '../../support/http/api.ts';
import type { Json } from '../../support/http/api.ts';
import { lifecycleStage, type LifecycleStage } from '../../support/processes/lifecycle-stage.ts';

const tenants = ['a', 'b', 'c'];

/** Dies after so many appends, the last of which is stored: every command after it fails. */
function dying(deps: ProcessDeps, appends: number): ProcessDeps {
  let left = appends;
  const execute: Ledger['execute'] = async (...command) => {
    if (left === 0) throw new Error('killed');
    const outcome = await deps.ledger.execute(...command);
    left -= outcome.appended > 0 ? 1 : 0;
    if (left === 0) throw new Error('killed');
    return outcome;
  };
  return { ...deps, ledger: { ...deps.ledger, execute } };
}

describe('lifecycle.day, interrupted', function () {
  this.timeout(120_000);
  let stage: LifecycleStage;
  const sites: string[] = [];
  const run = (deps: ProcessDeps) =>
    runLifecycleDays(deps, undefined, {
      runId: deps.ledger.newId(),
      meta: () => freshMeta(deps.ledger, { actor: admin }),
      progress: () => undefined,
    });
  const completed = async (): Promise<string[]> =>
    (await ok(stage.ledger.api.get('events?type=LifecycleDayCompleted&limit=500'))).data.map(
      ({ data }: Json) => data.day,
    );
  before(async () => {
    stage = await lifecycleStage();
    for (const tenant of tenants)
      for (const slug of ['one', 'two']) sites.push(await stage.deployment(tenant, slug));
    stage.at('2026-05-01T09:00:00.000Z');
    for (const tenant of tenants) await stage.invoice(tenant);
    stage.at('2026-05-27');
    await stage.run();
  });
  after(() => stage.ledger.close());

  it('does nothing twice and misses nothing, wherever it dies', async () => {
    stage.at('2026-05-30');
    const deps = stage.ledger.processDeps;
    let deaths = 0;
    for (let isDone = false; !isDone;) {
      try {
        await run(dying(deps, 1));
        isDone = true;
      } catch (error) {
        expect(String(error)).to.equal('Error: killed');
        deaths += 1;
      }
    }
    // Tenants are moved at once: at least one death with each deployment of a tenant, and with each day.
    expect(deaths).to.be.within(5, 9);
    for (const site of sites)
      expect((await stage.steps(site)).map(([step]) => step)).to.deep.equal([
        'active > past_due dunning 2026-05-29',
      ]);
    expect(await completed()).to.deep.equal(['2026-05-27', '2026-05-28', '2026-05-29', '2026-05-30']);
  });

  it('does nothing twice on two machines at once', async () => {
    stage.at('2026-06-16');
    const beside = await stage.ledger.openBeside();
    try {
      await Promise.all([run(stage.ledger.processDeps), run(beside.processDeps), run(beside.processDeps)]);
    } finally {
      await beside.close();
    }
    for (const site of sites)
      expect((await stage.steps(site)).map(([step]) => step)).to.deep.equal([
        'active > past_due dunning 2026-05-29',
        'past_due > suspended dunning 2026-06-14',
      ]);
    const marks = await completed();
    expect(marks).to.deep.equal([...new Set(marks)].sort());
    expect(marks.at(-1)).to.equal('2026-06-16');
  });

  it('leaves what a person moved in the same moment, and does the rest', async () => {
    stage.at('2026-06-17');
    await stage.pay('a', 11_000);
    await stage.pay('b', 11_000);
    const deps = stage.ledger.processDeps;
    const [raced = '', other = ''] = sites;
    let isRaced = false;
    const execute: Ledger['execute'] = async (command, input, meta) => {
      if (!isRaced) {
        isRaced = true;
        const move = { deployment_id: raced, to: 'cancelled' as const, reason: 'ends' };
        await deps.ledger.execute(commands.transitionDeployment, move, stage.ledger.meta());
        await ok(stage.ledger.api.patch(`deployments/${other}`, { billing_action_suspended: true }));
      }
      return deps.ledger.execute(command, input, meta);
    };
    const taken = await run({ ...deps, ledger: { ...deps.ledger, execute } });
    expect(taken).to.include({ recovered: 2, refused: 1 });
    expect(await stage.state(raced)).to.equal('cancelled');
    expect(await stage.state(other)).to.equal('suspended');
    for (const site of sites.slice(2, 4)) expect(await stage.state(site)).to.equal('active');
  });

  it('brings back behind a payment, in the round of the background, and adds nothing else', async () => {
    const deps = stage.ledger.processDeps;
    await settleAll(deps);
    const before = await stage.ledger.eventCount();
    await settleAll(deps);
    expect(await stage.ledger.eventCount()).to.equal(before);
    await stage.pay('c', 11_000);
    await settleAll(deps);
    for (const site of sites.slice(4))
      expect((await stage.steps(site)).at(-1)?.[0]).to.equal('suspended > active recovery 2026-06-17');
    const after = await stage.ledger.eventCount();
    await settleAll(deps);
    expect(await stage.ledger.eventCount()).to.equal(after);
  });
});

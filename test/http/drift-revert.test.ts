import { expect } from 'chai';
import { aVolume, emptyAccount } from '../../simulators/digitalocean/index.ts';
import { ok, problem, type Json } from '../support/http/api.ts';
import { tenantToken } from '../support/http/tokens.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { driftedDroplets, largeSize, smallSize } from '../support/processes/drifted-droplets.ts';
import { completed, run as runJob } from '../support/processes/sync-run.ts';

describe('POST drift/:id/revert', () => {
  let test: TestLedger;
  let of: ReturnType<typeof driftedDroplets>;
  before(async () => {
    test = await startTestLedger({ digitalOcean: { account: emptyAccount() }, writes: true });
    of = driftedDroplets(test);
  });
  afterEach(() => {
    test.digitalOcean.options.actionOutcome = 'completed';
  });
  after(() => test.close());

  const post = (finding: Json, confirm: unknown) => test.api.post(`drift/${finding.id}/revert`, { confirm });
  const posts = (): number => test.digitalOcean.actions.length;

  it('answers 202 with the run, which GET jobs/runs/:id and GET drift show to its end', async () => {
    const one = await of.drifted();
    expect(one.finding.revert).to.equal(null);
    const stages: string[] = [];
    let runId = '';
    const run = await of.revertWhile(one, async () => {
      const { revert, status } = await of.findingOf(one.name);
      const { data } = await ok(test.api.get(`jobs/runs/${revert.run_id}`));
      expect([status, revert.status, revert.left, revert.ended_at]).to.deep.equal([
        'open',
        'running',
        null,
        null,
      ]);
      expect([data.job, data.status]).to.deep.equal(['drift.revert', 'running']);
      if (stages.at(-1) !== revert.step) stages.push(revert.step);
      expect(revert.action_id).to.be.a('number');
      runId = revert.run_id;
    });
    expect(stages).to.deep.equal(['power_off', 'resize', 'power_on']);
    expect(run).to.deep.include({ id: runId, job: 'drift.revert', status: 'completed', error: null });
    expect(run.result).to.include({
      drift_id: one.finding.id,
      resource_id: one.resource_id,
      status: 'reverted',
    });
    const { revert, ...finding } = await of.findingOf(one.name, 'reverted');
    expect(finding).to.include({ id: one.finding.id, status: 'reverted', actual: smallSize });
    expect(finding.closed_at).to.be.a('string');
    expect(revert).to.deep.include({ run_id: runId, status: 'reverted', reason: null, attempt: 1 });
    expect(revert.left).to.deep.equal({ status: 'active', size_slug: smallSize });
    const { events } = (await ok(test.api.get(`inventory/${one.resource_id}`))).data;
    const types = events.map((event: Json) => event.type).filter((type: string) => /Revert/.test(type));
    const step = ['RevertStepIntended', 'RevertStepStarted', 'RevertStepEnded'];
    expect(types).to.deep.equal(['DriftRevertRequested', ...step, ...step, ...step, 'DriftReverted']);
  });

  it('leaves a droplet off that was off', async () => {
    const one = await of.drifted({ status: 'off' });
    await of.revert(one);
    expect(of.started(one.droplet)).to.deep.equal(['resize']);
    expect(one.droplet).to.deep.include({ size_slug: smallSize, status: 'off', disk: 25 });
  });

  it('is the same run for the same finding, under way and reverted, and adds no event', async () => {
    const one = await of.drifted();
    let asked = 0;
    const run = await of.revertWhile(one, async () => {
      if (asked++ > 0) return;
      const events = await test.eventCount();
      const { data } = await ok(post(one.finding, one.name), 202);
      expect(data).to.include({
        status: 'running',
        drift_id: one.finding.id,
        desired: smallSize,
        attempt: 1,
      });
      expect(data.run_id).to.equal((await of.findingOf(one.name)).revert.run_id);
      expect(await test.eventCount()).to.equal(events);
    });
    const events = await test.eventCount();
    expect((await ok(post(one.finding, one.name), 202)).data).to.include({
      run_id: run.id,
      status: 'reverted',
    });
    expect(await test.eventCount()).to.equal(events);
    expect(of.started(one.droplet)).to.deep.equal(['power_off', 'resize', 'power_on']);
  });

  it('is one run and one request for callers at the same time', async () => {
    const one = await of.drifted();
    const answers = await Promise.all([1, 2, 3, 4].map(() => ok(post(one.finding, one.name), 202)));
    await test.jobs.drain();
    expect(new Set(answers.map(({ data }) => data.run_id)).size).to.equal(1);
    const { events } = (await ok(test.api.get(`inventory/${one.resource_id}`))).data;
    const count = (type: string): number => events.filter((event: Json) => event.type === type).length;
    expect(['DriftRevertRequested', 'RevertStepIntended'].map(count)).to.deep.equal([1, 3]);
    expect(of.started(one.droplet)).to.deep.equal(['power_off', 'resize', 'power_on']);
  });

  it('is a new run after one that failed', async () => {
    const one = await of.drifted();
    test.digitalOcean.options.actionOutcome = { resize: 'errored' };
    const first = await of.revert(one);
    expect(first).to.deep.include({ status: 'failed', result: null });
    expect(first.error).to.contain(`left behind: status active, size ${largeSize}`);
    const { revert, status } = await of.findingOf(one.name);
    const left = { status: 'active', size_slug: largeSize };
    expect([status, revert.status, revert.left]).to.deep.equal(['open', 'failed', left]);
    expect(revert.reason).to.be.a('string');
    test.digitalOcean.options.actionOutcome = 'completed';
    const second = await of.revert(one);
    expect(second.status).to.equal('completed');
    expect(second.id).not.to.equal(first.id);
    expect((await of.findingOf(one.name, 'reverted')).revert).to.include({ attempt: 2, status: 'reverted' });
  });

  it('is not accepted under way, and not found anew while the mirror is behind', async () => {
    const one = await of.drifted();
    let looks = 0;
    await of.revertWhile(one, async () => {
      if (++looks !== 2) return;
      const body = await problem(test.api.post(`drift/${one.finding.id}/accept`, {}), 409);
      expect(body.type).to.contain('revert-running');
      expect(body.detail).to.contain((await of.findingOf(one.name)).revert.run_id);
      for (const job of ['drift.detect', 'sync.droplets', 'drift.detect']) await completed(test, job);
      expect(await of.findingOf(one.name)).to.include({
        id: one.finding.id,
        status: 'open',
        actual: largeSize,
      });
    });
    expect(looks).to.be.greaterThan(1);
    await completed(test, 'drift.detect');
    expect(await of.findingOf(one.name)).to.equal(null);
    for (const job of ['sync.droplets', 'drift.detect']) await completed(test, job);
    expect(await of.findingOf(one.name)).to.equal(null);
    expect((await of.findingOf(one.name, 'reverted')).id).to.equal(one.finding.id);
    await problem(test.api.post(`drift/${one.finding.id}/accept`, {}), 409);
  });

  it('refuses any other name, field, kind and a smaller disk, and changes nothing', async () => {
    const started = posts();
    const one = await of.drifted({ disk: 80 });
    for (const confirm of [
      undefined,
      null,
      '',
      7,
      one.name.toUpperCase(),
      ` ${one.name}`,
      `${one.name} `,
      'web',
    ])
      await problem(post(one.finding, confirm), 422, 'confirm');
    const unknown = { confirm: one.name, force: true };
    await problem(test.api.post(`drift/${one.finding.id}/revert`, unknown), 422);
    const smaller = await problem(post(one.finding, one.name), 422, 'size_slug');
    expect(smaller.detail).to.contain('80 GB');
    const missing = await of.drifted({}, { size_slug: 's-none' });
    expect((await problem(post(missing.finding, missing.name), 422, 'size_slug')).detail).to.contain(
      's-none',
    );
    const status = await of.drifted({}, { status: 'off' });
    await problem(post(status.finding, status.name), 422, 'status');
    test.digitalOcean.create('volume', aVolume({ name: 'disk-1' }));
    await completed(test, 'sync.volumes');
    await test.settled();
    const [volume] = (await ok(test.api.get('inventory?kind=volume'))).data;
    await ok(test.api.post(`inventory/${volume.id}/provisioned`, { spec: { size_slug: 'x' } }));
    await completed(test, 'drift.detect');
    await problem(post(await of.findingOf('disk-1'), 'disk-1'), 422, 'size_slug');
    await problem(post({ id: 'unknown' }, one.name), 404);
    const asTenant = { token: tenantToken('t-1') };
    await problem(test.api.post(`drift/${one.finding.id}/revert`, { confirm: one.name }, asTenant), 403);
    expect(posts()).to.equal(started);
    expect((await of.findingOf(one.name)).revert).to.equal(null);
  });

  it('refuses a size that was withdrawn, until it is listed again', async () => {
    await completed(test, 'sync.sizes');
    test.digitalOcean.withdrawSize(smallSize);
    await completed(test, 'sync.sizes');
    const one = await of.drifted();
    await problem(post(one.finding, one.name), 422, 'size_slug');
    test.digitalOcean.relistSize(smallSize);
    expect((await of.revert(one)).status).to.equal('completed');
  });

  it('refuses a finding that is closed, and a stale droplet', async () => {
    const accepted = await of.drifted();
    await ok(test.api.post(`drift/${accepted.finding.id}/accept`, {}));
    const closed = await problem(post(accepted.finding, accepted.name), 409);
    expect(closed.type).to.contain('drift-closed');
    const stale = await of.drifted();
    test.digitalOcean.remove('droplet', stale.droplet.id);
    for (let strike = 0; strike < 3; strike++) await completed(test, 'sync.droplets');
    await problem(post(stale.finding, stale.name), 409);
  });

  it('refuses a finding whose spec has changed, until the next sweep has compared anew', async () => {
    const one = await of.drifted();
    const spec = { size_slug: 's-2vcpu-2gb' };
    await ok(test.api.post(`inventory/${one.resource_id}/provisioned`, { spec }));
    await problem(post(one.finding, one.name), 409);
    await completed(test, 'drift.detect');
    expect((await of.revert(one)).status).to.equal('completed');
    expect(one.droplet.size_slug).to.equal(spec.size_slug);
  });

  it('is 409 not-configured without the write token or that of the mirror', async () => {
    const one = await of.drifted();
    for (const missing of ['provisioning', 'digitalOcean'] as const) {
      const { [missing]: kept } = test.processDeps;
      Object.assign(test.processDeps, { [missing]: null });
      const body = await problem(post(one.finding, one.name), 409);
      Object.assign(test.processDeps, { [missing]: kept });
      expect(body.type).to.contain('not-configured');
    }
    expect((await of.findingOf(one.name)).revert).to.equal(null);
  });

  it('goes on by hand with job drift.revert, which names its input', async () => {
    const one = await of.drifted();
    const { data } = await ok(post(one.finding, one.name), 202);
    await test.jobs.drain();
    const run = (input: Json) => test.api.post('jobs/drift.revert/run', input);
    expect((await ok(run({ run_id: data.run_id }))).data).to.include({ status: 'completed', error: null });
    for (const input of [{}, { run_id: 'x' }, { run_id: 7 }]) await problem(run(input), 422, 'run_id');
    await problem(run({ run_id: data.run_id, more: 1 }), 422);
    const unknown = '00000000-0000-4000-8000-000000000000';
    expect((await ok(run({ run_id: unknown }))).data.error).to.contain('not-found');
    expect((await runJob(test, 'drift.detect')).status).to.equal('completed');
    expect(of.started(one.droplet)).to.deep.equal(['power_off', 'resize', 'power_on']);
  });
});

import { expect } from 'chai';
import { aDroplet, emptyAccount, type Droplet, type FaultRule } from '../../simulators/digitalocean/index.ts';
import { ok, type Json } from '../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { WRITE_TOKEN } from '../support/digitalocean/test-provisioning.ts';
import { completed } from '../support/processes/sync-run.ts';

const small = 's-1vcpu-1gb';
const large = 's-2vcpu-4gb';

describe('the revert of a drift', () => {
  let test: TestLedger;
  let n = 0;
  before(async () => {
    test = await startTestLedger({ digitalOcean: { account: emptyAccount() }, writes: true });
  });
  after(() => test.close());

  /** A droplet of another size than its spec, with the open finding of that. */
  async function drifted(
    fields: Partial<Droplet> = {},
    spec: Json = { size_slug: small },
  ): Promise<{ droplet: Droplet; finding: Json; name: string }> {
    const name = `web-${++n}`;
    const droplet = aDroplet({ name, size_slug: large, disk: 25, ...fields });
    test.digitalOcean.create('droplet', droplet);
    await completed(test, 'sync.droplets');
    await test.settled();
    const { data } = await ok(test.api.get('inventory?limit=500'));
    const { id } = data.find((one: Json) => one.name === name);
    await ok(test.api.post(`inventory/${id}/provisioned`, { spec }));
    await completed(test, 'drift.detect');
    return { droplet, finding: await findingOf(name), name };
  }
  async function findingOf(name: string, status = 'open'): Promise<Json> {
    await test.settled();
    const { data } = await ok(test.api.get(`drift?status=${status}&limit=500`));
    return data.find((one: Json) => one.name === name);
  }
  async function revert({ finding, name }: { finding: Json; name: string }): Promise<Json> {
    const { data } = await ok(test.api.post(`drift/${finding.id}/revert`, { confirm: name }), 202);
    await test.jobs.drain();
    return (await ok(test.api.get(`jobs/runs/${data.run_id}`))).data;
  }
  const started = (droplet: Droplet): string[] =>
    test.digitalOcean.actions.filter((one) => one.resource_id === droplet.id).map((one) => one.type);
  const fault = (rule: FaultRule) => test.digitalOcean.faults.inject({ method: 'POST', times: 1, ...rule });

  it('powers off, resizes and powers on, with the write token alone', async () => {
    const one = await drifted();
    const run = await revert(one);
    expect(run).to.deep.include({ job: 'drift.revert', status: 'completed', error: null });
    expect(started(one.droplet)).to.deep.equal(['power_off', 'resize', 'power_on']);
    expect(one.droplet).to.deep.include({ size_slug: small, status: 'active', disk: 25 });
    const finding = await findingOf(one.name, 'reverted');
    expect(finding.revert).to.deep.include({ run_id: run.id, status: 'reverted', reason: null });
    const posts = test.digitalOcean.requests.filter((request) => request.method === 'POST');
    expect(posts.map((request) => request.token)).to.deep.equal(posts.map(() => WRITE_TOKEN));
    const { data } = await ok(test.api.post(`drift/${one.finding.id}/revert`, { confirm: one.name }), 202);
    expect(data).to.deep.include({ run_id: run.id, status: 'reverted' });
    await completed(test, 'drift.detect');
    expect(await findingOf(one.name)).to.equal(undefined);
  });

  it('leaves a droplet off that was off', async () => {
    const one = await drifted({ status: 'off' });
    await revert(one);
    expect(started(one.droplet)).to.deep.equal(['resize']);
    expect(one.droplet).to.deep.include({ size_slug: small, status: 'off' });
  });

  it('starts no second action where the answer was lost, also while it is listed late', async () => {
    for (const type of ['power_off', 'resize', 'power_on']) {
      test.digitalOcean.options.actionListedMs = 60_000;
      test.digitalOcean.options.actionHiddenMs = 20_000;
      const one = await drifted();
      const nth = ['power_off', 'resize', 'power_on'].indexOf(type) + 1;
      fault({ nth, path: '/v2/droplets/*/actions', effect: { kind: 'reset', when: 'after' } });
      expect((await revert(one)).status).to.equal('completed');
      expect(started(one.droplet)).to.deep.equal(['power_off', 'resize', 'power_on']);
      Object.assign(test.digitalOcean.options, { actionListedMs: 0, actionHiddenMs: 0 });
    }
  });

  it('tries a request again that surely was not sent', async () => {
    const one = await drifted();
    fault({ path: '/v2/droplets/*/actions', effect: { kind: 'reset' } });
    expect((await revert(one)).status).to.equal('completed');
    expect(started(one.droplet)).to.deep.equal(['power_off', 'resize', 'power_on']);
  });

  it('powers on again and fails where the resize ends with an error; a new request tries anew', async () => {
    const one = await drifted();
    test.digitalOcean.options.actionOutcome = { resize: 'errored' };
    const run = await revert(one);
    test.digitalOcean.options.actionOutcome = 'completed';
    expect(run.status).to.equal('failed');
    expect(run.error).to.contain(`left behind: status active, size ${large}`);
    expect(started(one.droplet)).to.deep.equal(['power_off', 'resize', 'power_on']);
    const finding = await findingOf(one.name);
    expect(finding.revert).to.deep.include({
      status: 'failed',
      left: { status: 'active', size_slug: large },
    });
    const again = await revert(one);
    expect(again).to.deep.include({ status: 'completed' });
    expect(again.id).not.to.equal(run.id);
  });

  it('waits as long as a 429 asks for', async () => {
    const one = await drifted();
    fault({ path: '/v2/droplets/*/actions', effect: { kind: 'rate_limited', variant: 'burst' } });
    expect((await revert(one)).status).to.equal('completed');
    expect(started(one.droplet)).to.deep.equal(['power_off', 'resize', 'power_on']);
  });

  it('is refused without the exact name, for another field, and to a smaller disk', async () => {
    const one = await drifted({ disk: 80 });
    const wrong = await test.api.post(`drift/${one.finding.id}/revert`, { confirm: 'WEB' });
    expect([wrong.status, wrong.body.errors[0].path]).to.deep.equal([422, 'confirm']);
    const smaller = await test.api.post(`drift/${one.finding.id}/revert`, { confirm: one.name });
    expect([smaller.status, smaller.body.errors[0].path]).to.deep.equal([422, 'size_slug']);
    const other = await drifted({}, { status: 'off' });
    const field = await test.api.post(`drift/${other.finding.id}/revert`, { confirm: other.name });
    expect([field.status, field.body.errors[0].path]).to.deep.equal([422, 'status']);
    expect([...started(one.droplet), ...started(other.droplet)]).to.deep.equal([]);
    expect((await test.api.post('drift/unknown/revert', { confirm: 'x' })).status).to.equal(404);
  });
});

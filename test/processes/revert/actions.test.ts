import { expect } from 'chai';
import { emptyAccount, type FaultEffect } from '../../../simulators/digitalocean/index.ts';
import { WRITE_TOKEN } from '../../support/digitalocean/test-provisioning.ts';
import { startTestLedger, type TestLedger } from '../../support/ledger/test-ledger.ts';
import { driftedDroplets, largeSize, smallSize } from '../../support/processes/drifted-droplets.ts';

const all = ['power_off', 'resize', 'power_on'];

describe("reverts against the provider's habits", () => {
  let test: TestLedger;
  let of: ReturnType<typeof driftedDroplets>;
  before(async () => {
    test = await startTestLedger({ digitalOcean: { account: emptyAccount() }, writes: true });
    of = driftedDroplets(test);
  });
  afterEach(() => {
    test.digitalOcean.faults.clear();
    Object.assign(test.digitalOcean.options, {
      ...{ actionListedMs: 0, actionHiddenMs: 0, actionOutcome: 'completed' },
    });
  });
  after(() => test.close());

  it('E4 follows an action to its end, hidden from polls at first, and sees the size only then', async () => {
    test.digitalOcean.options.actionHiddenMs = 20_000;
    const one = await of.drifted();
    const sizes: string[] = [];
    test.digitalOcean.faults.inject({
      ...{ method: 'GET', path: '/v2/droplets/*' },
      effect: { kind: 'then', run: () => sizes.push(`${one.droplet.status} ${one.droplet.size_slug}`) },
    });
    expect((await of.revert(one)).status).to.equal('completed');
    const seen = sizes.filter((size, index) => size !== sizes[index - 1]);
    const course = [`active ${largeSize}`, `off ${largeSize}`, `off ${smallSize}`, `active ${smallSize}`];
    expect(seen).to.deep.equal(course);
    expect(of.started(one.droplet)).to.deep.equal(all);
    const missing = test.digitalOcean.requests.filter((request) => request.status === 404);
    expect(missing.length).to.be.greaterThan(0);
  });

  it('E4 starts no second action where the answer was lost, also while it is listed late', async () => {
    const lost: { nth: number; effect: FaultEffect }[] = [
      { nth: 1, effect: { kind: 'reset', when: 'after' } },
      { nth: 2, effect: { kind: 'reset', when: 'after' } },
      { nth: 3, effect: { kind: 'reset', when: 'after' } },
      { nth: 2, effect: { kind: 'truncated_json' } },
    ];
    for (const rule of lost) {
      Object.assign(test.digitalOcean.options, { actionListedMs: 60_000, actionHiddenMs: 20_000 });
      const one = await of.drifted();
      of.fault(rule);
      expect((await of.revert(one)).status).to.equal('completed');
      expect(of.started(one.droplet)).to.deep.equal(all);
      test.digitalOcean.faults.clear();
    }
  });

  it('tries a request again that surely was not sent', async () => {
    const nothing: FaultEffect[] = [
      { kind: 'reset' },
      { kind: 'status', status: 503 },
      { kind: 'cloudflare_html' },
      { kind: 'empty_body', status: 404 },
      { kind: 'status', status: 422, body: { id: 'unprocessable_entity', message: 'An event is pending.' } },
    ];
    for (const [index, effect] of nothing.entries()) {
      const one = await of.drifted();
      of.fault({ nth: (index % 3) + 1, effect });
      expect((await of.revert(one)).status, JSON.stringify(effect)).to.equal('completed');
      expect(of.started(one.droplet)).to.deep.equal(all);
      test.digitalOcean.faults.clear();
    }
  });

  it('waits as long as a 429 asks for, however often, and without an answer of how long', async () => {
    const one = await of.drifted();
    of.fault({ nth: 2, effect: { kind: 'rate_limited', variant: 'burst', retryAfter: '1200' } });
    of.fault({ nth: 4, effect: { kind: 'rate_limited', variant: 'hourly' } });
    test.digitalOcean.requests.length = 0;
    expect((await of.revert(one)).status).to.equal('completed');
    const posts = test.digitalOcean.requests.filter(({ method }) => method === 'POST');
    expect(posts.map(({ status }) => status)).to.deep.equal([201, 429, 201, 429, 201]);
    const at = posts.map((post) => post.at_ms);
    expect((at[2] ?? 0) - (at[1] ?? 0)).to.be.at.least(1_200_000);
    const many = await of.drifted();
    of.fault({ times: 8, effect: { kind: 'rate_limited', variant: 'burst', retryAfter: '30' } });
    expect((await of.revert(many)).status).to.equal('completed');
    expect(of.started(many.droplet)).to.deep.equal(all);
  });

  it('fails with nothing changed where the write token is refused', async () => {
    for (const status of [401, 403]) {
      const one = await of.drifted();
      of.fault({ effect: { kind: 'status', status } });
      const run = await of.revert(one);
      expect(run.error).to.contain(`answered ${status}`).and.to.contain(`status active, size ${largeSize}`);
      expect(of.started(one.droplet)).to.deep.equal([]);
    }
  });

  it('powers on again and fails where only the resize is refused', async () => {
    const one = await of.drifted();
    const body = { id: 'unprocessable_entity', message: 'There is not enough room on the host.' };
    of.fault({ nth: 2, effect: { kind: 'status', status: 422, body } });
    expect((await of.revert(one)).error).to.contain('not enough room');
    expect(of.started(one.droplet)).to.deep.equal(['power_off', 'power_on']);
    expect(one.droplet.status).to.equal('active');
  });

  it('says how the droplet was left where power-on fails, also in the compensation', async () => {
    const resized = await of.drifted();
    test.digitalOcean.options.actionOutcome = { power_on: 'errored' };
    const first = await of.revert(resized);
    expect(first.error).to.contain('resized, but').and.to.contain(`status off, size ${smallSize}`);
    expect(of.started(resized.droplet)).to.deep.equal([...all, 'power_on', 'power_on']);
    const neither = await of.drifted();
    test.digitalOcean.options.actionOutcome = { resize: 'errored', power_on: 'errored' };
    const second = await of.revert(neither);
    expect(second.error).to.contain('could not be powered on').and.to.contain(`off, size ${largeSize}`);
    const { revert } = await of.findingOf(neither.name);
    expect(revert.left).to.deep.equal({ status: 'off', size_slug: largeSize });
  });

  it('gives up on a droplet that is destroyed meanwhile', async () => {
    const one = await of.drifted();
    const { droplet } = one;
    const remove = () => test.digitalOcean.remove('droplet', droplet.id);
    of.fault({ nth: 2, effect: { kind: 'then', run: remove } });
    const began = test.digitalOcean.clock.now();
    expect((await of.revert(one)).error)
      .to.contain('gone')
      .and.to.contain('status unknown');
    expect(test.digitalOcean.clock.now() - began).to.be.lessThan(5 * 60_000);
  });

  it('waits for the token of the mirror, once the droplet is off, and fails at once before', async () => {
    const off = await of.drifted();
    const revoked = { method: 'GET', effect: { kind: 'status' as const, status: 401 } };
    test.digitalOcean.faults.inject({ ...revoked, path: '/v2/droplets/*/actions/*', times: 4 });
    expect((await of.revert(off)).status).to.equal('completed');
    expect(of.started(off.droplet)).to.deep.equal(all);
    const untouched = await of.drifted();
    test.digitalOcean.faults.inject({ ...revoked, path: '/v2/droplets/*/actions', times: 1 });
    expect((await of.revert(untouched)).error)
      .to.contain('401')
      .and.to.contain('status unknown');
    expect(of.started(untouched.droplet)).to.deep.equal([]);
  });

  it('gives up where the droplet cannot be read for two hours, without a word on how it is', async () => {
    const one = await of.drifted();
    const path = '/v2/droplets/*/actions/*';
    test.digitalOcean.faults.inject({ method: 'GET', path, effect: { kind: 'status', status: 403 } });
    let pauses = 0;
    const run = await of.revertWhile(one, async () => {
      pauses += 1;
      test.clock.advance(3_600_000);
    });
    expect(run.error).to.contain('403').and.to.contain('status unknown, size unknown');
    expect([pauses, of.started(one.droplet)]).to.deep.equal([2, ['power_off']]);
    expect((await of.findingOf(one.name)).revert.left).to.deep.equal({ status: null, size_slug: null });
  });

  it('reads with the token of the mirror alone, and writes with its own alone', async () => {
    test.digitalOcean.requests.length = 0;
    await of.revert(await of.drifted());
    for (const { method, token } of test.digitalOcean.requests)
      expect(token).to.equal(method === 'POST' ? WRITE_TOKEN : test.digitalOcean.token);
  });
});

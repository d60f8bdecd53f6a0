import { expect } from 'chai';
import { aDroplet, emptyAccount, type ApiJson, type ApiObject } from '../../simulators/digitalocean/index.ts';
import { eachTestHasSimulator, get, itemsUnder, post } from '../support/simulators/simulator.ts';

describe('droplet actions of the DigitalOcean stand-in', () => {
  const current = eachTestHasSimulator(() => ({ account: emptyAccount(), now: '2026-05-09T15:00:00Z' }));
  const make = (status: string, size = 's-1vcpu-1gb'): string =>
    `/v2/droplets/${current().create('droplet', aDroplet({ status, size_slug: size })).id}`;
  const start = (droplet: string, body: ApiJson) => post(current(), `${droplet}/actions`, body);
  const action = (json: ApiObject): ApiObject => json['action'] as ApiObject;
  const live = async (droplet: string): Promise<ApiObject> =>
    (await get(current(), droplet)).json['droplet'] as ApiObject;

  it('resize an off droplet when they complete, and not before', async () => {
    const sim = current();
    const droplet = make('off');
    const started = await start(droplet, { type: 'resize', size: 's-2vcpu-2gb', disk: false });
    expect(started.status).to.equal(201);
    expect(action(started.json)).to.include({ status: 'in-progress', type: 'resize', completed_at: null });
    expect((await live(droplet))['size_slug']).to.equal('s-1vcpu-1gb');
    sim.clock.advance(sim.options.actionMs);
    const id = action(started.json)['id'] as number;
    for (const path of [`${droplet}/actions/${id}`, `/v2/actions/${id}`]) {
      expect(action((await get(sim, path)).json)).to.include({
        status: 'completed',
        completed_at: '2026-05-09T15:00:30Z',
      });
    }
    expect(await live(droplet)).to.include({ size_slug: 's-2vcpu-2gb', memory: 2048, vcpus: 2, disk: 25 });
  });

  it('switch a droplet off and on', async () => {
    const sim = current();
    const droplet = make('active');
    for (const [type, status] of [
      ['power_off', 'off'],
      ['power_on', 'active'],
    ] as const) {
      expect((await start(droplet, { type })).status).to.equal(201);
      sim.clock.advance(sim.options.actionMs);
      expect((await live(droplet))['status']).to.equal(status);
    }
  });

  const refused: [string, string, string, ApiObject][] = [
    ['a droplet that is on', 'active', 's-1vcpu-1gb', { type: 'resize', size: 's-2vcpu-2gb' }],
    ['a smaller disk', 'off', 's-2vcpu-2gb', { type: 'resize', size: 's-1vcpu-1gb' }],
    ['an unknown size', 'off', 's-1vcpu-1gb', { type: 'resize', size: 's-9vcpu' }],
    ['an unknown type', 'off', 's-1vcpu-1gb', { type: 'teleport' }],
    ['power that is off already', 'off', 's-1vcpu-1gb', { type: 'power_off' }],
  ];
  for (const [what, status, size, body] of refused) {
    it(`refuse ${what} with a 422 and start nothing`, async () => {
      const answer = await start(make(status, size), body);
      expect([answer.status, answer.json['id'], current().actions.length]).to.deep.equal([
        422,
        'unprocessable_entity',
        0,
      ]);
    });
  }

  it('refuse a second one while the first is pending', async () => {
    const droplet = make('off');
    await start(droplet, { type: 'power_on' });
    expect((await start(droplet, { type: 'resize', size: 's-2vcpu-2gb' })).status).to.equal(422);
    expect(current().actions).to.have.length(1);
  });

  it('can end in error, leaving the droplet as it was', async () => {
    const sim = current();
    sim.options.actionOutcome = 'errored';
    const droplet = make('off');
    await start(droplet, { type: 'resize', size: 's-2vcpu-2gb' });
    sim.clock.advance(sim.options.actionMs);
    expect(sim.actions[0]?.status).to.equal('errored');
    expect((await live(droplet))['size_slug']).to.equal('s-1vcpu-1gb');
  });

  it('can be unknown to polls at first', async () => {
    const sim = current();
    sim.options.actionHiddenMs = 2_000;
    const droplet = make('off');
    const id = action((await start(droplet, { type: 'power_on' })).json)['id'] as number;
    expect((await get(sim, `${droplet}/actions/${id}`)).status).to.equal(404);
    sim.clock.advance(2_000);
    expect((await get(sim, `${droplet}/actions/${id}`)).status).to.equal(200);
  });

  it('start although the answer is lost, and are found in the list', async () => {
    const sim = current();
    const droplet = make('off');
    sim.faults.inject({ method: 'POST', times: 1, effect: { kind: 'reset', when: 'after' } });
    let lost = false;
    await start(droplet, { type: 'power_on' }).catch(() => (lost = true));
    expect(lost).to.be.true;
    expect(
      itemsUnder((await get(sim, `${droplet}/actions`)).json, 'actions').map((item) => item['type']),
    ).to.deep.equal(['power_on']);
    sim.faults.inject({ method: 'POST', times: 1, effect: { kind: 'reset', when: 'before' } });
    sim.clock.advance(sim.options.actionMs);
    await start(droplet, { type: 'power_off' }).catch(() => null);
    expect(sim.actions).to.have.length(1);
  });
});

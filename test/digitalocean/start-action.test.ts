import { expect } from 'chai';
import {
  aDroplet,
  emptyAccount,
  startDigitalOceanSimulator,
  type DigitalOceanSimulator,
} from '../../simulators/digitalocean/index.ts';
import type { QuotaHeaders } from '../../src/digitalocean/request-tally.ts';
import { createActionStarter, type ActionStarter } from '../../src/digitalocean/start-action.ts';
import { WRITE_TOKEN } from '../support/digitalocean/test-provisioning.ts';

describe('the request for a droplet action', () => {
  const droplet = aDroplet();
  let simulator: DigitalOceanSimulator;
  before(async () => {
    simulator = await startDigitalOceanSimulator({ account: { ...emptyAccount(), droplets: [droplet] } });
    simulator.tokens.allow(WRITE_TOKEN, ['droplet:update']);
  });
  after(() => simulator.close());

  it('takes note of the quota of its token, and holds all back after a 429', async () => {
    const observed: QuotaHeaders[] = [];
    const heldUntil: number[] = [];
    const starter = createActionStarter({
      baseUrl: simulator.url,
      token: WRITE_TOKEN,
      clock: { now: () => 1_000 },
      budget: {
        acquire: async () => undefined,
        observe: (quota) => void observed.push(quota),
        holdUntil: (time) => void heldUntil.push(time),
        heldForMs: async () => 0,
      },
    });
    const start = () => starter.startAction(String(droplet.id), { type: 'power_off' }, () => true);
    expect((await start()).kind).to.equal('started');
    expect(observed).to.deep.equal([{ limit: 5_000, remaining: 4_999 }]);
    simulator.faults.inject({ effect: { kind: 'rate_limited', variant: 'burst', retryAfter: '20' } });
    expect((await start()).kind).to.equal('rate-limited');
    expect(observed).to.have.length(1);
    expect(heldUntil).to.deep.equal([21_000]);
  });

  it('says what surely started nothing, and what may have started something', async () => {
    const json = { 'content-type': 'application/json; charset=utf-8' };
    const html = { 'content-type': 'text/html' };
    const action = { id: 7, status: 'in-progress', type: 'power_off' };
    const said = JSON.stringify({ id: 'forbidden', message: `no access for ${WRITE_TOKEN}` });
    const answers: [kind: string, answer: () => Response][] = [
      ['started', () => new Response(JSON.stringify({ action }), { status: 201, headers: json })],
      ['unknown', () => new Response(JSON.stringify({ action: {} }), { status: 201, headers: json })],
      ['unknown', () => new Response('{"action": {"id"', { status: 201, headers: json })],
      ['unknown', () => new Response('<html>', { status: 200, headers: html })],
      ['unknown', () => new Response(null, { status: 204 })],
      ['unknown', () => new Response(null, { status: 307, headers: { location: 'https://example.com' } })],
      ...[400, 401, 403, 404, 409, 422].flatMap((status): [string, () => Response][] => [
        ['refused', () => new Response(said, { status, headers: json })],
        ['unknown', () => new Response('<html>', { status, headers: html })],
      ]),
      ['rate-limited', () => new Response('<html>', { status: 429, headers: html })],
      ...[500, 502, 503, 504].map((status): [string, () => Response] => [
        'unknown',
        () => new Response(said, { status, headers: json }),
      ]),
      [
        'unknown',
        () => {
          throw new TypeError(`fetch failed for ${WRITE_TOKEN}`);
        },
      ],
    ];
    for (const [kind, answer] of answers) {
      const started = await starterOf(async () => answer()).startAction('4', powerOff, () => true);
      expect(started.kind).to.equal(kind);
      expect(JSON.stringify(started)).not.to.contain(WRITE_TOKEN);
    }
  });

  it('waits as long as it is asked to, and half a minute without a time that makes sense', async () => {
    const waits: [retryAfter: string | null, ms: number][] = [
      ['7', 7_000],
      ['3600', 3_600_000],
      ['86400', 3_600_000],
      ['0', 30_000],
      ['soon', 30_000],
      [null, 30_000],
      [new Date(61_000).toUTCString(), 60_000],
    ];
    for (const [retryAfter, ms] of waits) {
      const headers = retryAfter === null ? {} : { 'retry-after': retryAfter };
      const starter = starterOf(async () => new Response('{}', { status: 429, headers }));
      expect(await starter.startAction('4', powerOff, () => true)).to.include({ waitMs: ms });
    }
  });

  it('is not sent once its intent is too old, and asks for a resize without the disk', async () => {
    const sent: unknown[] = [];
    const starter = starterOf(async (_url, init) => {
      sent.push(typeof init?.body === 'string' ? JSON.parse(init.body) : null);
      return new Response('{}', { status: 422 });
    });
    const late = await starter.startAction('4', powerOff, () => false);
    expect([late.kind, sent]).to.deep.equal(['rate-limited', []]);
    await starter.startAction('4', { type: 'resize', size: 'small', disk: false }, () => true);
    expect(sent).to.deep.equal([{ type: 'resize', size: 'small', disk: false }]);
  });
});

const powerOff = { type: 'power_off' } as const;

/** One whose requests are answered by a function. */
function starterOf(answer: typeof fetch): ActionStarter {
  return createActionStarter({
    ...{ baseUrl: 'https://api.example.com', token: WRITE_TOKEN, clock: { now: () => 1_000 }, fetch: answer },
    budget: {
      acquire: async () => undefined,
      observe: () => undefined,
      holdUntil: () => undefined,
      heldForMs: async () => 0,
    },
  });
}

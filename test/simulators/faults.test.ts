import { expect } from 'chai';
import {
  aDroplet,
  aProject,
  emptyAccount,
  startDigitalOceanSimulator,
  type FaultEffect,
  type FaultRule,
  type ApiObject,
} from '../../simulators/digitalocean/index.ts';
import { eachTestHasSimulator, get, itemsUnder, totalOf, walk } from '../support/simulators/simulator.ts';
import { until } from '../support/runtime/until.ts';

const now = '2026-05-09T15:00:00Z';
const csv = 'product,USD\nDroplets,$1.00\nDroplets named at length,$2.00\n';

/** How a request failed on the way: the code of the transport error, as the client sees it. */
const failure = async (request: Promise<unknown>): Promise<string> => {
  try {
    await request;
    return 'none';
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } };
    return cause?.code ?? (error as Error).name;
  }
};

describe('the DigitalOcean stand-in misbehaves', () => {
  const current = eachTestHasSimulator(() => ({ account: emptyAccount(), now, seed: 7 }));
  beforeEach(() => {
    current().account.droplets.push(...Array.from({ length: 6 }, () => aDroplet()));
  });
  const statuses = async (paths: string[]): Promise<number[]> => {
    const seen: number[] = [];
    for (const path of paths) seen.push((await get(current(), path)).status);
    return seen;
  };
  const inject = (rule: Omit<FaultRule, 'effect'>, effect: FaultEffect = { kind: 'status', status: 500 }) =>
    current().faults.inject({ ...rule, effect });
  const droplets = (times: number): string[] => Array.from({ length: times }, () => '/v2/droplets');

  it('at the nth request of a route alone', async () => {
    const fault = inject({ path: '/v2/droplets', nth: 2 });
    expect(await statuses(['/v2/droplets', '/v2/domains', '/v2/droplets', '/v2/droplets'])).to.deep.equal([
      200, 200, 500, 200,
    ]);
    expect(fault.hits).to.equal(1);
  });

  it('at a page, a query, a path pattern, a token', async () => {
    const sim = current();
    inject({ page: 3 }, { kind: 'status', status: 502 });
    inject({ query: { type: 'gpus' } }, { kind: 'status', status: 503 });
    inject({ path: '/v2/droplets/*/backups' }, { kind: 'status', status: 500 });
    inject({ token: 'second' }, { kind: 'status', status: 403 });
    sim.tokens.allow('second');
    const backups = `/v2/droplets/${sim.account.droplets[0]?.id}/backups`;
    expect(
      await statuses(['/v2/droplets?page=2', '/v2/droplets?page=3', '/v2/droplets?type=gpus', backups]),
    ).to.deep.equal([200, 502, 503, 500]);
    expect((await get(sim, '/v2/domains', 'second')).status).to.equal(403);
  });

  it('for the next k requests, until removed or cleared, between two times', async () => {
    const sim = current();
    inject({ times: 2 });
    expect(await statuses(droplets(3))).to.deep.equal([500, 500, 200]);
    const lasting = inject({});
    expect(await statuses(droplets(1))).to.deep.equal([500]);
    lasting.remove();
    inject({ from: '2026-05-09T15:10:00Z', until: '2026-05-09T15:20:00Z' });
    const byTime: number[] = [];
    for (let step = 0; step < 3; step += 1) {
      byTime.push(...(await statuses(droplets(1))));
      sim.clock.advance(10 * 60_000);
    }
    expect(byTime).to.deep.equal([200, 500, 200]);
    inject({});
    sim.faults.clear();
    expect(await statuses(droplets(1))).to.deep.equal([200]);
  });

  it('with a seeded probability: the same each run of a seed', async () => {
    const runOf = async (seed: number): Promise<number[]> => {
      const sim = await startDigitalOceanSimulator({ account: emptyAccount(), seed });
      sim.faults.inject({ probability: 0.5, effect: { kind: 'status', status: 500 } });
      const seen: number[] = [];
      for (let request = 0; request < 20; request += 1) seen.push((await get(sim, '/v2/droplets')).status);
      await sim.close();
      return seen;
    };
    const first = await runOf(7);
    expect(first).to.include(200).and.to.include(500);
    expect(await runOf(7)).to.deep.equal(first);
    expect(await runOf(8)).not.to.deep.equal(first);
  });

  it("with errors in the provider's words, or in those given", async () => {
    for (const [status, id] of [
      [401, 'unauthorized'],
      [403, 'forbidden'],
      [404, 'not_found'],
      [500, 'server_error'],
      [503, 'service_unavailable'],
    ] as const) {
      inject({ times: 1 }, { kind: 'status', status });
      const { json, headers } = await get(current(), '/v2/droplets');
      expect(json['id']).to.equal(id);
      expect(headers.get('ratelimit-remaining')).to.match(/^\d+$/);
    }
    inject(
      { times: 1 },
      {
        kind: 'status',
        status: 500,
        body: { id: 'internal_server_error', message: 'Server was unable to give you a response.' },
      },
    );
    expect((await get(current(), '/v2/droplets')).json['id']).to.equal('internal_server_error');
  });

  it('with the HTML of a proxy, and with no body', async () => {
    inject({ times: 1 }, { kind: 'cloudflare_html' });
    const html = await get(current(), '/v2/droplets');
    expect([html.status, html.headers.get('content-type')]).to.deep.equal([504, 'text/html; charset=UTF-8']);
    expect(html.text).to.match(/^<!DOCTYPE html>/);
    inject({ times: 1 }, { kind: 'empty_body', status: 404 });
    const empty = await get(current(), '/v2/droplets');
    expect([empty.status, empty.text, empty.headers.get('content-type')]).to.deep.equal([404, '', null]);
  });

  it('by resetting the connection', async () => {
    inject({ times: 1 }, { kind: 'reset' });
    expect(await failure(get(current(), '/v2/droplets'))).to.equal('ECONNRESET');
    expect(current().requests.at(-1)).to.include({ status: null, fault: 'reset' });
  });

  it('by stalling before the headers until the caller gives up, or for a bounded time', async () => {
    inject({ times: 1 }, { kind: 'stall_before_headers' });
    expect(await failure(get(current(), '/v2/droplets', current().token, AbortSignal.timeout(30)))).to.equal(
      'TimeoutError',
    );
    inject({ times: 1 }, { kind: 'stall_before_headers', ms: 20 });
    expect(await failure(get(current(), '/v2/droplets'))).to.equal('UND_ERR_SOCKET');
  });

  it('by stalling in the middle of the body: the headers are there', async () => {
    inject({ times: 1 }, { kind: 'stall_mid_body', ms: 30 });
    const response = await fetch(`${current().url}/v2/droplets`, {
      headers: { authorization: `Bearer ${current().token}` },
    });
    expect(response.status).to.equal(200);
    expect(await failure(response.text())).to.equal('UND_ERR_SOCKET');
  });

  it('and closes with stalled connections open', async () => {
    inject({}, { kind: 'stall_before_headers' });
    const stalled = failure(get(current(), '/v2/droplets'));
    await until('a request', () => current().requests.length > 0);
    await current().close();
    expect(await stalled).to.equal('UND_ERR_SOCKET');
  });

  it('with JSON that ends half-way under a 200', async () => {
    inject({ times: 1 }, { kind: 'truncated_json' });
    const { status, headers, text } = await get(current(), '/v2/droplets');
    expect([status, headers.get('content-length')]).to.deep.equal([200, String(text.length)]);
    expect(() => JSON.parse(text) as unknown).to.throw(SyntaxError);
  });

  it('with a CSV cut in the middle of a row: broken off, or ended as if it were whole', async () => {
    const { invoice_uuid: uuid } = current().addInvoice({ period: '2026-04', csv });
    const path = `/v2/customers/my/invoices/${uuid}/csv`;
    inject({ path, times: 1 }, { kind: 'cut_body', contentLength: true });
    expect(await failure(get(current(), path))).to.equal('UND_ERR_SOCKET');
    inject({ path, times: 1 }, { kind: 'cut_body', contentLength: false });
    const { status, text, headers } = await get(current(), path);
    expect([status, headers.has('content-length')]).to.deep.equal([200, false]);
    expect(csv.startsWith(text)).to.be.true;
    expect(text)
      .to.match(/\nDroplets named [^\n]*$/)
      .and.not.contain('$2.00');
  });

  it('with an empty list for an account that holds something, once', async () => {
    inject({ path: '/v2/droplets', times: 1 }, { kind: 'empty_list' });
    const empty = await get(current(), '/v2/droplets');
    expect([empty.status, empty.json]).to.deep.equal([200, { droplets: [], links: {}, meta: { total: 0 } }]);
    expect(totalOf((await get(current(), '/v2/droplets')).json)).to.equal(6);
  });

  it('with fields dropped, resources filtered, and any other change of a body', async () => {
    const sim = current();
    const project = sim.create('project', aProject());
    ['do:droplet:1', 'do:domain:a.example', 'do:space:bucket'].forEach((urn) => sim.assign(urn, project.id));
    inject({ path: '/v2/droplets', times: 1 }, { kind: 'drop_fields', fields: ['tags', 'image'] });
    const dropped = await get(sim, '/v2/droplets');
    itemsUnder(dropped.json, 'droplets').forEach((item) =>
      expect(item).to.include.keys('name').and.not.any.keys('tags', 'image'),
    );
    const resources = `/v2/projects/${project.id}/resources`;
    inject({ path: resources, times: 1 }, { kind: 'filter_resources', urnTypes: ['droplet', 'space'] });
    const filtered = await get(sim, resources);
    expect(itemsUnder(filtered.json, 'resources').map((item) => item['urn'])).to.deep.equal([
      'do:domain:a.example',
    ]);
    expect(totalOf(filtered.json)).to.equal(1);
    const strange = (body: ApiObject): ApiObject => ({
      ...body,
      droplets: itemsUnder(body, 'droplets').map((item) => ({
        ...item,
        region: null,
        status: 'hibernating',
        quantum: true,
      })),
    });
    inject({ path: '/v2/droplets', times: 1 }, { kind: 'rewrite', rewrite: strange });
    expect(itemsUnder((await get(sim, '/v2/droplets')).json, 'droplets')[0]).to.include({
      region: null,
      status: 'hibernating',
      quantum: true,
    });
  });

  it('with a token revoked in the middle of a run of pages', async () => {
    const sim = current();
    sim.faults.inject({ page: 2, effect: { kind: 'then', run: () => sim.tokens.revoke(sim.token) } });
    expect(await statuses([1, 2, 3].map((page) => `/v2/droplets?per_page=2&page=${page}`))).to.deep.equal([
      200, 200, 401,
    ]);
  });

  it('with a 429 in the middle, after which the run goes on where it was', async () => {
    inject({ page: 2, times: 1 }, { kind: 'rate_limited', variant: 'burst' });
    expect(
      await statuses([
        '/v2/droplets?per_page=2',
        '/v2/droplets?per_page=2&page=2',
        '/v2/droplets?per_page=2&page=2',
      ]),
    ).to.deep.equal([200, 429, 200]);
    expect(await walk(current(), '/v2/droplets?per_page=2', 'droplets')).to.have.length(6);
  });
});

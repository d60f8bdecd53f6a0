import { expect } from 'chai';
import {
  aDroplet,
  aGpuDroplet,
  aProject,
  aSnapshot,
  emptyAccount,
  type Account,
  type Options,
} from '../../simulators/digitalocean/index.ts';
import {
  eachTestHasSimulator,
  get,
  itemsUnder,
  pageLink,
  totalOf,
  walk,
} from '../support/simulators/simulator.ts';

const accountWith = (droplets: number): Account => ({
  ...emptyAccount(),
  droplets: Array.from({ length: droplets }, () => aDroplet()),
});

describe('the DigitalOcean stand-in pages', () => {
  const current = eachTestHasSimulator(() => ({ account: emptyAccount() }));
  const fill = (droplets: number): void => {
    current().account.droplets.push(...accountWith(droplets).droplets);
  };

  for (const [count, pages] of [
    [0, 1],
    [1, 1],
    [200, 1],
    [201, 2],
    [400, 2],
  ] as const) {
    it(`${count} droplets at 200 a page in ${pages} request(s), each once`, async () => {
      fill(count);
      const items = await walk(current(), '/v2/droplets?per_page=200', 'droplets');
      expect(new Set(items.map((item) => item['id'])).size).to.equal(count);
      expect(items).to.have.length(count);
      expect(current().requests).to.have.length(pages);
    });
  }

  it('gives 20 a page unless asked, 25 on project resources, and at most 200', async () => {
    const sim = current();
    fill(300);
    const project = sim.create('project', aProject());
    sim.account.droplets.forEach((droplet) => sim.assign(`do:droplet:${droplet.id}`, project.id));
    expect(itemsUnder((await get(sim, '/v2/droplets')).json, 'droplets')).to.have.length(20);
    expect(
      itemsUnder((await get(sim, `/v2/projects/${project.id}/resources`)).json, 'resources'),
    ).to.have.length(25);
    expect(itemsUnder((await get(sim, '/v2/droplets?per_page=500')).json, 'droplets')).to.have.length(200);
    sim.options.overMaxPerPage = 'reject';
    expect((await get(sim, '/v2/droplets?per_page=500')).status).to.equal(422);
  });

  it('links to the pages that make sense, with the whole count on each', async () => {
    const sim = current();
    fill(5);
    const names = async (page: number): Promise<string[]> => {
      const { json } = await get(sim, `/v2/droplets?per_page=2&page=${page}`);
      expect(totalOf(json)).to.equal(5);
      return (['first', 'prev', 'next', 'last'] as const).filter(
        (name) => pageLink(json, name) !== undefined,
      );
    };
    expect(await names(1)).to.deep.equal(['next', 'last']);
    expect(await names(2)).to.deep.equal(['first', 'prev', 'next', 'last']);
    expect(await names(3)).to.deep.equal(['first', 'prev']);
  });

  it('answers a page past the end with an empty array and 200', async () => {
    fill(3);
    const { status, json } = await get(current(), '/v2/droplets?page=9');
    expect([status, json['droplets'], totalOf(json)]).to.deep.equal([200, [], 3]);
  });

  it('keeps other filters in its links, whatever their order', async () => {
    const sim = current();
    sim.account.droplets.push(...Array.from({ length: 5 }, () => aGpuDroplet()), aDroplet());
    sim.account.snapshots.push(
      aSnapshot({ resource_type: 'volume' }),
      aSnapshot({ resource_type: 'volume' }),
      aSnapshot(),
    );
    sim.options.shuffleLinkQuery = true;
    expect(await walk(sim, '/v2/droplets?type=gpus&per_page=2', 'droplets')).to.have.length(5);
    expect(await walk(sim, '/v2/droplets?per_page=2', 'droplets')).to.have.length(1);
    expect(await walk(sim, '/v2/snapshots?resource_type=volume&per_page=1', 'snapshots')).to.have.length(2);
    const orders = new Set<string>();
    for (let request = 0; request < 20; request += 1) {
      const link = pageLink((await get(sim, '/v2/droplets?type=gpus&per_page=2')).json, 'next') ?? '';
      orders.add([...new URL(link).searchParams.keys()].join());
    }
    expect(orders.size).to.be.greaterThan(1);
  });

  it('can link to another host than its own', async () => {
    fill(3);
    current().options.linkBase = 'https://api.digitalocean.com';
    const { json } = await get(current(), '/v2/droplets?per_page=2');
    expect(pageLink(json, 'next')).to.match(/^https:\/\/api\.digitalocean\.com\/v2\/droplets\?/);
  });

  const variants: [Options['lastPageLinks'], unknown][] = [
    ['standard', {}],
    ['missing', undefined],
    ['pages_empty', { pages: {} }],
    ['pages_null', { pages: null }],
    ['next_empty', { pages: { next: '' } }],
  ];
  for (const [variant, links] of variants) {
    it(`ends a list with ${variant} links, and never loses a next page by it`, async () => {
      const sim = current();
      fill(3);
      sim.options.lastPageLinks = variant;
      expect((await get(sim, '/v2/droplets')).json['links']).to.deep.equal(links);
      expect(await walk(sim, '/v2/droplets?per_page=2', 'droplets')).to.have.length(3);
    });
  }

  for (const [style, first] of [
    ['first_and_last', '/v2/projects?page=1'],
    ['first_and_last_bare', '/v2/projects'],
    ['empty', undefined],
  ] as const) {
    it(`gives a single page of projects its ${style} links`, async () => {
      const sim = current();
      sim.create('project', aProject());
      sim.options.projectLinks = style;
      const { json } = await get(sim, '/v2/projects');
      const url = first === undefined ? undefined : sim.url + first;
      expect([pageLink(json, 'first'), pageLink(json, 'last')]).to.deep.equal([url, url]);
    });
  }

  it('skips a live item when one of page 1 is deleted, and doubles one after an insertion', async () => {
    const sim = current();
    fill(4);
    const ids = sim.account.droplets.map((droplet) => droplet.id);
    sim.faults.inject({
      path: '/v2/droplets',
      page: 1,
      times: 1,
      effect: { kind: 'then', run: () => sim.remove('droplet', ids[0] ?? 0) },
    });
    const afterDelete = await walk(sim, '/v2/droplets?per_page=2', 'droplets');
    expect(afterDelete.map((item) => item['id'])).to.deep.equal([ids[0], ids[1], ids[3]]);
    sim.faults.inject({
      path: '/v2/droplets',
      page: 1,
      times: 1,
      effect: { kind: 'then', run: () => void sim.create('droplet', aDroplet(), { atFront: true }) },
    });
    const afterInsert = await walk(sim, '/v2/droplets?per_page=2', 'droplets');
    expect(afterInsert.map((item) => item['id'])).to.deep.equal([ids[1], ids[2], ids[2], ids[3]]);
  });

  it('can move the total between pages', async () => {
    fill(4);
    const rewrite = (body: object) => ({ ...body, meta: { total: 99 } });
    current().faults.inject({ path: '/v2/droplets', page: 2, effect: { kind: 'rewrite', rewrite } });
    expect(totalOf((await get(current(), '/v2/droplets?per_page=2')).json)).to.equal(4);
    expect(totalOf((await get(current(), '/v2/droplets?per_page=2&page=2')).json)).to.equal(99);
  });
});
